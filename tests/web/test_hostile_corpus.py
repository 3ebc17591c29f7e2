"""The corpus: whatever strangers send, at every public door, is not believed and harms nobody."""

from collections import Counter

import pytest

from tests.connections import connections, watched
from tests.hostile import corpus, forms, requests
from tests.hostile.besieged import Besieged, as_body, as_client, as_file, besieged, said
from tests.hostile.sent import TextCase, own
from tests.hostile.table import texts
from tests.sites import certificate

__all__ = ["besieged", "certificate"]

KINDS = (
    *("json", "json-ld", "jose", "sd-jwt", "did", "status"),
    *("png", "svg", "pdf", "photo", "multipart", "http"),
)
TEXTS = texts()
REQUESTS = list(requests.cases())
FILES = corpus.files(b"{}", "https://hub.example/c/x")
BELIEVED = {"valid", "unknownIssuer"}


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.threat} {case.name}")
def test_corpus_no_hostile_text_is_believed(besieged: Besieged, case: TextCase) -> None:
    service, world = besieged.service, besieged.world
    hostile = case.hostile(world)

    with watched() as seen:
        by_software = as_body(service, hostile, case.asked)
        by_client = as_client(service, hostile, case.asked)
        by_hand = as_file(service, hostile) if case.asked is None else by_software
    good = as_body(service, own(world))

    assert said(by_software) == case.says
    assert said(by_hand) == (case.file_says or case.says)
    assert by_client.status_code < 500
    assert by_client.json().get("verified") is not True
    assert not BELIEVED & {said(by_software), said(by_hand)}
    site = f"socket.connect ('127.0.0.1', {world.site.port})"
    assert set(connections(seen)) <= {site}
    assert said(good) == "valid"


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: f"{case.threat} {case.name}")
def test_corpus_the_twin_of_a_hostile_text_is_believed(besieged: Besieged, case: TextCase) -> None:
    twin = case.twin(besieged.world)

    answer = as_body(besieged.service, twin, case.asked)

    assert said(answer) == "valid"


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
    assert said(good) == "valid"


def test_corpus_has_a_name_for_every_case_and_every_kind_of_input() -> None:
    names = [case.name for case in TEXTS]
    names += [case.name for case in REQUESTS]
    names += [case.name for case in FILES]
    names += [f"multipart: {case.name}" for case in forms.cases(b"")]

    kinds = Counter(name.partition(":")[0] for name in names)

    assert len(set(names)) == len(names) >= 150
    assert kinds.keys() >= set(KINDS)
    assert all(kinds[kind] >= 10 for kind in KINDS)
