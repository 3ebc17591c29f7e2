"""For whoever runs the service."""

from collections.abc import Iterator

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from credhub.errors import StoreUnavailableError
from credhub.runtime import Runtime
from credhub.services import readiness
from credhub.web.dependencies import RuntimeDep
from credhub.web.problems import problems

router = APIRouter(tags=["Operations"])


@router.get("/healthz", response_class=PlainTextResponse)
async def is_alive() -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


@router.get("/readyz", response_class=PlainTextResponse, responses=problems(StoreUnavailableError))
def is_ready(runtime: RuntimeDep) -> Response:
    """Say that the database answers too, and what is not as it should be.

    The status is 200 as long as credentials can be verified: a service that issues nothing, or
    waits for witnesses, is of more use than none.
    """
    lines = ("ready", *readiness.warnings(runtime.resources), *_unpublished(runtime))
    return PlainTextResponse("\n".join(lines) + "\n", headers={"cache-control": "no-store"})


def _unpublished(runtime: Runtime) -> Iterator[str]:
    publisher = runtime.ledger_publisher
    for log in () if publisher is None else publisher.standing():
        if log.trouble is not None:
            yield f"{log.origin} is not published: {log.trouble}."
