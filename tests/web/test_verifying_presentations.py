"""``/v1/verify`` with a presentation: who presents what, and whether they were asked."""

from collections.abc import Callable
from typing import Any

import pytest

from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.proofs import data_integrity, vc_jwt
from credhub.verification.presented import MAX_CREDENTIALS
from tests.running import Service, achievement_body, issue_body, post
from tests.unit import factories

HOLDER = factories.MemorySigner(5)
ASKED = {"challenge": "c-1", "domain": "https://employer.example"}


@pytest.fixture(scope="module")
def genuine(service: Service) -> JsonObject:
    client = service.client()
    achievement = str(post(client, "/v1/achievements", achievement_body())["id"])
    recipient: JsonValue = {"name": "Amélie Dubois", "did": HOLDER.did}
    issued = post(client, "/v1/credentials", issue_body(achievement, recipient=recipient))
    document = issued["credential"]
    assert isinstance(document, dict)
    return document


def presentation(*credentials: JsonValue) -> JsonObject:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials),
    }


def with_proof(document: JsonObject) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=HOLDER,
        verification_method=HOLDER.method,
        created=factories.NOON,
        purpose=data_integrity.AUTHENTICATION,
        options={**ASKED},
    )


def in_token(document: JsonObject) -> str:
    return vc_jwt.sign(
        document,
        signer=HOLDER,
        verification_method=HOLDER.method,
        media_type=vc_jwt.PRESENTATION,
        claims={"nonce": ASKED["challenge"], "aud": ASKED["domain"]},
    )


def answer(service: Service, **body: object) -> dict[str, Any]:
    response = service.public().post("/v1/verify", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    report: dict[str, Any] = response.json()
    return report


def codes(report: dict[str, Any]) -> dict[str, str]:
    return {one["check"]: one["code"] for one in report["checks"]}


@pytest.mark.parametrize("secure", [with_proof, in_token])
def test_a_holder_presents_a_credential(
    service: Service, genuine: JsonObject, secure: Callable[[JsonObject], JsonValue]
) -> None:
    report = answer(service, presentation=secure(presentation(genuine)), **ASKED)

    assert report["verdict"] == "valid", report
    assert set(codes(report).values()) == {"passed"}
    assert report["holder"] == HOLDER.did
    [inside] = report["credentials"]
    assert inside["presentedBy"] == "subject"
    assert inside["report"]["verdict"] == "valid"
    assert inside["report"]["credential"] == genuine


def test_an_answer_to_another_question_is_refused(service: Service, genuine: JsonObject) -> None:
    secured = with_proof(presentation(genuine))

    for asked, code in (
        ({**ASKED, "challenge": "c-2"}, "challenge-mismatch"),
        ({**ASKED, "domain": "https://evil.example"}, "domain-mismatch"),
    ):
        report = answer(service, presentation=secured, **asked)
        assert report["verdict"] == "invalid"
        assert codes(report)["answer"] == code
        assert report["credentials"] == []


def test_without_a_signature_nobody_presents(service: Service, genuine: JsonObject) -> None:
    report = answer(service, presentation=presentation(genuine))

    assert report["verdict"] == "valid"
    assert codes(report)["proof"] == "unsigned"
    assert report["holder"] is None


def test_what_is_no_presentation_is_invalid(service: Service, genuine: JsonObject) -> None:
    for handed_in in (genuine, "a.b.c", "x", {}):
        assert answer(service, presentation=handed_in)["verdict"] == "invalid"
    assert answer(service, token=in_token(presentation(genuine)))["verdict"] == "invalid"
    assert answer(service, credential=with_proof(presentation(genuine)))["verdict"] == "invalid"


def test_t32_more_credentials_than_a_request_may_hold_are_refused(service: Service) -> None:
    body = {"presentation": presentation(*["x"] * (MAX_CREDENTIALS + 1))}

    response = service.public().post("/v1/verify", json=body)

    assert response.status_code == 422
    assert response.json()["type"].endswith("/problems/too-many-credentials")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"presentation": {}, "credential": {}},
        {"presentation": "a.b.c", "token": "a.b.c"},
        {"credential": {}, "challenge": "c"},
        {"token": "a.b.c", "domain": "d"},
        {"presentation": {}, "receipt": "r"},
        {"presentation": 5},
        {"presentation": []},
        {"presentation": {}, "challenge": 5},
    ],
)
def test_a_request_asks_for_one_thing(service: Service, body: JsonObject) -> None:
    assert service.public().post("/v1/verify", json=body).status_code == 422


def page_of(service: Service, file: bytes) -> str:
    response = service.public().post("/verify", files={"file": ("presentation.json", file)})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    return response.text


def test_the_page_says_who_presents_and_what(service: Service, genuine: JsonObject) -> None:
    unsigned = presentation(genuine)

    for file in (canonical(with_proof(unsigned)), in_token(unsigned).encode()):
        page = page_of(service, file)
        assert "Genuine, and signed by its holder" in page
        assert f"{HOLDER.did}</bdi>" in page
        assert "Amélie Dubois" in page


def test_the_page_says_that_nobody_signed(service: Service, genuine: JsonObject) -> None:
    page = page_of(service, canonical(presentation(genuine)))

    assert "Genuine, but nobody signed for it" in page
    assert "verdict-unknownIssuer" in page
    assert HOLDER.did not in page


def test_the_page_shows_nothing_of_a_presentation_that_was_changed(
    service: Service, genuine: JsonObject
) -> None:
    signed = with_proof(presentation(genuine))

    page = page_of(service, canonical(signed | {"holder": "did:example:another"}))

    assert "Do not rely on this" in page
    assert "Amélie Dubois" not in page


def test_t32_a_presentation_of_too_many_is_told_so_on_the_page(
    service: Service, genuine: JsonObject
) -> None:
    file = canonical(presentation(*[genuine] * (MAX_CREDENTIALS + 1)))

    response = service.public().post("/verify", files={"file": ("presentation.json", file)})

    assert response.status_code == 422
