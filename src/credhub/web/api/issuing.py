"""Issuing what several requests of one hub ask for at once."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi import Depends, Request

from credhub.errors import CredhubError
from credhub.runtime import Runtime
from credhub.services import issuing, receipts
from credhub.services.idempotency import Once
from credhub.services.issuing import Answer
from credhub.services.issuing_survey import Order, Wanted
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.web.api.answers import credential_answer
from credhub.web.api.models import IssueRequest
from credhub.web.together import Together

ROUTE: Final = "POST /v1/credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request to issue.

    Attributes:
        key: Its idempotency key.
        actor: Whose it is.
    """

    request: IssueRequest
    key: str | None
    actor: str


class Issuing:
    """Issues for each hub what its requests ask for, several at a time."""

    def __init__(self, runtime: Runtime, *, threads: Executor, at_once: int) -> None:
        self._runtime = runtime
        self._threads = threads
        self._at_once = at_once
        self._crowds: dict[HubNumber, Together[Asked, bytes]] = {}

    async def issue(self, hub: HubNumber, asked: Asked) -> bytes:
        """Issue one credential, and give the answer.

        Raises:
            CredhubError: Whatever issuing says.
        """
        crowd = self._crowds.get(hub) or self._crowds.setdefault(hub, self._crowd_of(hub))
        return await crowd.ask(asked)

    def _crowd_of(self, hub: HubNumber) -> Together[Asked, bytes]:
        answer = partial(_issue_all, self._runtime.resources, hub)
        return Together(answer, threads=self._threads, at_once=self._at_once)


async def _issuing(request: Request) -> Issuing:
    issuing: Issuing = request.app.state.issuing
    return issuing


IssuingDep = Annotated[Issuing, Depends(_issuing)]


def _issue_all(
    resources: Resources, hub: HubNumber, several: Sequence[Asked]
) -> list[bytes | CredhubError]:
    wanted = [_wanted(resources, hub, asked) for asked in several]
    answers = iter(
        issuing.issue_all(resources, hub, [it for it in wanted if isinstance(it, Wanted)])
    )
    return [_written(resources, next(answers)) if isinstance(it, Wanted) else it for it in wanted]


def _wanted(resources: Resources, hub: HubNumber, asked: Asked) -> Wanted | CredhubError:
    request = asked.request
    try:
        once = Once(
            resources,
            hub,
            route=ROUTE,
            key=asked.key,
            body=request.model_dump(mode="json", by_alias=True, exclude_unset=True),
        )
        return Wanted(order=_order(request, asked.actor), once=once)
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
