"""While a large body is parsed others are answered. No test looks at a clock."""

import asyncio
from collections.abc import Coroutine
from itertools import count
from threading import Event

import pytest
from starlette.types import Message, Scope

from credhub import jsontypes
from credhub.jsontypes import JsonValue
from credhub.web.arriving import PIECE, ArrivingBody
from credhub.web.strict import READ_AT_ONCE
from tests.hostile import forms
from tests.running import Service, issue_body, unique

SAFETY = 60
"""Seconds after which a test that would hang fails instead."""

MANY_MEMBERS = b"{%s}" % b",".join(b'"m%d":{}' % number for number in range(60_000))


async def asked(
    service: Service, method: str, path: str, body: bytes = b"", *, media_type: str = ""
) -> int:
    """Send one request to the application, in this loop; give the status of its answer."""
    answer: list[Message] = []
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])
    headers = {"host": "127.0.0.1:8000", "content-type": media_type, "idempotency-key": unique("k")}
    headers |= {"authorization": f"Bearer {service.one.token}", "content-length": str(len(body))}
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.9", 5000),
    }

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        answer.append(message)

    await service.app(scope, receive, send)
    return int(answer[0]["status"])


async def turns_during(work: Coroutine[None, None, int]) -> tuple[int, int]:
    """Count how often another task had its turn until the work was done."""
    turns, task = count(), asyncio.ensure_future(work)
    while not task.done():
        next(turns)
        await asyncio.sleep(0)
    return task.result(), next(turns)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/verify", b'{"token":"%s"}' % (b"x" * READ_AT_ONCE), 200),
        ("/v1/verify", b'{"credential":[%s]}' % (b"[]," * READ_AT_ONCE + b"[]"), 422),
        ("/v1/verify", MANY_MEMBERS, 422),
        ("/v1/verify", b"[" * READ_AT_ONCE + b"[", 400),
        ("/v1/verify/batch", b'{"credentials":["%s"]}' % (b"x" * READ_AT_ONCE), 200),
        ("/v1/verify/batch", MANY_MEMBERS, 422),
        ("/v1/credentials", MANY_MEMBERS, 422),
    ],
    ids=["a text", "a list", "60,000 members", "depth", "a batch", "a wrong batch", "with a key"],
)
def test_t46_while_a_large_json_is_parsed_others_are_answered(
    service: Service, monkeypatch: pytest.MonkeyPatch, path: str, body: bytes, status: int
) -> None:
    begun, others_answered, parse = Event(), Event(), jsontypes.parse

    def slow(text: bytes) -> JsonValue:
        """Parse only when another request was answered. In the loop that would be never."""
        begun.set()
        assert others_answered.wait(SAFETY)
        return parse(text)

    monkeypatch.setattr(jsontypes, "parse", slow)

    async def both() -> int:
        large = asyncio.ensure_future(
            asked(service, "POST", path, body, media_type="application/json")
        )
        assert await asyncio.to_thread(begun.wait, SAFETY)
        assert await asked(service, "GET", "/healthz") == 200
        assert not large.done()
        others_answered.set()
        return await large

    assert asyncio.run(both()) == status


def test_t46_a_great_many_faults_are_listed_in_a_thread_and_few_are_shown(
    service: Service,
) -> None:
    response = service.client().post(
        "/v1/verify", content=MANY_MEMBERS, headers={"content-type": "application/json"}
    )

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "malformed-request")
    assert [error["at"] for error in problem["errors"]] == [f"body/m{n}" for n in range(20)]


@pytest.mark.parametrize("name", ["achievementId", "more"])
def test_a_large_body_is_answered_like_a_small_one(service: Service, name: str) -> None:
    for length in (10, READ_AT_ONCE):
        body = issue_body("x") | {name: ["y" * length]}
        headers = {"idempotency-key": unique("key")}
        answer = service.client().post("/v1/credentials", json=body, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["at"] == f"body/{name}"


@pytest.mark.parametrize("path", ["/v1/verify", "/verify"])
def test_t46_while_a_form_is_parsed_others_have_their_turn(service: Service, path: str) -> None:
    form = forms.part(b"\r\n--0123456789abcde" * 500_000) + forms.end()

    status, turns = asyncio.run(
        turns_during(asked(service, "POST", path, form, media_type=forms.FORM))
    )

    assert status == 422
    assert turns > len(form) // PIECE


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_body_comes_whole_in_pieces(length: int, *, more: bool) -> None:
    sent: list[Message] = [
        {"type": "http.request", "body": bytes(range(256)) * (length // 256), "more_body": more},
        {"type": "http.request", "body": b"last"},
        {"type": "http.disconnect"},
    ]
    if not more:
        del sent[1]
    waiting = iter(sent)

    async def receive() -> Message:
        return next(waiting)

    async def read() -> list[Message]:
        body = ArrivingBody(receive, most=10 * PIECE, seconds=SAFETY)
        found: list[Message] = []
        while not found or found[-1].get("more_body"):
            found.append(await body.receive())
        assert (await body.receive())["type"] == "http.disconnect"
        return found

    found = asyncio.run(read())

    whole = b"".join(one.get("body", b"") for one in sent)
    assert b"".join(one["body"] for one in found) == whole
    assert all(len(one["body"]) <= PIECE for one in found)
