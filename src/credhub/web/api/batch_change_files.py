"""``/v1/batches/changes/file``: changes and corrections of many credentials, from a table."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from credhub.documents.change_file import ChangeFile
from credhub.errors import ScopeMissingError, UnauthenticatedError
from credhub.services.api_keys import Caller, Scope
from credhub.services.bulk import bulk_changes, change_receiving
from credhub.services.bulk.change_receiving import ArrivingChanges
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind, StoredBatch
from credhub.web.api.batch_answers import PATH, SENDING, accepted, json_answer
from credhub.web.api.batch_change_models import ChangesTrialAnswer, Reason
from credhub.web.api.batch_files import SentFileDep, described
from credhub.web.api.batch_models import BatchAnswer
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, RuntimeDep
from credhub.web.key_first import key_first
from credhub.web.problems import problems

SEND: Final = "POST /v1/batches/changes/file"
ISSUING: Final = frozenset({BatchKind.REISSUE, BatchKind.CORRECTION})
"""Kinds that give new credentials too."""

_BODY: Final = described(
    csv="credential,name\nhttps://hub.example/c/…,Amélie Dubois\n",
    rows="ChangeRows",
    line='{"credential":"https://hub.example/c/…","name":"Amélie Dubois"}\n',
)
_TRIED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": ChangesTrialAnswer, "description": "With `dryRun`: what would become of it."}
}

router = APIRouter(prefix=PATH, tags=["Batches"], route_class=key_first(Scope.REVOKE))


@router.post(
    "/changes/file",
    status_code=HTTPStatus.ACCEPTED,
    response_model=BatchAnswer,
    openapi_extra=_BODY,
    responses=_TRIED
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        *SENDING,
    ),
)
def change_by_file(  # noqa: PLR0913, PLR0917 - what a request may say
    http: Request,
    caller: CallerDep,
    runtime: RuntimeDep,
    sent: SentFileDep,
    change: Annotated[
        Literal["revocation", "suspension", "lift", "reissue", "correction"],
        Query(description="To correct is to replace by a credential that says what the row says."),
    ],
    reason: Annotated[
        Reason,
        Query(
            description="For the record; never public. A column of reasons goes before it. Proxies"
            " may keep addresses with what is behind the question mark: name nobody."
        ),
    ],
    *,
    dry_run: Annotated[
        bool,
        Query(alias="dryRun", description="Say what would become of it, and keep nothing."),
    ] = False,
    idempotency_key: IdempotencyKeyDep = None,
) -> Response:
    """Revoke, suspend, lift, reissue or correct the credentials that a file names.

    CSV, JSON, or one JSON value on each line. The first row of CSV names its columns, one of which
    holds addresses, codes or ids; a list without a header is taken too, and so are the results of
    a batch: what that one skipped was issued or changed by another, and is left out, but for
    corrections and reissues. To correct, other columns say what credentials should have said:
    `name` or `givenName` and `familyName`, `awardedDate`, `validUntil`, `evidenceUrl`, `result`.
    What is blank there, or says what the credential says, stays as it was signed. Else it is as
    `/v1/batches/changes` is.
    To reissue or to correct takes the scope `issue` too.
    """
    kind = BatchKind(change)
    caller.require(Scope.REVOKE)
    if kind in ISSUING:
        caller.require(Scope.ISSUE)
    rows = ChangeFile(
        sent.chunks,
        sent.form,
        sent.said,
        reason=reason,
        corrects=kind is BatchKind.CORRECTION,
        with_skipped=kind not in bulk_changes.NEW,
    )
    with http.app.state.limits.one_file(caller.hub):
        if dry_run:
            return _tried_out(runtime.resources, caller, kind, rows)
        body = {"change": change, "reason": reason, **sent.identity}
        once = Once(runtime.resources, caller.hub, route=SEND, key=idempotency_key, body=body)
        batch = _received(runtime.resources, caller, kind, rows, once)
    runtime.batch_processes.nudge()
    return accepted(runtime.resources, batch)


def _tried_out(resources: Resources, caller: Caller, kind: BatchKind, rows: ChangeFile) -> Response:
    found = change_receiving.try_out(resources, caller.hub, kind, rows, column_of=rows.column_of)
    return json_answer(
        ChangesTrialAnswer.of(
            found,
            passed_over=rows.passed_over + rows.skipped,
            reading=rows.summary().to_document(),
        )
    )


def _received(
    resources: Resources, caller: Caller, kind: BatchKind, rows: ChangeFile, once: Once
) -> StoredBatch:
    arriving = ArrivingChanges(
        kind=kind,
        rows=rows,
        actor=f"api-key:{caller.key_id}",
        reading=lambda: rows.summary().to_document(with_unused=False),
        column_of=rows.column_of,
    )
    return change_receiving.receive(resources, caller.hub, arriving, once)
