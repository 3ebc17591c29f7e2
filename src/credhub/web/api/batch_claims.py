"""``/v1/batches/{batch_id}/claim-links``: a link for each learner of a batch, as one file."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Header, Query
from starlette.responses import Response, StreamingResponse

from credhub import instants
from credhub.documents.rows import csv_out
from credhub.errors import (
    BatchNotEndedError,
    BatchNotFoundError,
    ContendedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import claims
from credhub.services.api_keys import Scope
from credhub.services.bulk import batch_claims
from credhub.services.bulk.batch_claims import RowLink
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.media import CSV, NDJSON, preferred, saved_as
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

FORMATS: Final = {"ndjson": NDJSON, "csv": CSV}
COLUMNS: Final = ("row", "credential", "state", "url", "expires at")
NO_STORE: Final = {"cache-control": "no-store", "vary": "Accept"}
_LINKS: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {NDJSON: {}, CSV: {}}}}

router = APIRouter(prefix="/v1/batches", tags=["Claims"], route_class=StrictRoute)


@router.post(
    "/{batch_id}/claim-links",
    response_class=StreamingResponse,
    responses=_LINKS
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        BatchNotFoundError,
        BatchNotEndedError,
        ContendedError,
        *WRITING,
    ),
)
def make_claim_links(  # noqa: PLR0913, PLR0917 - what a request may say
    batch_id: str,
    caller: CallerDep,
    resources: ResourcesDep,
    days: Annotated[int, Query(ge=1, le=claims.MOST_DAYS)] = claims.DAYS,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    named: Annotated[
        Literal["ndjson", "csv"] | None,
        Query(alias="format", description="Instead of an Accept header."),
    ] = None,
) -> Response:
    """Give each credential of a batch that has ended a link, in the order of the rows.

    Asked again, it gives the same links, as long as nobody opened them: an answer that broke off
    is asked for again. Rows whose learner has opened a link, or was erased, have none.
    """
    caller.require(Scope.ISSUE)
    wanted = FORMATS[named] if named else preferred(accept, tuple(FORMATS.values()))
    rows = batch_claims.offered(
        resources, caller.hub, batch_id, days=days, actor=f"api-key:{caller.key_id}"
    )
    if wanted == CSV:
        name = saved_as(f"batch-{batch_id}-claim-links.csv", attachment=True)
        parts = csv_out.written(COLUMNS, map(_cells, rows))
        return StreamingResponse(parts, media_type=csv_out.MEDIA_TYPE, headers=NO_STORE | name)
    return StreamingResponse(_lines(rows), media_type=NDJSON, headers=NO_STORE)


def _cells(row: RowLink) -> tuple[str, ...]:
    until = "" if row.expires_at is None else instants.text_of(row.expires_at)
    return (str(row.row), row.credential_id, row.state, row.address or "", until)


def _lines(rows: Iterator[RowLink]) -> Iterator[bytes]:
    for row in rows:
        until = None if row.expires_at is None else instants.text_of(row.expires_at)
        member = {
            "row": row.row,
            "credential": row.credential_id,
            "state": row.state,
            "url": row.address,
            "expiresAt": until,
        }
        yield orjson.dumps(member) + b"\n"
