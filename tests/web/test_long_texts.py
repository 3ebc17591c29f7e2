"""T47: every text that a client may send, with 10 kB in it: taken or refused clearly, and shown.

Generated from the bodies and the parameters that the OpenAPI document describes.
"""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from httpx2 import Response

from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.web.api.models import MAX_NAME, MAX_TEXT, MAX_URL
from tests.running import (
    Service,
    achievement_body,
    code_of,
    issue,
    issue_body,
    make_member,
    post,
    publish,
    unique,
)
from tests.web.routes import FULL_BODIES, Operation, Things, filled, operations

LONG = {
    "letters": "x" * 10_240,
    "words": "solar panel " * 854,
    "accents": "\u00e9" * 10_240,
    "combining": "e\u0301\u0302\u0303" * 2_560,
    "a host": "https://" + "a." * 5_120,
    "an international host": "https://" + "\u00fc" * 10_240 + ".example",
    "digits": "9" * 10_240,
    "a time": "2026-11-22T10:00:00." + "0" * 10_240 + "Z",
    "a duration": "P" + "1Y" * 5_120,
    "a mail address": "a" * 5_120 + "@" + "b." * 2_560,
    "spaces": " " * 10_240,
}
MOST = 10_000
"""Bytes of a refusal: what was sent is not sent back."""


def places(value: JsonValue, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the place of every text in a body."""
    match value:
        case str():
            yield path
        case list():
            for number, item in enumerate(value):
                yield from places(item, (*path, number))
        case dict():
            for name, member in value.items():
                yield from places(member, (*path, name))
        case _:
            pass


def replaced(body: JsonValue, path: tuple[str | int, ...], text: str) -> JsonValue:
    made = deepcopy(body)
    inner = made
    for step in path[:-1]:
        inner = inner[step]  # type: ignore[index]  # a place in this very body
    inner[path[-1]] = text  # type: ignore[index]  # likewise
    return made


def check_answer(response: Response, where: object) -> None:
    assert response.status_code in {200, 201, 202, 400, 404, 409, 413, 415, 422, 431}, where
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json", where
        assert len(response.content) < MOST, where
        assert response.json()["code"], where


def of_bodies(service: Service) -> list[Operation]:
    return [operation for operation in operations(service) if operation.model]


@pytest.mark.parametrize("kind", LONG)
def test_t47_every_text_of_every_body_is_taken_or_refused_clearly(
    service: Service, kind: str
) -> None:
    things, client = Things.of(service, service.one), service.client()
    tried = 0
    for operation in of_bodies(service):
        body = filled(FULL_BODIES[str(operation.model)], things)
        for place in places(body):
            response = client.request(
                operation.method,
                things.path(operation.path),
                json=replaced(body, place, LONG[kind]),
                headers={"idempotency-key": unique("long")},
            )
            check_answer(response, (operation.name, place))
            errors = response.json().get("errors") if response.status_code == 422 else None
            # Faults of a batch name rows as whoever wrote them counts.
            if errors and operation.model not in {"BatchRows", "BatchChangesRequest", "ChangeRows"}:
                assert any(one["at"].startswith(f"body/{place[0]}") for one in errors), place
            tried += 1
    assert tried > 30


@pytest.mark.parametrize("length", [3_000, 10_240])
def test_t47_every_parameter_is_taken_or_refused_clearly(service: Service, length: int) -> None:
    things, client = Things.of(service, service.one), service.client()
    text, tried = "x" * length, 0
    for path, methods in service.app.openapi()["paths"].items():
        for method, described in methods.items():
            for parameter in described.get("parameters", []):
                name, query, headers = parameter["name"], {}, {}
                address = path
                match parameter["in"]:
                    case "path":
                        address = path.replace(f"{{{name}}}", text)
                    case "query":
                        query = {name: text}
                    case _:
                        headers = {name: text}
                address = things.path(address) if "{" in address else address
                response = client.request(method, address, params=query, headers=headers)
                assert response.status_code < 500, (method, path, name)
                assert len(response.content) < 3 * MOST, (method, path, name)
                tried += 1
    assert tried > 30


NAMES = "n" * MAX_NAME
WORDS = ("word " * MAX_TEXT)[: MAX_TEXT - 1] + "."
ADDRESS = ("https://school.example/" + "a" * MAX_URL)[:MAX_URL]


def longest_achievement() -> JsonObject:
    """Give as much in every member as there may be."""
    alignment: JsonObject = {
        "targetName": NAMES,
        "targetUrl": ADDRESS,
        "targetFramework": NAMES,
        "targetCode": NAMES,
        "targetDescription": WORDS,
    }
    return achievement_body(
        name=NAMES,
        description=WORDS,
        criteria={"narrative": WORDS, "id": ADDRESS},
        alignment=[dict(alignment) for _ in range(3)],
        tag=[f"{n:02}{NAMES}"[:MAX_NAME] for n in range(50)],
    )


def longest_issue(achievement: str) -> JsonObject:
    evidence: JsonObject = {
        "id": ADDRESS,
        "name": NAMES,
        "description": WORDS,
        "narrative": WORDS,
        "genre": NAMES,
    }
    return issue_body(
        achievement,
        recipient={"name": NAMES, "externalId": NAMES},
        evidence=[dict(evidence) for _ in range(5)],
        results=[{"value": NAMES} for _ in range(5)],
    )


def test_t47_the_longest_texts_are_issued_shown_printed_and_verified(service: Service) -> None:
    member = make_member(service.runtime, unique("hub"))
    client, public = service.client(member), service.public()
    achievement = str(post(client, "/v1/achievements", longest_achievement())["id"])
    issued = post(client, "/v1/credentials", longest_issue(achievement))
    code = code_of(issued)

    pages = {
        "permanent": public.get(f"/c/{code}", headers={"accept": "text/html"}),
        "achievement": public.get(f"/achievements/{achievement}"),
        "hub": public.get(f"/hubs/{member.hub.slug}"),
        "uploaded": public.post("/verify", data={"credential": _text(issued)}),
    }
    printed = public.get(f"/c/{code}", params={"format": "pdf"})

    for name, page in pages.items():
        assert page.status_code == 200, name
        assert NAMES in page.text, name
    assert WORDS in pages["permanent"].text
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    report = public.post("/v1/verify", json={"credential": issued["credential"]}).json()
    assert report["verdict"] == "valid"


def _text(issued: JsonObject) -> str:
    return Response(200, json=issued["credential"]).text


def test_t47_one_letter_more_than_there_may_be_is_refused_with_its_place(service: Service) -> None:
    client = service.client()
    achievement = publish(client)
    for path, longest in (
        ("/v1/achievements", longest_achievement()),
        ("/v1/credentials", longest_issue(achievement)),
    ):
        for place in places(longest):
            if place in {("achievement",), ("achievementType",)}:
                continue
            inner: JsonValue = longest
            for step in place:
                inner = inner[step]  # type: ignore[index]  # a place in this very body
            body = replaced(longest, place, f"{inner}x")
            response = client.post(path, json=body, headers={"idempotency-key": unique("long")})
            assert response.status_code == 422, place
            wrong = {error["at"] for error in response.json()["errors"]}
            assert wrong == {"/".join(("body", *map(str, place)))}


@pytest.mark.parametrize("kind", LONG)
def test_t47_a_hub_has_a_name_that_fits_on_a_page(service: Service, kind: str) -> None:
    with pytest.raises(InvalidClaimError):
        make_member(service.runtime, "long", name=LONG[kind])


def test_t47_what_is_verified_may_be_long_and_is_answered(service: Service) -> None:
    for text in LONG.values():
        sent: tuple[JsonObject, ...] = (
            {"token": text},
            {"credential": {"type": text, "name": text}},
            {"presentation": text, "challenge": text[:MAX_URL], "domain": text[:MAX_URL]},
            {"credential": issue(service.client())["credential"], "receipt": text},
        )
        for body in sent:
            response = service.public().post("/v1/verify", json=body)
            assert response.status_code == 200
            assert response.json()["verdict"] != "valid" or "receipt" in body
