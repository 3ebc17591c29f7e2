"""The corpus: whatever strangers send, at every public door, is not believed and harms nobody."""

import subprocess
import sys
from collections import Counter

import pytest

from tests.connections import connections, watched
from tests.hostile import corpus, forms, requests
from tests.hostile.besieged import Besieged, as_body, as_client, as_file, besieged, said
from tests.hostile.sent import TextCase, own
from tests.hostile.table import texts
from tests.required import Tool, lacking
from tests.sites import certificate

__all__ = ["besieged", "certificate"]

KINDS = (
    *("json", "json-ld", "jose", "sd-jwt", "did", "status"),
    *("png", "svg", "pdf", "photo", "multipart", "http"),
)
TEXTS = texts()
REQUESTS = list(requests.cases())
FILES = corpus.files(b"{}", "https://hub.example/c/x")
GREEN = 'verdict-valid"'
"""What stands in the page of a valid credential alone."""
BELIEVED = {"valid", "unknownIssuer"}


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.threat} {case.name}")
def test_corpus_no_hostile_text_is_believed(besieged: Besieged, case: TextCase) -> None:
    service, world = besieged.service, besieged.world
    hostile = case.hostile(world)

    with watched() as seen:
        by_software = as_body(service, hostile, case.asked)
        by_client = as_client(service, hostile, case.asked)
        by_hand, page = by_software, None
        if case.asked is None:  # Only who asked knows what was asked.
            by_hand = as_file(service, hostile)
            page = service.public().post("/verify", files={"file": hostile})
    good = as_body(service, own(world))

    assert said(by_software) == case.says
    assert said(by_hand) == (case.file_says or case.says)
    assert by_client.status_code < 500
    assert by_client.json().get("verified") is not True
    assert not BELIEVED & {said(one).partition(" ")[0] for one in (by_software, by_hand)}
    if page is not None:
        assert page.status_code < 500
        assert GREEN not in page.text
    site = f"socket.connect ('127.0.0.1', {world.site.port})"
    assert set(connections(seen)) <= {site}
    assert besieged.contacts() == []
    assert said(good) == "valid"


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.threat} {case.name}")
def test_corpus_the_twin_of_a_hostile_text_is_believed(besieged: Besieged, case: TextCase) -> None:
    twin = case.twin(besieged.world)

    answer = as_body(besieged.service, twin, case.asked)
    verified = as_client(besieged.service, twin, case.asked)

    assert said(answer) == "valid"
    assert verified.json()["verified"] is True
    if case.asked is None:
        assert GREEN in besieged.service.public().post("/verify", files={"file": twin}).text


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: f"{case.threat} {case.name}")
def test_corpus_no_hostile_request_is_believed(
    besieged: Besieged, case: requests.RequestCase
) -> None:
    service, credential = besieged.service, own(besieged.world)

    with watched() as seen:
        answer = case.send(service.public(), credential)
    good = requests.plain(service.public(), credential)

    assert answer.status_code == case.status
    if case.code is not None:
        found = answer.json()
        assert found.get("code", said(answer).rpartition(" ")[2]) == case.code
        assert found.get("verdict") not in BELIEVED
    assert requests.PASSWORDS not in answer.text
    assert requests.EVIL not in str(answer.headers)
    assert seen == []
    assert besieged.contacts() == []
    assert said(good) == "valid"


@pytest.mark.parametrize("name", [case.name for case in FILES])
def test_corpus_no_hostile_file_has_anybody_asked(besieged: Besieged, name: str) -> None:
    service, world = besieged.service, besieged.world
    (case,) = (one for one in besieged.files if one.name == name)

    with watched() as seen:
        answer = as_file(service, case.hostile)
        page = service.public().post("/verify", files={"file": case.hostile})
    good = as_body(service, own(world))

    assert said(answer) == f"422 {case.code}"
    assert page.status_code in {400, 422}
    assert GREEN not in page.text
    assert seen == []
    assert besieged.contacts() == []
    assert said(good) == "valid"
    assert said(as_file(service, case.twin)) == "valid"


# A part that never ended is left to the garbage collector; it was in memory only.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", [case.name for case in forms.cases(b"")])
@pytest.mark.parametrize("path", ["/v1/verify", "/verify"])
def test_corpus_no_hostile_form_has_anybody_asked(besieged: Besieged, path: str, name: str) -> None:
    service, credential = besieged.service, own(besieged.world)
    (case,) = (one for one in forms.cases(credential) if one.name == name)

    with watched() as seen:
        headers = {"content-type": case.media_type}
        answer = service.public().post(path, content=case.body, headers=headers)
    whole = forms.part(credential) + forms.end()
    good = service.public().post(path, content=whole, headers={"content-type": forms.FORM})

    assert 400 <= answer.status_code < 500
    assert GREEN not in answer.text
    assert '"valid"' not in answer.text
    assert seen == []
    assert besieged.contacts() == []
    assert GREEN in good.text or good.json()["verdict"] == "valid"


def test_corpus_has_a_name_for_every_case_and_every_kind_of_input() -> None:
    names = [case.name for case in TEXTS]
    names += [case.name for case in REQUESTS]
    names += [case.name for case in FILES]
    names += [f"multipart: {case.name}" for case in forms.cases(b"")]

    kinds = Counter(name.partition(":")[0] for name in names)

    assert len(set(names)) == len(names) >= 150
    assert kinds.keys() >= set(KINDS)
    assert all(kinds[kind] >= 10 for kind in KINDS)


def test_corpus_hears_who_is_contacted_by_any_process(besieged: Besieged) -> None:
    if besieged.network is None:
        lacking(
            Tool.NETWORK,
            "*** NOBODY LOOKED WHOM ANY PROCESS CONTACTS WHILE THE CORPUS IS READ: only root, or"
            " unshare --map-root-user --net, may have a network of its own. ***",
        )
    script = "import socket; socket.create_connection(('169.254.169.254', 80))"

    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603 - our own

    assert besieged.contacts() == [("169.254.169.254", 80)]
