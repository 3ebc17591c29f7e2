"""Requests to issue: a short way that answers as the long one, and keys that each go looks at."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

import pytest
from starlette.types import Message

from credhub.errors import CredhubError, ScopeMissingError, UnauthenticatedError
from credhub.services import api_keys
from credhub.services.api_keys import Scope
from credhub.web.api import issuing
from credhub.web.api.issuing import Asked, Issuing
from credhub.web.api.models import IssueRequest
from credhub.web.callers import Callers
from tests.running import Service, issue, issue_body, post, publish, unique

POOL = ThreadPoolExecutor(4)
PATH: Final = "/v1/credentials"
LONG: Final = "long " * 1_900
TOKENS: Final = {"without-a-key": None, "with-no-key-of-ours": "Bearer chk_none"}


def revoke(service: Service, token: str) -> None:
    number = service.one.hub.number
    caller = api_keys.authenticate(service.resources, token)
    api_keys.revoke(service.resources, number, caller.key_id)


def ask_all(
    service: Service, achievement: str, tokens: Sequence[str]
) -> list[bytes | BaseException]:
    """Ask with several keys at the same moment."""
    callers = Callers(service.runtime, threads=POOL, at_once=1)
    crowds = Issuing(service.runtime, callers, threads=POOL, at_once=1)

    async def ask(token: str) -> bytes:
        request = IssueRequest.model_validate(issue_body(achievement))
        return await crowds.issue(Asked(request=request, key=unique("key"), token=token))

    async def work() -> list[bytes | BaseException]:
        for token in dict.fromkeys(tokens):  # Whose they are is known then.
            await asyncio.gather(ask(token), return_exceptions=True)
        return await asyncio.gather(*map(ask, tokens), return_exceptions=True)

    return asyncio.run(work())


def test_a_key_that_issued_before_and_was_revoked_issues_nothing(service_on_each: Service) -> None:
    token = service_on_each.key(Scope.ISSUE, Scope.READ)
    achievement = publish(service_on_each.client())
    client = service_on_each.public()
    client.headers["authorization"] = f"Bearer {token}"
    issue(client, achievement)

    revoke(service_on_each, token)

    refused = client.post(
        PATH, json=issue_body(achievement), headers={"idempotency-key": unique("key")}
    )
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


def test_a_key_that_issued_before_and_has_ended_issues_nothing(fresh_service: Service) -> None:
    ends = fresh_service.clock() + timedelta(hours=1)
    token = fresh_service.key(Scope.ISSUE, expires_at=ends)
    achievement = publish(fresh_service.client())
    client = fresh_service.public()
    client.headers["authorization"] = f"Bearer {token}"
    issue(client, achievement)

    fresh_service.clock.move(hours=1)

    headers = {"idempotency-key": unique("key")}
    assert client.post(PATH, json=issue_body(achievement), headers=headers).status_code == 401


def test_each_request_of_a_go_has_its_own_key(service: Service) -> None:
    good, reads = service.key(Scope.ISSUE), service.key(Scope.READ)
    achievement = publish(service.client())

    told = ask_all(service, achievement, [good, reads, "chk_none", good])

    assert [type(it) for it in told] == [bytes, ScopeMissingError, UnauthenticatedError, bytes]


def test_a_go_answers_each_with_the_key_as_it_is_then(service: Service) -> None:
    good, ended = service.key(Scope.ISSUE), service.key(Scope.ISSUE)
    revoke(service, ended)
    callers = Callers(service.runtime, threads=POOL, at_once=1)
    request = IssueRequest.model_validate(issue_body(publish(service.client())))
    asked = [Asked(request=request, key=unique("key"), token=it) for it in (good, ended)]

    told = issuing._issue_all(service.resources, callers, service.one.hub.number, asked)  # noqa: SLF001 - the go itself, whoever is remembered

    assert isinstance(told[0], bytes)
    assert isinstance(told[1], UnauthenticatedError)


def test_keys_beyond_those_that_are_remembered_issue_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "_REMEMBERED", 1)
    tokens = [service.key(Scope.ISSUE) for _ in range(3)]

    told = ask_all(service, publish(service.client()), tokens * 2)

    assert [type(it) for it in told] == [bytes] * 6


def test_a_long_request_is_issued_as_it_is(service: Service) -> None:
    client = service.client()
    body = issue_body(publish(client), evidence=[{"narrative": LONG}] * 2)

    issued = post(client, PATH, body)

    assert client.get(f"{PATH}/{issued['id']}").json()["credential"] == issued["credential"]
    assert str(issued["credential"]).count(LONG) == 2


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_whoever_has_no_key_hears_what_is_wrong_in_the_usual_order(
    service: Service, name: str
) -> None:
    client, token = service.public(), TOKENS[name]
    client.headers.update({"authorization": token} if token else {})

    def status(content: str, media_type: str = "application/json") -> int:
        return client.post(PATH, content=content, headers={"content-type": media_type}).status_code

    assert status("{}", "text/plain") == 415
    assert status("{") == 400
    assert status("{}") == 401
    assert status(f'{{"a": "{LONG * 2}"}}') == 422


def test_a_key_for_other_things_hears_first_what_is_wrong_with_the_request(
    service: Service,
) -> None:
    client = service.public()
    client.headers["authorization"] = f"Bearer {service.key(Scope.READ)}"

    def status(content: str, media_type: str = "application/json") -> int:
        headers = {"content-type": media_type, "idempotency-key": unique("key")}
        return client.post(PATH, content=content, headers=headers).status_code

    assert status("{}", "text/plain") == 415
    assert status("{}") == 422
    assert status('{"achievement": "x", "recipient": {"name": "Anna"}}') == 403


def test_whoever_goes_before_the_request_is_whole_issues_nothing(service: Service) -> None:
    coming: list[Message] = [
        {"type": "http.request", "body": b'{"achievement"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    told: list[int] = []
    head = {
        "host": "127.0.0.1:8000",
        "authorization": f"Bearer {service.one.token}",
        "content-type": "application/json",
    }

    async def receive() -> Message:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in head.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    asyncio.run(service.app(scope, receive, send))

    assert told == [400]


def test_an_unknown_key_is_looked_up_before_it_joins_a_go(service: Service) -> None:
    callers = Callers(service.runtime, threads=POOL, at_once=1)
    crowds = Issuing(service.runtime, callers, threads=POOL, at_once=1)
    request = IssueRequest.model_validate(issue_body("none"))
    asked = Asked(request=request, key=unique("key"), token=service.one.token[:-1])

    with pytest.raises(CredhubError) as refused:
        asyncio.run(crowds.issue(asked))

    assert isinstance(refused.value, UnauthenticatedError)
    assert crowds._crowds == {}  # noqa: SLF001 - what an unknown key must leave empty
