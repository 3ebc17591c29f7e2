"""Issuing what several requests of one hub ask for at once."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from credhub.errors import CredhubError
from credhub.runtime import Runtime
from credhub.services import issuing, receipts
from credhub.services.api_keys import Caller, Scope
from credhub.services.idempotency import Once
from credhub.services.issuing import Answer
from credhub.services.issuing_survey import Order, Wanted
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.web.api.answers import credential_answer
from credhub.web.api.models import IssueRequest
from credhub.web.callers import Callers
from credhub.web.media import JSON
from credhub.web.together import Together

ROUTE: Final = "POST /v1/credentials"

_REMEMBERED: Final = 1_000
"""Keys and tokens of which it is remembered whose they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request to issue.

    Attributes:
        key: Its idempotency key.
        token: The API key or the access token that it came with.
    """

    request: IssueRequest
    key: str | None
    token: str = field(repr=False)


class Issuing:
    """Issues for each hub what its requests ask for, several at a time.

    Each go looks at all keys of its requests first. That a key was good before is remembered only
    to know which hub to put a request to: one that never was joins no hub's go.
    """

    def __init__(
        self, runtime: Runtime, callers: Callers, *, threads: Executor, at_once: int
    ) -> None:
        self._runtime = runtime
        self._callers = callers
        self._threads = threads
        self._at_once = at_once
        self._crowds: dict[HubNumber, Together[Asked, bytes]] = {}
        self._hubs: dict[bytes, HubNumber] = {}

    async def answer(self, asked: Asked) -> Response:
        """Issue one credential, and make the answer of its bytes.

        Raises:
            CredhubError: As ``issue``.
        """
        return Response(await self.issue(asked), status_code=HTTPStatus.CREATED, media_type=JSON)

    async def issue(self, asked: Asked) -> bytes:
        """Issue one credential, and give the answer.

        Raises:
            UnauthenticatedError: The key is unknown, expired or revoked.
            ScopeMissingError: It is for other things.
            CredhubError: Whatever issuing says.
        """
        token_hash = sha256(asked.token.encode()).digest()
        hub = self._hubs.get(token_hash)
        if hub is None:
            hub = (await self._callers.of(asked.token)).hub
            self._remember(token_hash, hub)
        crowd = self._crowds.get(hub) or self._crowds.setdefault(hub, self._crowd_of(hub))
        return await crowd.ask(asked)

    def _crowd_of(self, hub: HubNumber) -> Together[Asked, bytes]:
        answer = partial(_issue_all, self._runtime.resources, self._callers, hub)
        return Together(answer, threads=self._threads, at_once=self._at_once)

    def _remember(self, token_hash: bytes, hub: HubNumber) -> None:
        self._hubs[token_hash] = hub
        if len(self._hubs) > _REMEMBERED:
            self._hubs.pop(next(iter(self._hubs)))


async def _issuing(request: Request) -> Issuing:
    issuing: Issuing = request.app.state.issuing
    return issuing


IssuingDep = Annotated[Issuing, Depends(_issuing)]


def _issue_all(
    resources: Resources, callers: Callers, hub: HubNumber, several: Sequence[Asked]
) -> list[bytes | CredhubError]:
    found = callers.of_all([asked.token for asked in several])
    wanted = [
        _wanted(resources, hub, asked, caller) for asked, caller in zip(several, found, strict=True)
    ]
    answers = iter(
        issuing.issue_all(resources, hub, [it for it in wanted if isinstance(it, Wanted)])
    )
    return [_written(resources, next(answers)) if isinstance(it, Wanted) else it for it in wanted]


def _wanted(
    resources: Resources, hub: HubNumber, asked: Asked, caller: Caller | CredhubError
) -> Wanted | CredhubError:
    if isinstance(caller, CredhubError):
        return caller
    request = asked.request
    try:
        caller.require(Scope.ISSUE)
        once = Once(
            resources,
            hub,
            route=ROUTE,
            key=asked.key,
            body=request.model_dump(mode="json", by_alias=True, exclude_unset=True),
        )
        return Wanted(order=_order(request, f"api-key:{caller.key_id}"), once=once)
    except CredhubError as error:
        return error


def _order(request: IssueRequest, actor: str) -> Order:
    return Order(
        achievement_id=request.achievement,
        recipient=request.recipient.to_recipient(),
        awarded_at=request.awarded_date,
        valid_until=request.valid_until,
        evidence=request.to_evidence(),
        results=request.to_results(),
        actor=actor,
    )


def _written(resources: Resources, answer: Answer) -> bytes | CredhubError:
    if isinstance(answer, CredhubError):
        return answer
    try:
        return credential_answer(answer, receipts.after_issuing(resources, answer))
    except CredhubError as error:
        return error
