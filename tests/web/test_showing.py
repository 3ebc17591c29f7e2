"""What the public gets to see is what the learner chose, at every door and in every form."""

import ast
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

import credhub
from credhub.credentials.code import PublicCode
from credhub.proofs.forms import Form
from credhub.services import choosing_forms, forms
from credhub.store.learner_choices import Shown
from credhub.web.site.permanent import FORMATS
from tests.engines import SqliteDatabases
from tests.running import Service, post, publish, running
from tests.services.erasing import erase_learner_of
from tests.web.claiming import (
    EVIDENCE,
    HTML,
    NAME,
    RESULT,
    Offered,
    learner_of,
    offered,
)
from tests.web.pages.dom import read

SRC = Path(credhub.__file__).parent
AWARD = "Solar installer, level 1"
FORMS = tuple(form.value for form in forms.OFFERED)
Ask = Callable[[TestClient], Response]
PRIVATE = (NAME, EVIDENCE, RESULT, "proofValue")


@pytest.fixture(scope="module")
def many_forms(
    sqlite: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service whose hubs sign in several forms."""
    with sqlite.migrated() as url, running(url, tmp_path_factory.mktemp("forms")) as service:
        choosing_forms.choose(service.resources, service.one.hub, FORMS)
        yield service


def doors(given: Offered) -> Iterator[tuple[str, Ask]]:
    """List every way in which somebody without a key can ask for a credential."""
    code = given.path.removeprefix("/c/")
    for path in (given.path, f"/C/{code.upper()}"):
        for named in (*FORMATS, *FORMS):
            yield f"{path}?format={named}", asking("GET", path, params={"format": named})
        for named, form in product(("receipt", "bundle"), FORMS):
            params = {"format": named, "form": form}
            yield f"{path}?{params}", asking("GET", path, params=params)
        accepted = (
            *FORMATS.values(),
            *(Form(form).media_type for form in FORMS),
            "image/png",
            "*/*",
        )
        for accept in accepted:
            yield f"{path} as {accept}", asking("GET", path, headers={"accept": accept})
    for form in ("", *FORMS):
        params = {"form": form} if form else {}
        yield f"receipt {form}", asking("GET", f"{given.path}/receipt", params=params)
    address = str(given.issued["url"])
    yield "verify url", asking("POST", "/v1/verify", json={"url": address})
    for text in (address, address.upper()):
        files = {"file": ("address.txt", text.encode())}
        yield f"verify file {text}", asking("POST", "/v1/verify", files=files)
        yield f"verify form {text}", asking("POST", "/verify", files=files)
    for typed in (address, code):
        yield f"typed {typed}", asking("POST", "/verify", data={"credential": typed}, follow=True)
        yield f"looked up {typed}", asking("GET", "/verify", params={"q": typed}, follow=True)


def asking(method: str, path: str, *, follow: bool = False, **request: Any) -> Ask:  # noqa: ANN401 - whatever a client takes
    """Make what asks at one door."""
    return lambda client: client.request(method, path, follow_redirects=follow, **request)


def is_report(response: Response) -> bool:
    """Say whether an answer tells only what was found out, as a page or as JSON."""
    return response.headers["content-type"] in {"application/json", "text/html; charset=utf-8"}


def test_every_door_is_open_as_long_as_nobody_chose(many_forms: Service) -> None:
    given = offered(many_forms)
    client, telling = many_forms.public(), 0

    for name, ask in doors(given):
        answer = ask(client)
        assert answer.status_code == 200, (name, answer.text)
        telling += any(private in answer.text for private in PRIVATE)

    assert telling > 30


def test_t49_where_only_validity_is_shown_no_door_gives_more(many_forms: Service) -> None:
    given = offered(many_forms)
    learner_of(many_forms, given).shows("validity")
    client, reports, refused = many_forms.public(), 0, 0

    for name, ask in doors(given):
        answer = ask(client)
        assert answer.status_code in {200, 403}, (name, answer.text)
        reports += answer.status_code == 200
        refused += answer.status_code == 403
        for private in PRIVATE:
            assert private not in answer.text, name
        if answer.status_code == 200:
            assert is_report(answer), name
            assert AWARD in answer.text, name
        else:
            assert b"credential-not-shown" in answer.content, name

    assert reports > 10
    assert refused > 30


def test_t49_where_nothing_is_shown_every_door_says_so(many_forms: Service) -> None:
    given = offered(many_forms)
    learner_of(many_forms, given).shows("nothing")
    client, asked = many_forms.public(), 0

    for name, ask in doors(given):
        answer = ask(client)
        assert answer.status_code == 403, (name, answer.text)
        assert "credential-not-shown" in answer.text, name
        assert answer.headers["cache-control"] == "no-store", name
        for private in (*PRIVATE, AWARD):
            assert private not in answer.text, name
        asked += 1

    assert asked > 50


def test_no_form_that_was_not_signed_is_told_from_one_that_was(many_forms: Service) -> None:
    given = offered(many_forms)
    learner_of(many_forms, given).shows("nothing")

    asked = [many_forms.public().get(given.path, params={"format": form.value}) for form in Form]

    assert {answer.status_code for answer in asked} == {403}
    assert len({answer.text for answer in asked}) == 1


def test_t49_the_page_says_that_a_name_is_not_shown_and_how_to_compare_it(service: Service) -> None:
    given = offered(service)
    learner_of(service, given).shows("validity")

    page = read(service.public().get(given.path, headers=HTML).text)

    assert page.find("p", class_="learner absent")[0].text == "Name not shown here"
    (identity,) = page.find("section", **{"aria-labelledby": "identity"})
    assert "compare the name in it with a photo ID" in identity.text
    assert page.find("h1")[0].text == "Genuine and in force"
    assert page.find("section", id="own-check") == []
    files = [a.attributes["href"] for a in page.find("a") if "format=" in a.attributes["href"]]
    assert files == [f"{given.path}?format=report"]


def test_the_report_says_that_it_is_about_a_part(service: Service) -> None:
    given = offered(service)
    whole = service.public().get(given.path, params={"format": "report"}).json()
    learner_of(service, given).shows("validity")

    report = service.public().get(given.path, params={"format": "report"}).json()

    assert "partial" not in whole
    assert report["partial"] is True
    assert report["verdict"] == whole["verdict"] == "valid"
    assert [it["outcome"] for it in report["checks"]] == [it["outcome"] for it in whole["checks"]]
    assert set(report["credential"]) <= {
        *("@context", "id", "type", "issuer", "validFrom", "validUntil", "awardedDate"),
        "credentialSubject",
    }
    assert set(report["credential"]["credentialSubject"]) == {"type", "achievement"}


@pytest.mark.parametrize("change", ["revocation", "suspension"])
def test_who_shows_only_validity_cannot_hide_that_it_does_not_stand(
    service: Service, change: str
) -> None:
    given = offered(service, achievement=publish(service.client(), suspendable=True))
    learner_of(service, given).shows("validity")

    service.client().post(
        f"/v1/credentials/{given.credential_id}/{change}", json={"reason": "An error."}
    )

    verdict = service.public().get(given.path, params={"format": "report"}).json()["verdict"]
    assert verdict == {"revocation": "revoked", "suspension": "suspended"}[change]


def test_a_choice_can_be_taken_back(service_on_each: Service) -> None:
    given = offered(service_on_each)
    learner = learner_of(service_on_each, given)

    seen = []
    for shown in ("nothing", "validity", "everything", "nothing", "everything"):
        learner.shows(shown)
        answer = service_on_each.public().get(given.path, headers=HTML)
        seen.append((answer.status_code, NAME in answer.text))

    assert seen == [(403, False), (200, False), (200, True), (403, False), (200, True)]


@pytest.mark.parametrize("shown", [Shown.EVERYTHING, Shown.VALIDITY])
def test_after_its_last_day_nothing_is_shown(fresh_service: Service, shown: Shown) -> None:
    given = offered(fresh_service)  # It is 22 November, 15:00.
    learner = learner_of(fresh_service, given)
    learner.shows(shown, "2026-11-23")
    assert "23 November 2026" in learner.page().text
    client = fresh_service.public()

    fresh_service.clock.move(hours=32, minutes=59)
    assert client.get(given.path, headers=HTML).status_code == 200

    fresh_service.clock.move(minutes=1)
    assert client.get(given.path, headers=HTML).status_code == 403


def test_what_replaces_a_credential_shows_no_more_than_it_did(service_on_each: Service) -> None:
    given = offered(service_on_each)
    learner = learner_of(service_on_each, given)
    learner.shows("nothing")
    correction = f"/v1/credentials/{given.credential_id}/correction"
    body = {"reason": "Misspelt.", "recipient": {"name": "Amélie Martin"}}

    corrected = post(service_on_each.client(), correction, body)

    client = service_on_each.public()
    paths = (given.path, "/c/" + str(corrected["url"]).rpartition("/")[2])
    assert [client.get(path).status_code for path in paths] == [403, 403]
    learner.shows("validity")
    pages = [client.get(path, headers=HTML) for path in paths]
    assert [page.status_code for page in pages] == [200, 200]
    assert not any("Amélie" in page.text for page in pages)
    learner.shows("everything")
    assert "Amélie Martin" in client.get(paths[1], headers=HTML).text


def test_the_hub_reads_its_own_as_before(service: Service) -> None:
    given = offered(service)
    client, path = service.client(), f"/v1/credentials/{given.credential_id}"
    asked = [{}, {"format": "vc"}, {"format": "pdf"}, {"format": "svg"}, {"format": "bundle"}]
    before = [client.get(path, params=params) for params in asked]
    learner_of(service, given).shows("nothing")

    after = [client.get(path, params=params) for params in asked]

    assert [it.status_code for it in after] == [200] * 5
    assert [it.content for it in after[:2]] == [it.content for it in before[:2]]
    assert client.get(f"{path}/receipt").status_code == 200


def test_whoever_has_the_document_can_still_verify_it(service: Service) -> None:
    given = offered(service)
    signed = service.public().get(given.path, params={"format": "vc"}).json()
    learner_of(service, given).shows("nothing")

    report = service.public().post("/v1/verify", json={"credential": signed}).json()

    assert report["verdict"] == "valid"
    assert report["credential"]["credentialSubject"]["name"] == NAME


def test_t50_an_address_that_is_none_is_not_one_that_is_not_shown(service: Service) -> None:
    code = PublicCode.make(service.one.hub.number, bytes(17)).text

    assert service.public().get(f"/c/{code}").status_code == 404


def test_what_was_erased_is_gone_and_not_hidden(service: Service) -> None:
    given = offered(service)
    learner_of(service, given).shows("nothing")

    erase_learner_of(service, given.credential_id)

    assert service.public().get(given.path).status_code == 410


def test_the_choice_of_one_learner_is_no_other_s(service: Service) -> None:
    one, other = offered(service), offered(service)

    learner_of(service, one).shows("nothing")

    assert service.public().get(other.path, headers=HTML).status_code == 200


def test_t49_a_list_of_addresses_says_no_more_of_any(service: Service) -> None:
    whole, valid, hidden = (offered(service) for _ in range(3))
    learner_of(service, valid).shows("validity")
    learner_of(service, hidden).shows("nothing")
    addresses = [str(it.issued["url"]) for it in (whole, valid, hidden)]

    answer = service.client().post("/v1/verify/batch", json={"credentials": addresses})

    first, second, third = answer.json()["reports"]
    assert NAME in str(first)
    assert (second["verdict"], second["partial"]) == ("valid", True)
    assert third["verdict"] == "indeterminate"
    assert third["checks"][0]["code"] == "not-shown-at-address"
    assert third["credential"] is None
    for private in PRIVATE:
        assert private not in str((second, third))


# The doors of the code


INSIDE = {"verify_own": {"services/showing.py", "web/site/claim.py"}}
READERS = {
    "by_code": {"cli/credential.py", "web/vcalm/standing.py", "services/own_credential.py"},
    "by_code_in": {"services/reading.py", "services/own_credential.py"},
}
"""Who may open a credential by its public code without asking what is shown: hubs and operators, or
the check itself, whose report ``showing`` reduces."""


def callers_of(module: str, name: str) -> set[str]:
    """List the files that call a function of a module by its name."""
    found = set()
    for file in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            by_module = (
                isinstance(called, ast.Attribute)
                and called.attr == name
                and isinstance(called.value, ast.Name)
                and called.value.id == module
            )
            if by_module or (isinstance(called, ast.Name) and called.id == name):
                found.add(str(file.relative_to(SRC)))
    return found


def test_nobody_answers_the_public_past_the_choice() -> None:
    assert callers_of("verifying", "verify_own") == INSIDE["verify_own"]
    assert callers_of("reading", "by_code") <= READERS["by_code"]
    assert callers_of("reading", "by_code_in") <= READERS["by_code_in"]
    assert callers_of("reading", "found_by_code") == {
        *("services/reading.py", "services/showing.py")
    }
    assert callers_of("showing", "by_code") == {"web/site/permanent.py"}
    assert callers_of("showing", "verified") == {"services/uploads.py", "web/site/permanent.py"}
