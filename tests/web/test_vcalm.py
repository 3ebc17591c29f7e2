"""``/vcalm`` for the software of hubs: verifying, deriving, and who may."""

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, JsonValue, canonical
from credhub.services.api_keys import Scope
from tests.running import Service, issue, publish, unique

MODEL = "https://www.w3.org/TR/vc-data-model#"
ROUTES = {
    "/vcalm/credentials/verify": Scope.READ,
    "/vcalm/credentials/derive": Scope.READ,
    "/vcalm/presentations/verify": Scope.READ,
}


def client_with(service: Service, *scopes: Scope) -> TestClient:
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(*scopes)}"
    return client


def badge(service: Service) -> JsonObject:
    client = service.client()
    credential = issue(client, publish(client, name=unique("Solar")))["credential"]
    assert isinstance(credential, dict)
    return credential


def verify(client: TestClient, credential: JsonValue, **options: JsonValue) -> JsonObject:
    body: JsonObject = {"verifiableCredential": credential, "options": {**options}}
    answer = client.post("/vcalm/credentials/verify", json=body)
    document: JsonObject = answer.json()
    assert (answer.status_code == 200) == document["verified"]
    return document


@pytest.mark.parametrize("path", ROUTES)
def test_t58_every_route_wants_its_scope(service: Service, path: str) -> None:
    others = set(Scope) - {ROUTES[path]}

    assert service.public().post(path, json={}).status_code == 401
    assert client_with(service, *others).post(path, json={}).status_code == 403
    assert client_with(service, ROUTES[path]).post(path, json={}).status_code == 400


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"{}", b'{"a":1,"a":2}', b'{"options":1}'])
def test_a_malformed_body_is_a_parsing_error(service: Service, path: str, body: bytes) -> None:
    answer = service.client().post(path, content=body)

    assert answer.status_code == 400
    assert answer.json()["type"] == f"{MODEL}PARSING_ERROR"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_credential_of_ours_is_verified_until_it_is_revoked(service: Service) -> None:
    client = service.client()
    issued = issue(client, publish(client, name=unique("Solar")))
    assert verify(client, issued["credential"]) == {"verified": True, "problemDetails": []}

    revocation = f"/v1/credentials/{issued['id']}/revocation"
    assert client.post(revocation, json={"reason": "A mistake."}).status_code == 201

    answer = verify(client, issued["credential"])
    problems = answer["problemDetails"]
    assert isinstance(problems, list)
    assert [problem["code"] for problem in problems if isinstance(problem, dict)] == ["revoked"]
    assert verify(client, issued["credential"], checks=["proof"])["verified"]


def test_a_changed_credential_is_not_verified(service: Service) -> None:
    changed = badge(service) | {"name": "Another name"}

    assert not verify(service.client(), changed)["verified"]


def test_a_presentation_is_verified_with_what_is_in_it(service: Service) -> None:
    presentation: JsonObject = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [badge(service)],
    }

    answer = service.client().post(
        "/vcalm/presentations/verify", json={"verifiablePresentation": presentation}
    )

    assert (answer.status_code, answer.json()["verified"]) == (200, True)


def test_nothing_is_derived_from_a_credential_that_is_shown_whole(service: Service) -> None:
    body: JsonObject = {
        "verifiableCredential": badge(service),
        "options": {"selectivePointers": ["/credentialSubject"]},
    }

    assert service.client().post("/vcalm/credentials/derive", json=body).status_code == 400


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_no_answer_depends_on_the_media_type_of_the_body(service: Service, media_type: str) -> None:
    client, headers = service.client(), {"content-type": media_type}
    for path in ROUTES:
        assert client.post(path, content=b"{}", headers=headers).status_code == 400
        answers = service.app.openapi()["paths"][path]["post"]["responses"]
        assert "422" not in answers
        # The one that is refused is a form, which names how it is to be decoded.
        assert answers["415"] == {"$ref": "#/components/responses/charset-not-utf-8"}

    body = canonical({"verifiableCredential": badge(service)})
    answer = client.post("/vcalm/credentials/verify", content=body, headers=headers)
    assert answer.json() == {"verified": True, "problemDetails": []}
