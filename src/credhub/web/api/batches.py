"""``/v1/batches``: many credentials of one achievement at once."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from credhub.errors import (
    AchievementNotFoundError,
    BatchNotFoundError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services.api_keys import Scope
from credhub.services.bulk import batch_receiving, batch_trying, batches
from credhub.services.bulk.batch_receiving import Arriving
from credhub.services.idempotency import Once
from credhub.store.batches import BatchKind
from credhub.web.api.batch_answers import PATH, SENDING, accepted, json_answer
from credhub.web.api.batch_files import SentFileDep, described
from credhub.web.api.batch_models import BatchAnswer, BatchPage, TrialAnswer
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep, RuntimeDep
from credhub.web.key_first import key_first
from credhub.web.problems import WRITING, problems

SEND: Final = "POST /v1/batches"

_BODY: Final = described(
    csv="name,email\nAmélie Dubois,amelie@mail.example\n",
    rows="BatchRows",
    line='{"key":"4711","recipient":{"name":"Amélie Dubois"}}\n',
)
_TRIED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": TrialAnswer, "description": "With `dryRun`: what would become of it."}
}

sending = APIRouter(prefix=PATH, tags=["Batches"], route_class=key_first(Scope.ISSUE))
router = APIRouter(prefix=PATH, tags=["Batches"])


@sending.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    response_model=BatchAnswer,
    openapi_extra=_BODY,
    responses=_TRIED
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        AchievementNotFoundError,
        *SENDING,
    ),
)
def send_batch(  # noqa: PLR0913 - what a request may say
    http: Request,
    caller: CallerDep,
    runtime: RuntimeDep,
    sent: SentFileDep,
    achievement: Annotated[
        str,
        Query(
            max_length=64,
            description="The id of a published achievement; its newest version is issued.",
        ),
    ],
    *,
    dry_run: Annotated[
        bool,
        Query(alias="dryRun", description="Say what would become of it, and keep nothing."),
    ] = False,
    idempotency_key: IdempotencyKeyDep = None,
) -> Response:
    """Send rows to be issued together: CSV, JSON, or one JSON object on each line.

    The first row of CSV names its columns. Encoding, separator and what the columns hold are
    recognised, and `reading` says how; try it with `dryRun` first. All rows are checked; with one
    fault nothing is issued, and the answer names the rows, as a spreadsheet counts them.
    Then each row stands for itself: `GET` the batch to see how far it is. The same rows sent
    again are issued once, whatever their batch.
    """
    caller.require(Scope.ISSUE)
    resources, rows = runtime.resources, sent.learners()
    with http.app.state.limits.one_file(caller.hub):
        if dry_run:
            trial = batch_trying.try_out(resources, caller.hub, achievement, rows)
            answer = TrialAnswer.of(trial, rows.summary().to_document())
            return json_answer(answer)
        once = Once(
            resources,
            caller.hub,
            route=SEND,
            key=idempotency_key,
            body={"achievement": achievement, **sent.identity},
        )
        arriving = Arriving(
            achievement_id=achievement,
            rows=rows,
            actor=f"api-key:{caller.key_id}",
            reading=lambda: rows.summary().to_document(with_unused=False),
        )
        batch = batch_receiving.receive(resources, caller.hub, arriving, once)
    runtime.batch_processes.nudge()
    return accepted(resources, batch)


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_batches(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> BatchPage:
    """List batches, newest first."""
    caller.require(Scope.READ)
    found = batches.page(resources, caller.hub, before=cursor, limit=limit)
    return BatchPage(
        items=[BatchAnswer.of(standing) for standing in found],
        next_cursor=found[-1].batch.batch_id if len(found) == limit else None,
    )


@router.get(
    "/{batch_id}", responses=problems(UnauthenticatedError, ScopeMissingError, BatchNotFoundError)
)
def read_batch(batch_id: str, caller: CallerDep, resources: ResourcesDep) -> BatchAnswer:
    """Read how far a batch is."""
    caller.require(Scope.READ)
    return BatchAnswer.of(batches.find(resources, caller.hub, batch_id))


@router.post(
    "/{batch_id}/cancel",
    responses=problems(UnauthenticatedError, ScopeMissingError, BatchNotFoundError, *WRITING),
)
def cancel_batch(batch_id: str, caller: CallerDep, resources: ResourcesDep) -> BatchAnswer:
    """Cancel a batch: nothing becomes of its further rows. What was done stays.

    A batch that has ended stays as it is. It takes the scope with which it was sent.
    """
    kind = batches.find(resources, caller.hub, batch_id).batch.kind
    # Who may only issue must not keep credentials from being revoked.
    caller.require(Scope.ISSUE if kind is BatchKind.ISSUE else Scope.REVOKE)
    return BatchAnswer.of(batches.cancel(resources, caller.hub, batch_id))
