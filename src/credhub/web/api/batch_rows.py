"""``/v1/batches/{batch_id}/rows``: what became of each row, in parts or as one file."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from credhub import instants
from credhub.documents.rows import csv_out
from credhub.errors import BatchNotFoundError, ScopeMissingError, UnauthenticatedError
from credhub.services.api_keys import Caller, Scope
from credhub.services.bulk import batch_result_file, batches
from credhub.services.resources import Resources
from credhub.web.api.batch_models import RowAnswer, RowPage
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.media import CSV, JSON, preferred, saved_as
from credhub.web.problems import problems

FORMATS: Final = {"json": JSON, "csv": CSV}
REMOVED: Final = "Credhub-Rows-Removed-At"
_LISTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {CSV: {}},
        "headers": {
            REMOVED: {
                "schema": {"type": "string", "format": "date-time"},
                "description": "Of CSV: when the rows that were skipped or failed were removed.",
            }
        },
    }
}
NO_STORE: Final = {"cache-control": "no-store", "vary": "Accept"}

router = APIRouter(prefix="/v1/batches", tags=["Batches"])


@router.get(
    "/{batch_id}/rows",
    response_model=RowPage,
    responses=_LISTED | problems(UnauthenticatedError, ScopeMissingError, BatchNotFoundError),
)
def list_rows(  # noqa: PLR0913, PLR0917 - what a request may say
    batch_id: str,
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    named: Annotated[
        Literal["json", "csv"] | None,
        Query(alias="format", description="Instead of an Accept header."),
    ] = None,
) -> Response:
    """List what became of rows, in the order of their numbers.

    As JSON in parts; as CSV in one file with all rows, whatever `cursor` and `limit` say. While the
    batch goes on, the list ends before the first part that is not done: with `complete` false ask
    again, with the last row as cursor. Rows that were skipped or failed are removed some time
    after the end: JSON says when in `rowsRemovedAt`, CSV in a header.
    """
    caller.require(Scope.READ)
    wanted = FORMATS[named] if named else preferred(accept, tuple(FORMATS.values()))
    if wanted == CSV:
        return _file(resources, caller, batch_id)
    page = _page(resources, caller, batch_id, cursor, limit)
    return Response(page.model_dump_json(by_alias=True), media_type=JSON, headers=NO_STORE)


def _page(resources: Resources, caller: Caller, batch_id: str, cursor: int, limit: int) -> RowPage:
    part = batches.results(resources, caller.hub, batch_id, after=cursor, limit=limit)
    is_full = len(part.rows) == limit
    return RowPage(
        items=[
            RowAnswer.of(listed, batches.address_of(resources, caller.hub, listed))
            for listed in part.rows
        ],
        next_cursor=part.rows[-1].result.row if is_full else None,
        complete=part.has_ended and not is_full,
        rows_removed_at=part.pruned_at,
    )


def _file(resources: Resources, caller: Caller, batch_id: str) -> Response:
    parts = batch_result_file.written(resources, caller.hub, batch_id)
    headers = NO_STORE | saved_as(f"batch-{batch_id}-results.csv", attachment=True)
    removed_at = batches.find(resources, caller.hub, batch_id).batch.pruned_at
    if removed_at is not None:
        headers |= {REMOVED: instants.text_of(removed_at)}
    return StreamingResponse(parts, media_type=csv_out.MEDIA_TYPE, headers=headers)
