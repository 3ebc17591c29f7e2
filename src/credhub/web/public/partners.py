"""The partners that a hub vouches for."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from credhub.errors import (
    EndorsementGoneError,
    EndorsementNotFoundError,
    HubNotFoundError,
    ReceiptNotReadyError,
)
from credhub.services import hubs, partners
from credhub.services.trust import partner_lists
from credhub.web.api.models import Model
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import JSON, VC, produced
from credhub.web.problems import problems
from credhub.web.public.documents import MAX_AGE

router = APIRouter(tags=["Public documents"])


class SignedEndorsementModel(Model):
    """One endorsement of a partner."""

    credential: str = Field(description="The signed Open Badges endorsement, as text.")
    receipt: str = Field(description="C2SP tlog-proof that it is in the hub's ledger.")


class PartnerListModel(Model):
    """Whom a hub vouches for."""

    type: Literal["CredhubPartners"]
    did: str = Field(description="The hub.")
    version: int = Field(description="How many changes there were.", ge=0)
    receipt: str | None = Field(
        default=None,
        description="C2SP tlog-proof of the newest change; not there before the first one.",
    )
    endorsements: list[SignedEndorsementModel]


@router.get(
    "/hubs/{slug}/partners",
    response_model=PartnerListModel,
    responses=problems(HubNotFoundError, ReceiptNotReadyError),
)
def read_partners(slug: str, resources: ResourcesDep) -> Response:
    """Read whom a hub vouches for: signed endorsements, each with its receipt.

    `credhub trust add-signed` verifies and copies it. Those whose time is over are in it until the
    hub ends them. The receipt of the list names its version, and by one digest all that is in it.
    """
    made = partner_lists.published(resources, hubs.find(resources, slug))
    return Response(made.encode(), media_type=JSON, headers=MAX_AGE)


@router.get(
    "/hubs/{slug}/partners/{endorsement_id}",
    response_class=Response,
    responses=produced([VC])
    | problems(HubNotFoundError, EndorsementNotFoundError, EndorsementGoneError),
)
def read_endorsement(slug: str, endorsement_id: str, resources: ResourcesDep) -> Response:
    """Read one signed endorsement of a partner, as long as the hub has not ended it."""
    found = partners.endorsement(resources, hubs.find(resources, slug), endorsement_id)
    return Response(found.signed, media_type=VC, headers=MAX_AGE)
