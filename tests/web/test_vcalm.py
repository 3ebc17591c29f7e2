"""``/vcalm`` for the software of hubs, and access tokens for API keys."""

import base64
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject, JsonValue
from credhub.services import access_tokens
from credhub.services.api_keys import Scope
from tests.running import Service, issue, make_member, publish, unique

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


def new_key(service: Service, *scopes: str) -> tuple[str, str]:
    body = {"label": "LMS", "scopes": list(scopes)}
    made = service.client().post("/v1/api-keys", json=body).json()
    return made["id"], made["key"]


def ask_token(service: Service, key_id: str, key: str, **more: str) -> tuple[int, JsonObject]:
    form = {"grant_type": "client_credentials", "client_id": key_id, "client_secret": key, **more}
    answer = service.public().post("/oauth/token", data=form)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def with_token(service: Service, token: str) -> int:
    client = service.public()
    client.headers["authorization"] = f"Bearer {token}"
    return client.get("/v1/achievements").status_code


def test_an_api_key_gets_a_token_that_does_what_the_key_may(service: Service) -> None:
    status, answer = ask_token(service, *new_key(service, "read"))

    assert (status, answer["token_type"], answer["scope"]) == (200, "Bearer", "read")
    assert answer["expires_in"] == 600
    assert with_token(service, str(answer["access_token"])) == 200
    client = service.public()
    client.headers["authorization"] = f"Bearer {answer['access_token']}"
    assert client.get("/v1/api-keys").status_code == 403


def test_a_client_may_say_who_it_is_in_a_header(service: Service) -> None:
    key_id, key = new_key(service, "read")
    basic = base64.b64encode(f"{key_id}:{key}".encode()).decode()

    answer = service.public().post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"authorization": f"Basic {basic}"},
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("header", ["Basic %", "Basic w7w=", "Bearer eDp5", "Basic eDp5"])
def test_a_header_that_names_nobody_is_refused(service: Service, header: str) -> None:
    answer = service.public().post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"authorization": header},
    )

    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_client"}
    assert answer.headers["www-authenticate"] == "Basic"


def test_t58_a_token_takes_the_right_key_with_the_right_name(service: Service) -> None:
    key_id, key = new_key(service, "read")
    other_id, _ = new_key(service, "read")

    assert ask_token(service, other_id, key) == (401, {"error": "invalid_client"})
    assert ask_token(service, key_id, key[:-1] + "A")[0] == 401
    assert ask_token(service, key_id, "")[0] == 401
    assert ask_token(service, key_id, key, grant_type="password")[0] == 400
    assert ask_token(service, key_id, key, grant_type="") == (400, {"error": "invalid_request"})
    assert ask_token(service, key_id, key, scope="keys") == (400, {"error": "invalid_scope"})
    assert ask_token(service, key_id, key, scope="read")[0] == 200


def test_t59_a_token_ends_with_its_key(service: Service) -> None:
    key_id, key = new_key(service, "read")
    token = str(ask_token(service, key_id, key)[1]["access_token"])
    assert with_token(service, token) == 200

    assert service.client().delete(f"/v1/api-keys/{key_id}").status_code == 204

    assert with_token(service, token) == 401
    assert ask_token(service, key_id, key)[0] == 401


def test_t58_a_token_ends_after_ten_minutes(fresh_service: Service) -> None:
    token = str(ask_token(fresh_service, *new_key(fresh_service, "read"))[1]["access_token"])

    fresh_service.clock.move(minutes=9)
    assert with_token(fresh_service, token) == 200
    fresh_service.clock.move(minutes=1, seconds=1)
    assert with_token(fresh_service, token) == 401


def test_t58_a_token_outlives_no_key_that_has_an_end(fresh_service: Service) -> None:
    expires_at = (fresh_service.clock.now + timedelta(minutes=2)).isoformat()
    body = {"label": "LMS", "scopes": ["read"], "expiresAt": expires_at}
    made = fresh_service.client().post("/v1/api-keys", json=body).json()
    token = str(ask_token(fresh_service, made["id"], made["key"])[1]["access_token"])

    fresh_service.clock.move(minutes=3)

    assert with_token(fresh_service, token) == 401


def test_t58_a_token_that_was_changed_is_none(service: Service) -> None:
    key_id, key = new_key(service, "read")
    token = access_tokens.issue(service.resources, key_id, key).text
    assert token not in repr(access_tokens.issue(service.resources, key_id, key))

    for place in range(len(access_tokens.PREFIX), len(token)):
        other = "A" if token[place] != "A" else "B"
        assert with_token(service, token[:place] + other + token[place + 1 :]) == 401
    for other in ("cht_", "cht_%", token[:-4], token + "AAAA"):
        assert with_token(service, other) == 401


def test_t58_a_token_in_an_address_is_refused(service: Service) -> None:
    token = str(ask_token(service, *new_key(service, "read"))[1]["access_token"])

    assert service.public().get(f"/v1/achievements?token={token}").status_code == 400


def test_a_token_of_one_hub_is_none_of_another(fresh_service: Service) -> None:
    other = make_member(fresh_service.runtime, unique("other"))
    mine = publish(fresh_service.client(), name=unique("Solar"))
    client = fresh_service.client(other)
    made = client.post("/v1/api-keys", json={"label": "x", "scopes": ["read"]}).json()
    token = str(ask_token(fresh_service, made["id"], made["key"])[1]["access_token"])

    reader = fresh_service.public()
    reader.headers["authorization"] = f"Bearer {token}"

    assert reader.get(f"/v1/achievements/{mine}").status_code == 404
