"""The public side of the ledgers: checkpoints, tiles and entry bundles (C2SP tlog-tiles).

An address below ``/ledger/`` has one spelling and no query, so that no cache can give one answer
for another.
"""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from credhub.errors import HubNotFoundError, LogNotFoundError
from credhub.services import hubs, ledgers
from credhub.web.api.models import Model
from credhub.web.dependencies import ResourcesDep, exact_address
from credhub.web.media import produced
from credhub.web.problems import problems

router = APIRouter(tags=["Ledger"])
_EXACT: Final = (Depends(exact_address),)


class LogModel(Model):
    """One log and the key that its checkpoints are signed with."""

    hub: str
    origin: str
    url: str
    vkey: str = Field(description="C2SP signed-note verifier key.")
    frozen: bool


class LogList(Model):
    """Every log of this service."""

    logs: list[LogModel]


@router.get("/.well-known/credhub-ledger.json")
def list_logs(resources: ResourcesDep) -> LogList:
    """List every log of every hub, with its key."""
    return LogList(
        logs=[
            LogModel(
                hub=hub.slug,
                origin=log.origin,
                url=f"{hub.base_url}/ledger/{hub.slug}/{log.log}",
                vkey=log.vkey,
                frozen=log.frozen_at is not None,
            )
            for hub, log in ledgers.logs(resources.store)
        ]
    )


@router.head("/ledger/{slug}/checkpoint", dependencies=_EXACT, include_in_schema=False)
@router.get(
    "/ledger/{slug}/checkpoint",
    dependencies=_EXACT,
    status_code=HTTPStatus.TEMPORARY_REDIRECT,
    response_class=RedirectResponse,
    responses=problems(HubNotFoundError, LogNotFoundError),
)
def find_checkpoint(slug: str, resources: ResourcesDep) -> Response:
    """Find the checkpoint of the log that is open now."""
    hub = hubs.find(resources, slug)
    log = ledgers.newest_log(resources.store, hub)
    return RedirectResponse(
        f"{hub.base_url}/ledger/{hub.slug}/{log.log}/checkpoint",
        status_code=HTTPStatus.TEMPORARY_REDIRECT,
    )


@router.head("/ledger/{slug}/{log}/checkpoint", dependencies=_EXACT, include_in_schema=False)
@router.get(
    "/ledger/{slug}/{log}/checkpoint",
    dependencies=_EXACT,
    response_class=Response,
    responses=produced(["text/plain"]) | problems(HubNotFoundError, LogNotFoundError),
)
def read_checkpoint(slug: str, log: str, resources: ResourcesDep) -> Response:
    """Read the newest signed checkpoint of a log."""
    note = ledgers.checkpoint(resources.store, hubs.find(resources, slug), log)
    return Response(
        note,
        media_type="text/plain; charset=utf-8",
        headers={"cache-control": "public, max-age=2"},
    )
