"""``/v1/verify`` with a file, and with tokens that are larger than any honest one (T11)."""

from dataclasses import replace
from typing import Any

import pytest

from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs.forms import Form
from credhub.services import choosing_forms
from credhub.web.app import create_app
from tests.hostile import forms
from tests.running import Service, achievement_body, issue_body, post
from tests.web.test_verifying_presentations import in_token, presentation, with_proof

TOKEN = b"eyJ9.e30.AAAA"


@pytest.fixture(scope="module")
def tokens(service: Service) -> JsonObject:
    """A credential that is signed as JSON and as a token, with its answer."""
    hub = service.other
    choosing_forms.choose(service.resources, hub.hub, [Form.VC_JWT])
    client = service.client(hub)
    achievement = str(post(client, "/v1/achievements", achievement_body())["id"])
    return post(client, "/v1/credentials", issue_body(achievement))


def form_of(service: Service, issued: JsonObject, form: str) -> bytes:
    response = service.client(service.other).get(
        f"/v1/credentials/{issued['id']}", params={"format": form}
    )
    assert response.status_code == 200, response.text
    return response.content


def sent(service: Service, file: bytes, **more: str) -> tuple[int, dict[str, Any]]:
    response = service.public().post("/v1/verify", files={"file": ("credential", file)}, data=more)
    answer: dict[str, Any] = response.json()
    return response.status_code, answer


@pytest.mark.parametrize("form", ["vc", "vc+jwt", "bundle"])
def test_a_file_is_verified_whatever_it_is(service: Service, tokens: JsonObject, form: str) -> None:
    file = form_of(service, tokens, form)

    for text in (file, b"\r\n" + file + b"\n"):
        status, report = sent(service, text)
        assert (status, report["verdict"]) == (200, "valid")
        assert report["credential"]["id"] == tokens["url"]


def test_a_file_that_was_changed_is_refused(service: Service, tokens: JsonObject) -> None:
    document = parse_object(form_of(service, tokens, "vc")) | {"name": "Master of everything"}

    status, report = sent(service, canonical(document))

    assert (status, report["verdict"]) == (200, "invalid")


def test_a_file_may_hold_a_presentation(service: Service, tokens: JsonObject) -> None:
    unsigned = presentation(parse_object(form_of(service, tokens, "vc")))

    for file in (canonical(with_proof(unsigned)), in_token(unsigned).encode()):
        status, report = sent(service, file)
        assert status == 200
        assert report["holder"] == unsigned["holder"]
        assert [one["report"]["verdict"] for one in report["credentials"]] == ["valid"]


@pytest.mark.parametrize("file", [b"hello", b"[]", b'{"a":1,"a":2}'])
def test_a_text_that_is_neither_json_nor_a_token_is_a_problem(
    service: Service, file: bytes
) -> None:
    assert sent(service, file)[1]["code"] == "malformed-json"


@pytest.mark.parametrize("name", ["challenge", "domain", "receipt"])
def test_a_form_with_more_than_a_file_is_refused_and_not_half_checked(
    service: Service, tokens: JsonObject, name: str
) -> None:
    status, problem = sent(service, form_of(service, tokens, "vc"), **{name: "x"})

    assert (status, problem["code"]) == (422, "malformed-request")
    assert problem["errors"][0]["at"] == f"body/{name}"


@pytest.mark.parametrize("path", ["/v1/verify", "/verify"])
def test_t46_a_form_with_two_things_to_check_is_refused_and_none_is_chosen(
    service: Service, tokens: JsonObject, path: str
) -> None:
    genuine = form_of(service, tokens, "vc")
    forged = genuine.replace(b"Dubois", b"Durand")
    text = b'name="credential"'
    several = {
        "two files": forms.part(genuine) + forms.part(forged),
        "two files, one empty": forms.part(genuine) + forms.part(b""),
        "a text beside a file": forms.part(genuine, text) + forms.part(forged),
        "a file beside a text": forms.part(forged) + forms.part(genuine, text),
        "two texts": forms.part(genuine, text) + forms.part(forged, text),
    }

    for name, parts in several.items():
        body, headers = parts + forms.end(), {"content-type": forms.FORM}
        answer = service.public().post(path, content=body, headers=headers)

        assert answer.status_code == 422, name
        assert "More than one thing was sent" in answer.text, name
        assert "Dubois" not in answer.text, name
        assert "Durand" not in answer.text, name
    # The twin: one of them alone.
    alone = service.public().post(path, files={"file": genuine})
    assert alone.status_code == 200
    assert "Dubois" in alone.text


def test_a_text_that_is_sent_twice_without_a_file_is_refused_too(service: Service) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}

    twice = service.public().post("/verify", content="credential=a&credential=b", headers=form)

    assert twice.status_code == 422
    assert "More than one thing was sent" in twice.text


def test_a_form_without_a_file_is_refused(service: Service) -> None:
    for body in ({"file": "a.b.c"}, {"other": "x"}):
        response = service.public().post("/v1/verify", files={}, data=body)
        assert response.status_code == 415  # A form that holds no file is of another type.
    assert service.public().post("/v1/verify", files={"other": b"x"}).status_code == 422


def test_t11_a_token_over_a_cap_is_too_large_and_not_a_report(service: Service) -> None:
    header = "eyJ" + "e" * 500_000
    cases: list[dict[str, Any]] = [
        {"json": {"token": f"{header}.e30.AAAA"}},
        {"json": {"token": f"eyJ9.e30.{'A' * 2000}"}},
        {"json": {"token": "a" * 600_000 + ".b.c~"}},
        {"json": {"presentation": f"{header}.e30.AAAA"}},
        {"files": {"file": f"{header}.e30.AAAA".encode()}},
    ]

    for body in cases:
        response = service.public().post("/v1/verify", **body)
        assert (response.status_code, response.json()["code"]) == (413, "upload-too-large"), body
        assert response.headers["content-type"] == "application/problem+json"


def test_t11_a_token_within_the_caps_is_answered_with_a_report(service: Service) -> None:
    header = "eyJ" + "e" * 4000

    response = service.public().post("/v1/verify", json={"token": f"{header}.e30.AAAA"})

    assert (response.status_code, response.json()["verdict"]) == (200, "invalid")


def test_t50_files_are_limited_like_everything_that_is_verified(service: Service) -> None:
    settings = service.runtime.settings.model_copy(update={"verifications_per_minute": 1})
    client = service.public(create_app(replace(service.runtime, settings=settings)))

    statuses = [client.post("/v1/verify", files={"file": TOKEN}).status_code for _ in range(2)]

    assert statuses == [200, 429]
