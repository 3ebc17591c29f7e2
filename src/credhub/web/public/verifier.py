"""What anybody verifies with: our verifier, and what a hub asks to be believed by."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from credhub.errors import HubNotFoundError
from credhub.services import hubs, policies
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import produced
from credhub.web.pages import assets
from credhub.web.problems import problems

JAVASCRIPT: Final = "text/javascript"

router = APIRouter(tags=["Ledger"])


@router.get(f"/static/{assets.VERIFIER_NAME}", include_in_schema=False)
def read_verifier() -> Response:
    """Read the verifier of the ledger's specification: one module, for browsers and Node.js."""
    return Response(
        assets.verifier(),
        media_type=JAVASCRIPT,
        headers={"cache-control": "public, max-age=86400"},
    )


@router.get(
    "/hubs/{slug}/ledger-policy",
    response_class=Response,
    responses=produced(["text/plain"]) | problems(HubNotFoundError),
)
def read_policy(slug: str, resources: ResourcesDep) -> Response:
    """Read the keys of a hub's logs, its witnesses and the quorum (C2SP tlog-policy).

    Compare it with what the hub gave you in another way: whoever can change it decides whom you
    believe.
    """
    hub = hubs.find(resources, slug)
    made = policies.of_hub(resources.store, hub, witnesses=resources.witness_policy)
    return Response(
        made.text(),
        media_type="text/plain; charset=utf-8",
        headers={"cache-control": "public, max-age=60"},
    )
