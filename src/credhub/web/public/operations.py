"""For whoever runs the service."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from credhub.errors import StoreUnavailableError
from credhub.services import hubs
from credhub.web.dependencies import ResourcesDep
from credhub.web.problems import problems

router = APIRouter(tags=["Operations"])


@router.get("/healthz", response_class=PlainTextResponse)
async def is_alive() -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


@router.get("/readyz", response_class=PlainTextResponse, responses=problems(StoreUnavailableError))
def is_ready(resources: ResourcesDep) -> Response:
    """Say that the database answers too."""
    hubs.count(resources)
    return PlainTextResponse("ready\n", headers={"cache-control": "no-store"})
