"""What software gets: answers as documented, lists in parts, problems with permanent codes."""

import json
import reprlib
from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.bundle import Bundle
from tests.running import (
    Service,
    achievement_body,
    code_of,
    issue,
    issue_body,
    publish,
    unique,
)
from tests.web.routes import Things, operations


def schema_of(service: Service, method: str, path: str, status: int) -> dict[str, Any]:
    document = service.app.openapi()
    answer = document["paths"][path][method.lower()]["responses"][str(status)]
    schema = answer["content"]["application/json"]["schema"]
    return {**schema, "components": document["components"]}


def test_every_answer_is_as_documented(service: Service) -> None:
    checked = 0
    for operation in operations(service):
        things = Things.when_asked(service, service.one)
        response = service.client().request(
            operation.method,
            things.path(operation.path),
            json=operation.body(things),
            headers={"idempotency-key": unique("key"), "accept": "application/json"},
        )
        assert response.status_code < 400, (operation.name, response.text)
        described = service.app.openapi()["paths"][operation.path][operation.method.lower()]
        content = described["responses"][str(response.status_code)].get("content", {})
        media_type = response.headers.get("content-type", "").partition(";")[0]
        assert media_type in content or not response.content, operation.name
        if content.get(media_type) and media_type == "application/json":
            schema = schema_of(service, operation.method, operation.path, response.status_code)
            Draft202012Validator(schema).validate(response.json())
            checked += 1
    assert checked > 10


def test_every_problem_is_as_documented(service: Service) -> None:
    things = Things.of(service, service.one)
    other = Things.none(log="none", number="77")
    components = service.app.openapi()["components"]
    schema = {"$ref": "#/components/schemas/Problem", "components": components}
    problem = Draft202012Validator(schema)

    for operation in operations(service):
        described = service.app.openapi()["paths"][operation.path][operation.method.lower()]
        for client in (service.public(), service.client()):
            for about, body in ((other, None), (things, {"bad": 1})):
                response = client.request(
                    operation.method,
                    about.path(operation.path),
                    json=body if operation.model else None,
                    headers={"accept": "application/json"},
                )
                if response.status_code >= 400:
                    assert str(response.status_code) in described["responses"], operation.name
                    assert response.headers["content-type"] == "application/problem+json"
                    document = response.json()
                    problem.validate(document)
                    assert document["type"] == f"/problems/{document['code']}"
                    assert document["status"] == response.status_code
                    assert response.headers["cache-control"] == "no-store"


def pages(service: Service, path: str, limit: int) -> list[list[str]]:
    client, found, cursor = service.client(), [], None
    while True:
        params = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        answer = client.get(path, params=params).json()
        found.append([item["id"] for item in answer["items"]])
        cursor = answer["nextCursor"]
        if cursor is None:
            return found


def test_a_list_comes_in_parts_newest_first(fresh_service: Service) -> None:
    client = fresh_service.client()
    achievement = publish(client)
    made = [str(issue(client, achievement)["id"]) for _ in range(7)]

    parts = pages(fresh_service, "/v1/credentials", 3)

    assert parts == [made[:3:-1], made[3:0:-1], made[:1]]
    assert pages(fresh_service, "/v1/credentials", 7) == [made[::-1], []]
    assert pages(fresh_service, "/v1/credentials", 500) == [made[::-1]]


def test_what_comes_meanwhile_moves_nothing(fresh_service: Service) -> None:
    client = fresh_service.client()
    achievement = publish(client)
    made = [str(issue(client, achievement)["id"]) for _ in range(4)]
    first = client.get("/v1/credentials", params={"limit": 2}).json()
    issue(client, achievement)

    rest = client.get("/v1/credentials", params={"limit": 2, "cursor": first["nextCursor"]}).json()

    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == made[::-1]


def test_achievements_come_in_parts(fresh_service: Service) -> None:
    made = sorted(publish(fresh_service.client()) for _ in range(5))

    parts = pages(fresh_service, "/v1/achievements", 2)

    assert parts == [made[:2], made[2:4], made[4:]]


@pytest.mark.parametrize("path", ["/v1/credentials", "/v1/achievements"])
@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5", ""])
def test_a_limit_that_is_none_is_refused(service: Service, path: str, limit: str) -> None:
    response = service.client().get(path, params={"limit": limit})

    assert response.status_code == 422
    assert response.json()["errors"][0]["at"] == "query/limit"


@pytest.mark.parametrize("cursor", ["x", "'; DROP TABLE credential; --", "ä", "a" * 64])
def test_t57_a_cursor_is_only_a_cursor(service_on_each: Service, cursor: str) -> None:
    for path in ("/v1/credentials", "/v1/achievements"):
        response = service_on_each.client().get(path, params={"cursor": cursor})
        assert response.status_code in {200, 422}


def test_an_item_in_a_list_says_what_the_credential_says(service: Service) -> None:
    client = service.client()
    issued = issue(client)
    client.post(f"/v1/credentials/{issued['id']}/revocation", json={"reason": "annulled"})

    (item,) = [
        item
        for item in client.get("/v1/credentials", params={"limit": 500}).json()["items"]
        if item["id"] == issued["id"]
    ]

    assert item["status"] == "revoked"
    assert item["url"] == issued["url"]
    assert datetime.fromisoformat(item["issuedAt"]).tzinfo is not None


def test_a_credential_is_read_in_every_form(service: Service) -> None:
    client, issued = service.client(), issue(service.client())
    address = f"/v1/credentials/{issued['id']}"

    assert client.get(address).json() == issued
    assert client.get(address, params={"format": "vc"}).json() == issued["credential"]
    assert client.get(address, params={"format": "pdf"}).content.startswith(b"%PDF-")
    assert client.get(f"{address}/receipt").text == issued["receipt"]
    bundle = Bundle.parse(client.get(address, params={"format": "bundle"}).content)
    assert (json.loads(bundle.credential), bundle.receipt) == (
        issued["credential"],
        issued["receipt"],
    )
    assert client.get(address, params={"format": "exe"}).status_code == 422


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/vc",
        "application/pdf",
        "image/png",
        "image/svg+xml",
        "application/vnd.credhub.bundle+json",
    ],
)
def test_a_credential_is_read_in_the_form_that_is_accepted(
    service: Service, media_type: str
) -> None:
    client = service.client()
    address = f"/v1/credentials/{issue(client)['id']}"

    answer = client.get(address, headers={"accept": media_type})

    assert answer.headers["content-type"] == media_type


def test_a_credential_is_revoked_once(service: Service) -> None:
    client, issued = service.client(), issue(service.client())
    address = f"/v1/credentials/{issued['id']}/revocation"

    first = client.post(address, json={"reason": "annulled"})
    second = client.post(address, json={"reason": "annulled"})

    assert first.status_code == 201
    assert first.json()["seq"] > 0
    assert (second.status_code, second.json()["code"]) == (409, "already-revoked")


def test_t92_no_method_brings_a_revoked_credential_back(service: Service) -> None:
    client, issued = service.client(), issue(service.client())
    address = f"/v1/credentials/{issued['id']}"
    client.post(f"{address}/revocation", json={"reason": "annulled"})

    for method in ("PUT", "PATCH", "DELETE"):
        assert client.request(method, address, json={"status": "active"}).status_code == 405
        assert client.request(method, f"{address}/revocation").status_code == 405

    assert client.get(address).json()["status"] == "revoked"


LONG_NAME, LONG_TEXT = "n" * 200, "t" * 10_000
# Code points that cost a typesetter, a canonicalizer or a page most.
SCRIPTS = (
    "\U0001f9d1\u200d\U0001f680" * 40,
    "שלום " * 40,
    "ﷺ" * 200,
    "Z͑ͫ̓" * 50,
    "漢" * 200,
    '"\\' * 100,
)


@pytest.mark.parametrize("name", [LONG_NAME, *SCRIPTS], ids=range(7))
def test_whatever_may_be_issued_may_be_shown_and_printed(service: Service, name: str) -> None:
    client = service.client()
    achievement = publish(
        client,
        name=name,
        description=(name * 50)[:10_000],
        criteria={"narrative": (name * 50)[:10_000]},
        alignment=[{"targetName": name, "targetUrl": "https://x.example/"} for _ in range(50)],
    )
    evidence: JsonValue = [{"narrative": LONG_TEXT} for _ in range(20)]
    issued = issue(client, achievement, recipient={"name": name}, evidence=evidence)
    address = str(issued["url"]).removeprefix(service.origin)

    for form in ("html", "report", "vc", "pdf", "png", "svg", "receipt"):
        response = service.public().get(address, params={"format": form})
        assert response.status_code == 200, form
    assert client.get(f"/achievements/{achievement}").status_code == 200
    report = client.post("/v1/verify", json={"credential": issued["credential"]}).json()
    assert report["verdict"] == "valid"


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": {"name": ""}},
        {"recipient": {"name": "n" * 201}},
        {"recipient": {"name": "x", "email": "nobody"}},
        {"recipient": {"name": "x", "did": "nobody"}},
        {"recipient": {"name": "x", "did": "did:"}},
        {"recipient": {}},
        {"awardedDate": "2026-11-20"},
        {"awardedDate": "2026-11-20T10:00:00"},
        {"awardedDate": "2026-13-40T10:00:00Z"},
        {"validUntil": "2020-01-01T00:00:00Z"},
        {"evidence": [{}]},
        {"evidence": [{"id": "nothing"}]},
        {"evidence": [{"narrative": "x"}] * 21},
        {"results": [{}]},
        {"results": [{"status": "Brilliant"}]},
        {"results": [{"value": "1"}] * 21},
        {"achievement": "x" * 65},
    ],
    ids=reprlib.repr,
)
def test_a_claim_that_cannot_be_is_refused(service: Service, change: dict[str, JsonValue]) -> None:
    body = issue_body(publish(service.client()), **change)

    response = service.client().post(
        "/v1/credentials", json=body, headers={"idempotency-key": unique("key")}
    )

    assert response.status_code == 422
    assert response.json()["code"] in {"malformed-request", "invalid-claim"}


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"achievementType": "Medal"},
        {"criteria": {}},
        {"criteria": {"narrative": "x", "id": "nothing"}},
        {"validity": "P0D"},
        {"validity": "two years"},
        {"inLanguage": "english please"},
        {"tag": ["a", "a"]},
        {"tag": ["a"] * 51},
        {"image": {"id": "data:image/png;base64,AAAA"}},
    ],
    ids=reprlib.repr,
)
def test_a_definition_that_cannot_be_is_refused(
    service: Service, change: dict[str, JsonValue]
) -> None:
    response = service.client().post(
        "/v1/achievements",
        json=achievement_body(**change),
        headers={"idempotency-key": unique("key")},
    )

    assert response.status_code == 422
    assert response.json()["code"] in {"malformed-request", "invalid-claim"}


def test_an_achievement_that_is_not_there_is_not_issued(service: Service) -> None:
    response = service.client().post(
        "/v1/credentials", json=issue_body("nothing"), headers={"idempotency-key": unique("key")}
    )

    assert (response.status_code, response.json()["code"]) == (404, "achievement-not-found")


@pytest.mark.parametrize("scopes", [[], ["all"], ["read"] * 9, "read", None])
def test_a_key_with_scopes_that_are_none_is_refused(service: Service, scopes: JsonValue) -> None:
    response = service.client().post("/v1/api-keys", json={"label": "x", "scopes": scopes})

    assert response.status_code == 422


def test_t18_no_text_that_a_database_cannot_hold_is_a_fault(service_on_each: Service) -> None:
    nul = "a\x00b"
    things = Things.of(service_on_each, service_on_each.one)
    client = service_on_each.client()

    for operation in operations(service_on_each):
        for name in things.members:
            if f"{{{name}}}" in operation.path:
                path = operation.path.format(**things.members | {name: "a%00b"})
                response = client.request(operation.method, path, json=operation.body(things))
                assert (response.status_code, response.json()["code"]) == (400, "bad-address")
        for parameter in ("cursor", "format", "q"):
            response = client.get(operation.path, params={parameter: nul})
            assert response.json()["code"] == "bad-address"
        body = operation.body(things)
        if isinstance(body, dict):
            for member in body:
                headers = {"idempotency-key": unique("key")}
                response = client.request(
                    operation.method,
                    things.path(operation.path),
                    json={**body, member: nul},
                    headers=headers,
                )
                assert (response.status_code, response.json()["code"]) == (400, "malformed-json")


@pytest.mark.parametrize("text", ["a\x01b", "a\u202eb", "\ue000", " "])
def test_a_text_that_cannot_be_shown_is_refused(service: Service, text: str) -> None:
    client, issued = service.client(), issue(service.client())

    label = client.post("/v1/api-keys", json={"label": text, "scopes": ["read"]})
    reason = client.post(f"/v1/credentials/{issued['id']}/revocation", json={"reason": text})

    assert (label.status_code, label.json()["code"]) == (422, "invalid-claim")
    assert (reason.status_code, reason.json()["code"]) == (422, "invalid-claim")


def test_a_suspended_credential_says_so_until_the_suspension_is_lifted(service: Service) -> None:
    client = service.client()
    issued = issue(client, publish(client, suspendable=True))
    address = f"/v1/credentials/{issued['id']}"
    page = f"/c/{code_of(issued)}"
    reason = {"reason": "fees are due"}

    first = client.post(f"{address}/suspension", json=reason)
    again = client.post(f"{address}/suspension", json=reason)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert client.get(address).json()["status"] == "suspended"
    report = client.get(page, headers={"accept": "application/json"}).json()
    assert (report["verdict"], report["status"]) == ("suspended", "suspended")

    lifted = client.request("DELETE", f"{address}/suspension", json={"reason": "paid"})
    once_more = client.request("DELETE", f"{address}/suspension", json={"reason": "paid"})

    assert (lifted.status_code, once_more.status_code) == (200, 200)
    assert lifted.json() == once_more.json()
    assert lifted.json()["seq"] > first.json()["seq"]
    assert client.get(address).json()["status"] == "active"
    assert client.get(page, headers={"accept": "application/json"}).json()["verdict"] == "valid"


def test_what_cannot_be_suspended_says_why(service: Service) -> None:
    client = service.client()
    plain, marked = issue(client), issue(client, publish(client, suspendable=True))
    revoked = issue(client, publish(client, suspendable=True))
    client.post(f"/v1/credentials/{revoked['id']}/revocation", json={"reason": "annulled"})

    def ask(method: str, issued: JsonObject) -> tuple[int, str]:
        path = f"/v1/credentials/{issued['id']}/suspension"
        answer = client.request(method, path, json={"reason": "fees are due"})
        return answer.status_code, answer.json()["code"]

    assert ask("POST", plain) == (409, "not-suspendable")
    assert ask("DELETE", marked) == (404, "not-suspended")
    assert ask("POST", revoked) == (409, "already-revoked")
    assert ask("DELETE", revoked) == (409, "already-revoked")
    path = f"/v1/credentials/{marked['id']}/suspension"
    text = client.request("DELETE", path, content="{}", headers={"content-type": "text/plain"})
    assert text.status_code == 415
