"""``/v1/batches/changes``: revoke, suspend, lift or reissue many credentials at once."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from credhub.errors import (
    AchievementNotFoundError,
    ApiKeyNotFoundError,
    BatchNotFoundError,
    NothingToChangeError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services.api_keys import Scope
from credhub.services.bulk import change_receiving
from credhub.services.bulk.change_receiving import ArrivingChanges
from credhub.services.idempotency import Once
from credhub.store.batches import BatchKind
from credhub.web.api.batch_answers import SENDING, accepted, json_answer
from credhub.web.api.batch_change_models import BatchChangesRequest, ChangesTrialAnswer
from credhub.web.api.batch_models import BatchAnswer
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, RuntimeDep
from credhub.web.key_first import key_first
from credhub.web.problems import problems

PATH: Final = "/v1/batches"
SEND: Final = "POST /v1/batches/changes"

_TRIED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": ChangesTrialAnswer, "description": "With `dryRun`: what would become of it."}
}

router = APIRouter(prefix=PATH, tags=["Batches"], route_class=key_first(Scope.REVOKE))


@router.post(
    "/changes",
    status_code=HTTPStatus.ACCEPTED,
    response_model=BatchAnswer,
    responses=_TRIED
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        AchievementNotFoundError,
        BatchNotFoundError,
        ApiKeyNotFoundError,
        NothingToChangeError,
        *SENDING,
    ),
)
def change_credentials(  # noqa: PLR0913 - what a request may say
    request: BatchChangesRequest,
    http: Request,
    caller: CallerDep,
    runtime: RuntimeDep,
    *,
    dry_run: Annotated[
        bool,
        Query(alias="dryRun", description="Say what would become of it, and keep nothing."),
    ] = False,
    idempotency_key: IdempotencyKeyDep = None,
) -> Response:
    """Revoke, suspend or lift many credentials: those that are named, or that a filter finds.

    All rows are checked first; with one fault nothing is changed, and the answer names the rows.
    Then each row stands for itself: `GET` the batch to see how far it is. Credentials that are so
    already are skipped, so the same request may be sent again; a filter that finds nothing else is
    answered with `nothing-to-change`. Changes are done before whatever
    waits to be issued. To reissue replaces credentials by the newest version of their achievement,
    as corrections do; it takes the scope `issue` too.
    """
    caller.require(Scope.REVOKE)
    if request.kind is BatchKind.REISSUE:
        caller.require(Scope.ISSUE)
    resources = runtime.resources
    rows = request.rows(resources, caller.hub)
    with http.app.state.limits.one_file(caller.hub):
        if dry_run:
            found = change_receiving.try_out(resources, caller.hub, request.kind, rows)
            return json_answer(ChangesTrialAnswer.of(found))
        body = request.model_dump(mode="json")
        once = Once(resources, caller.hub, route=SEND, key=idempotency_key, body=body)
        actor = f"api-key:{caller.key_id}"
        arriving = ArrivingChanges(kind=request.kind, rows=rows, actor=actor)
        batch = change_receiving.receive(resources, caller.hub, arriving, once)
    runtime.batch_processes.nudge()
    return accepted(resources, batch)
