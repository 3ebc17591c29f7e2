"""What partners signed or confirmed, for the public."""

from fastapi import APIRouter
from starlette.responses import Response

from credhub.errors import (
    EndorsementNotFoundError,
    EndorsementWithdrawnError,
    HubNotFoundError,
)
from credhub.ledger.endorsement_events import EndorsementChange
from credhub.services import endorsements, hubs
from credhub.services.endorsements import GivenEndorsement
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import JSON, VC, produced
from credhub.web.problems import problems
from credhub.web.public.documents import MAX_AGE

VC_JWT = "application/vc+jwt"

router = APIRouter(tags=["Public documents"])


@router.get(
    "/hubs/{slug}/endorsements/{given_id}",
    response_class=Response,
    responses=produced([VC, VC_JWT, JSON])
    | problems(HubNotFoundError, EndorsementNotFoundError, EndorsementWithdrawnError),
)
def read_given_endorsement(slug: str, given_id: str, resources: ResourcesDep) -> Response:
    """Read what a partner signed, as it was signed; or the confirmation, which nobody signs."""
    found = endorsements.published(resources, hubs.find(resources, slug), given_id)
    return Response(found.stored.document, media_type=_media_type(found), headers=MAX_AGE)


def _media_type(found: GivenEndorsement) -> str:
    if found.how is EndorsementChange.CONFIRMED:
        return JSON
    return VC if found.stored.document.startswith(b"{") else VC_JWT
