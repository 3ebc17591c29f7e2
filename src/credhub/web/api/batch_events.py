"""``/v1/batches/{batch_id}/events``: how far a batch is, as it goes on.

Source:
    WHATWG HTML, section 9.2 (server-sent events).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Send
from starlette.types import Scope as HttpScope

from credhub.errors import (
    BatchesBusyError,
    BatchNotFoundError,
    CredhubError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import api_keys
from credhub.services.api_keys import Caller, Scope
from credhub.services.bulk import batches
from credhub.services.bulk.batches import BatchStanding
from credhub.services.resources import Resources
from credhub.web.api.batch_models import BatchAnswer
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.limits import Limits, Place
from credhub.web.media import EVENTS
from credhub.web.problems import problems

SECONDS_BETWEEN_LOOKS: Final = 1.0
MOST_SECONDS: Final = 900.0
"""Then a client connects again, as clients of events do by themselves."""

_FOLLOWED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {EVENTS: {"schema": {"type": "string"}}},
        "description": "Events `progress`, each with what `GET` of the batch answers; the last one,"
        " with its end, is `end`.",
    }
}

router = APIRouter(prefix="/v1/batches", tags=["Batches"])


@router.get(
    "/{batch_id}/events",
    response_class=StreamingResponse,
    responses=_FOLLOWED
    | problems(UnauthenticatedError, ScopeMissingError, BatchNotFoundError, BatchesBusyError),
)
async def follow_batch(
    batch_id: str, caller: CallerDep, resources: ResourcesDep, http: Request
) -> StreamingResponse:
    """Follow a batch until it ends, as server-sent events."""
    caller.require(Scope.READ)
    first = await run_in_threadpool(_look, resources, caller, batch_id)
    limits: Limits = http.app.state.limits
    return Followed(_events(resources, caller, first), limits.listener(caller.hub))


class Followed(StreamingResponse):
    """Events, and the place of whoever gets them: left when they end, or the client is gone.

    A response that is never sent leaves it too, when nobody keeps it any more.
    """

    def __init__(self, events: AsyncIterator[str], place: Place) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(events, media_type=EVENTS, headers=headers)
        self._place = place

    async def __call__(self, scope: HttpScope, receive: Receive, send: Send) -> None:
        """Send the events."""
        with self._place:
            await super().__call__(scope, receive, send)


async def _events(resources: Resources, caller: Caller, first: BatchStanding) -> AsyncIterator[str]:
    """Tell what changed, once a second; nothing while nothing does but that we are here."""
    standing, told = first, ""
    end = time.monotonic() + MOST_SECONDS
    while True:
        document = BatchAnswer.of(standing).model_dump_json(by_alias=True)
        has_ended = standing.batch.ended_at is not None
        yield _event("end" if has_ended else "progress", document) if document != told else ":\n\n"
        told = document
        if has_ended or time.monotonic() >= end:
            return
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        try:
            standing = await run_in_threadpool(_look, resources, caller, first.batch.batch_id)
        except CredhubError:
            return  # The client connects again, and is told why if its key has ended.


def _look(resources: Resources, caller: Caller, batch_id: str) -> BatchStanding:
    api_keys.check(resources, caller)
    return batches.find(resources, caller.hub, batch_id)


def _event(name: str, document: str) -> str:
    return f"event: {name}\ndata: {document}\n\n"
