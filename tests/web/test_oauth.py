"""``/oauth/token``: access tokens for API keys, which do no more than was asked for."""

import base64
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject
from credhub.services import access_tokens, api_keys
from credhub.services.api_keys import Scope
from tests.running import Service, make_member, publish, unique


def new_key(service: Service, *scopes: str) -> tuple[str, str]:
    body = {"label": "LMS", "scopes": list(scopes)}
    made = service.client().post("/v1/api-keys", json=body).json()
    return made["id"], made["key"]


def ask_token(service: Service, key_id: str, key: str, **more: str) -> tuple[int, JsonObject]:
    form = {"grant_type": "client_credentials", "client_id": key_id, "client_secret": key, **more}
    answer = service.public().post("/oauth/token", data=form)
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def refusal(service: Service, key_id: str, key: str, **more: str) -> tuple[int, object]:
    status, answer = ask_token(service, key_id, key, **more)
    assert answer.keys() == {"error", "error_description"}
    assert not set(str(answer["error_description"])) & set('"\\')
    return status, answer["error"]


def bearer(service: Service, token: object) -> TestClient:
    client = service.public()
    client.headers["authorization"] = f"Bearer {token}"
    return client


def with_token(service: Service, token: str) -> int:
    return bearer(service, token).get("/v1/achievements").status_code


def test_an_api_key_gets_a_token_that_does_what_the_key_may(service: Service) -> None:
    status, answer = ask_token(service, *new_key(service, "read"))

    assert (status, answer["token_type"], answer["scope"]) == (200, "Bearer", "read")
    assert answer["expires_in"] == 300
    assert with_token(service, str(answer["access_token"])) == 200
    client = bearer(service, answer["access_token"])
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
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["www-authenticate"] == "Basic"


def test_t58_a_token_takes_the_right_key_with_the_right_name(service: Service) -> None:
    key_id, key = new_key(service, "read")
    other_id, _ = new_key(service, "read")

    assert refusal(service, other_id, key) == (401, "invalid_client")
    assert refusal(service, key_id, key[::-1]) == (401, "invalid_client")
    assert refusal(service, key_id, "") == (401, "invalid_client")
    assert ask_token(service, key_id, key)[0] == 200


def test_t59_a_token_ends_with_its_key(service: Service) -> None:
    key_id, key = new_key(service, "read")
    token = str(ask_token(service, key_id, key)[1]["access_token"])
    assert with_token(service, token) == 200

    assert service.client().delete(f"/v1/api-keys/{key_id}").status_code == 204

    assert with_token(service, token) == 401
    assert ask_token(service, key_id, key)[0] == 401


def test_t58_a_token_ends_after_five_minutes(fresh_service: Service) -> None:
    token = str(ask_token(fresh_service, *new_key(fresh_service, "read"))[1]["access_token"])

    fresh_service.clock.move(minutes=4, seconds=50)
    assert with_token(fresh_service, token) == 200
    fresh_service.clock.move(seconds=11)
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

    reader = bearer(fresh_service, token)

    assert reader.get(f"/v1/achievements/{mine}").status_code == 404


# What a caller needs each scope for; a body that is not read says that the scope was there.
NEEDS = {
    Scope.ISSUE: ("POST", "/vcalm/credentials/issue", 400),
    Scope.READ: ("GET", "/v1/achievements", 200),
    Scope.REVOKE: ("POST", "/vcalm/credentials/status", 400),
    Scope.KEYS: ("GET", "/v1/api-keys", 200),
}


@pytest.mark.parametrize("scope", Scope)
def test_t60_a_token_does_no_more_than_was_asked_for(service: Service, scope: Scope) -> None:
    key_id, key = new_key(service, *Scope)

    status, answer = ask_token(service, key_id, key, scope=scope)

    assert (status, answer["scope"]) == (200, scope)
    client = bearer(service, answer["access_token"])
    for needed, (method, path, allowed) in NEEDS.items():
        response = client.request(method, path, content=b"")
        assert response.status_code == (allowed if needed is scope else 403), path
        if needed is not scope:
            assert response.json()["code"] == "scope-missing"


def test_t60_several_scopes_are_asked_for_with_a_space_between(service: Service) -> None:
    key_id, key = new_key(service, "read", "issue", "revoke")

    status, answer = ask_token(service, key_id, key, scope="revoke read revoke")

    assert (status, answer["scope"]) == (200, "read revoke")
    caller = access_tokens.authenticate(service.resources, str(answer["access_token"]))
    assert caller.scopes == {Scope.READ, Scope.REVOKE}


def test_t60_a_narrow_token_makes_no_wider_key(service: Service) -> None:
    key_id, key = new_key(service, "keys", "read", "issue")
    token = ask_token(service, key_id, key, scope="keys read")[1]["access_token"]
    client = bearer(service, token)

    for scope, expected in (("read", 201), ("issue", 403)):
        body = {"label": "spare", "scopes": [scope]}
        assert client.post("/v1/api-keys", json=body).status_code == expected


@pytest.mark.parametrize(
    "scope",
    ["keys", "read keys", "admin", "READ", " ", " read", "read ", "read  keys", "read\tkeys"],
)
def test_t60_no_wider_or_malformed_scope_is_granted(service: Service, scope: str) -> None:
    key_id, key = new_key(service, "read")

    assert refusal(service, key_id, key, scope=scope) == (400, "invalid_scope")
    assert ask_token(service, key_id, key, scope="read")[0] == 200


def test_a_scope_without_a_value_is_one_that_was_not_sent(service: Service) -> None:
    key_id, key = new_key(service, "read", "issue")

    assert ask_token(service, key_id, key, scope="")[1]["scope"] == "issue read"


def test_t58_every_scope_has_a_place_in_tokens(service: Service) -> None:
    hub = service.one.hub.number
    for scope in Scope:
        key, secret = api_keys.create(service.resources, hub, label="x", scopes=tuple(Scope))
        made = access_tokens.issue(service.resources, key.key_id, secret, scopes=[scope])

        assert made.caller.scopes == {scope}
        assert access_tokens.authenticate(service.resources, made.text) == made.caller


@pytest.mark.parametrize(
    ("grant_type", "error"),
    [("", "invalid_request"), ("password", "unsupported_grant_type")],
)
def test_there_is_one_way_to_a_token(service: Service, grant_type: str, error: str) -> None:
    key_id, key = new_key(service, "read")

    assert refusal(service, key_id, key, grant_type=grant_type) == (400, error)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b'{"grant_type":"client_credentials"}'),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("", b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"grant_type=%ff"),
        ("application/x-www-form-urlencoded", b"grant_type=\xc3\xbc"),
        ("application/x-www-form-urlencoded", b"a=1&a=2&grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"&".join(b"%d=1" % n for n in range(30))),
    ],
)
def test_what_is_no_form_is_an_invalid_request(
    service: Service, media_type: str, body: bytes
) -> None:
    answer = service.public().post(
        "/oauth/token", content=body, headers={"content-type": media_type}
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.headers["cache-control"] == "no-store"


def test_t58_a_client_says_once_who_it_is(service: Service) -> None:
    key_id, key = new_key(service, "read")
    basic = "Basic " + base64.b64encode(f"{key_id}:{key}".encode()).decode()

    def ask(**form: str) -> tuple[int, object]:
        answer = service.public().post(
            "/oauth/token",
            data={"grant_type": "client_credentials", **form},
            headers={"authorization": basic},
        )
        return answer.status_code, answer.json().get("error")

    assert ask(client_id=key_id, client_secret=key) == (400, "invalid_request")
    assert ask(client_id="another") == (400, "invalid_request")
    assert ask(client_id=key_id) == (200, None)


def test_a_header_may_be_encoded_as_oauth_wants_it(service: Service) -> None:
    key_id, key = new_key(service, "read")
    encoded = "".join(f"%{ord(one):02X}" for one in key)
    basic = "Basic " + base64.b64encode(f"{key_id}:{encoded}".encode()).decode()

    answer = service.public().post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"authorization": basic},
    )

    assert answer.status_code == 200


def test_the_document_describes_the_form_and_every_error(service: Service) -> None:
    openapi = service.app.openapi()
    described = openapi["paths"]["/oauth/token"]["post"]

    assert set(described["requestBody"]["content"]) == {"application/x-www-form-urlencoded"}
    schemas = openapi["components"]["schemas"]
    assert set(schemas["TokenRequest"]["properties"]) == {
        "grant_type",
        "client_id",
        "client_secret",
        "scope",
    }
    of_the_edge = {"408", "415", "421", "431", "503"}
    assert set(described["responses"]) == {"200", "400", "401", "413", "429"} | of_the_edge
    for status in ("400", "401"):
        schema = described["responses"][status]["content"]["application/json"]["schema"]
        assert schema["$ref"].endswith("/TokenRefusal")
    for error in schemas["TokenRefusal"]["properties"]["error"]["enum"]:
        said = described["responses"]["400"]["description"]
        assert error in said + described["responses"]["401"]["description"]
