"""What a hub takes away from a batch, with names in it: paper to be printed, and files."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from credhub.documents.print_order import Layout, Paper
from credhub.errors import (
    BatchesBusyError,
    BatchNotEndedError,
    BatchNotFoundError,
    SandboxBusyError,
    SandboxClosedError,
    SandboxCrashedError,
    SandboxTimeoutError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services.api_keys import Scope
from credhub.services.bulk import batch_archive, batch_printing
from credhub.services.bulk.batch_archive import FileKind
from credhub.services.bulk.batch_printing import Printed, Wish
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.media import PDF, ZIP, saved_as
from credhub.web.problems import problems

NO_STORE: Final = {"cache-control": "no-store"}
_HEADERS: Final[dict[str, Any]] = {
    "Link": {
        "schema": {"type": "string"},
        "description": 'Where the next part is, with `rel="next"` (RFC 8288); none after the last.',
    },
    "Credhub-Certificates": {
        "schema": {"type": "integer"},
        "description": "How many are in this part.",
    },
    "Credhub-Left-Out": {
        "schema": {"type": "string"},
        "description": "How many are not, by why: `revoked=2, erased=1`.",
    },
}
_PRINTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {PDF: {}}, "headers": _HEADERS},
    204: {"description": "Nothing in this part stands any more.", "headers": _HEADERS},
}
_PACKED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {ZIP: {}}, "headers": {"Link": _HEADERS["Link"]}},
}

router = APIRouter(prefix="/v1/batches", tags=["Batches"])


@router.get(
    "/{batch_id}/certificates",
    response_class=Response,
    responses=_PRINTED
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        BatchNotFoundError,
        BatchNotEndedError,
        BatchesBusyError,
        SandboxBusyError,
        SandboxClosedError,
        SandboxCrashedError,
        SandboxTimeoutError,
    ),
)
def print_certificates(  # noqa: PLR0913, PLR0917 - what a request may say
    batch_id: str,
    http: Request,
    caller: CallerDep,
    resources: ResourcesDep,
    layout: Layout = Layout.CERTIFICATE,
    paper: Paper = Paper.A4,
    *,
    marks: Annotated[
        bool,
        Query(description="Marks where to cut, and colour beyond the edges of certificates."),
    ] = True,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[
        int, Query(ge=1, le=500, description="One file has at most 100 certificates or 500 cards.")
    ] = 500,
) -> Response:
    """Print the certificates of a batch that has ended, or cards for wallets, as a PDF.

    In the order of the rows. What is revoked, suspended, superseded or erased is left out.
    """
    caller.require(Scope.READ)
    wish = Wish(layout=layout, paper=paper, marks=marks)
    with http.app.state.limits.taker(caller.hub):
        printed = batch_printing.render(
            resources, caller.hub, batch_id, wish, after=cursor, limit=limit
        )
    next_part = _next(http, printed.next_cursor, {**_query(wish), "limit": limit})
    headers = NO_STORE | _told(printed) | next_part
    if printed.pdf is None:
        return Response(status_code=204, headers=headers)
    name = saved_as(f"batch-{batch_id}-{layout}-{cursor + 1}.pdf", attachment=True)
    return Response(printed.pdf, media_type=PDF, headers=headers | name)


@router.get(
    "/{batch_id}/files",
    response_class=StreamingResponse,
    responses=_PACKED
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        BatchNotFoundError,
        BatchNotEndedError,
        BatchesBusyError,
    ),
)
def pack_files(  # noqa: PLR0913, PLR0917 - what a request may say
    batch_id: str,
    http: Request,
    caller: CallerDep,
    resources: ResourcesDep,
    kind: Annotated[FileKind, Query(alias="format")] = FileKind.PDF,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=batch_archive.MOST)] = batch_archive.MOST,
) -> Response:
    """Pack one file for each credential of a batch that has ended into a ZIP.

    In the order of the rows. What is revoked, suspended, superseded or erased is left out;
    `index.csv` says which file is of which row.
    """
    caller.require(Scope.READ)
    with ExitStack() as leaving:
        leaving.enter_context(http.app.state.limits.taker(caller.hub))
        part = batch_archive.begin(resources, caller.hub, batch_id, after=cursor, limit=limit)
        until_sent = leaving.pop_all()
    parts = _sent(batch_archive.written(resources, caller.hub, part.rows, kind), until_sent)
    name = saved_as(f"batch-{batch_id}-{kind}-{cursor + 1}.zip", attachment=True)
    headers = NO_STORE | name | _next(http, part.next_cursor, {"format": kind, "limit": limit})
    return StreamingResponse(parts, media_type=ZIP, headers=headers)


def _sent(parts: Iterator[bytes], until_sent: ExitStack) -> Iterator[bytes]:
    with until_sent:
        yield from parts


def _next(http: Request, cursor: int | None, query: Mapping[str, object]) -> dict[str, str]:
    if cursor is None:
        return {}
    return {"link": f'<{http.url.path}?{urlencode({**query, "cursor": cursor})}>; rel="next"'}


def _told(printed: Printed) -> dict[str, str]:
    left_out = sorted((why.value, count) for why, count in printed.left_out.items())
    return {
        "credhub-certificates": str(printed.certificates),
        "credhub-left-out": ", ".join(f"{why}={count}" for why, count in left_out),
    }


def _query(wish: Wish) -> dict[str, str]:
    return {"layout": wish.layout, "paper": wish.paper, "marks": str(wish.marks).lower()}
