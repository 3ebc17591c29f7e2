"""``/v1/partners``: whom the hub vouches for."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import Field

from credhub.errors import (
    ContendedError,
    EndorsementGoneError,
    EndorsementNotFoundError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    PartnerExistsError,
    ScopeMissingError,
    TooManyPartnersError,
    UnauthenticatedError,
)
from credhub.services import partners
from credhub.services.api_keys import Scope
from credhub.services.idempotency import Once
from credhub.services.partners import NewPartner, Partner
from credhub.web.api.answers import LedgerPlace
from credhub.web.api.models import Did, Instant, Model, Name, RequestModel, Text
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep
from credhub.web.problems import RECORDING, problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/partners", tags=["Partners"], route_class=StrictRoute)


class PartnerRequest(RequestModel):
    """Whom the hub is to vouch for. All of it is public: name organisations, and no people."""

    did: Did = Field(description="One without software of its own may be named by its domain.")
    name: Name = Field(description="What the hub calls the partner.")
    comment: Text | None = Field(default=None, description="What the hub says beside that.")
    valid_until: Instant | None = Field(
        default=None, description="When it ends by itself; in a year when nobody says."
    )


class PartnerItem(Model):
    """One partner."""

    id: str
    did: str
    name: str
    comment: str | None
    valid_from: datetime
    valid_until: datetime
    url: str = Field(description="The signed endorsement of the partner, for the public.")
    ledger: LedgerPlace

    @classmethod
    def of(cls, one: Partner) -> Self:
        """Write one."""
        said = one.endorsement
        return cls(
            id=one.stored.endorsement_id,
            did=said.did,
            name=said.name,
            comment=said.comment,
            valid_from=said.valid_from,
            valid_until=said.valid_until,
            url=said.id,
            ledger=LedgerPlace(log=one.stored.log, seq=one.stored.seq),
        )


class PartnerPage(Model):
    """A part of a list."""

    items: list[PartnerItem]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        InvalidClaimError,
        PartnerExistsError,
        TooManyPartnersError,
        EndorsementGoneError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
        *RECORDING,
    ),
)
def add_partner(
    request: PartnerRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> PartnerItem:
    """Vouch for a partner: sign that, record it in the ledger and publish it."""
    caller.require(Scope.PARTNERS)
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    once = Once(resources, caller.hub, route="POST /v1/partners", key=idempotency_key, body=body)
    new = NewPartner(
        did=request.did, name=request.name, comment=request.comment, until=request.valid_until
    )
    hub = resources.keyring.of(caller.hub).hub
    return PartnerItem.of(partners.add(resources, hub, new, once=once))


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_partners(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PartnerPage:
    """List whom the hub vouches for, those whose time is over too: they end when the hub says."""
    caller.require(Scope.READ)
    standing = partners.standing_of(resources, resources.keyring.of(caller.hub).hub)
    listed = sorted(standing.partners, key=lambda one: one.stored.endorsement_id)
    items = [one for one in listed if one.stored.endorsement_id > cursor][:limit]
    return PartnerPage(
        items=[PartnerItem.of(one) for one in items],
        next_cursor=items[-1].stored.endorsement_id if len(items) == limit else None,
    )


@router.get(
    "/{partner_id}",
    responses=problems(
        UnauthenticatedError, ScopeMissingError, EndorsementNotFoundError, EndorsementGoneError
    ),
)
def read_partner(partner_id: str, caller: CallerDep, resources: ResourcesDep) -> PartnerItem:
    """Read one partner, as long as the hub has not ended it."""
    caller.require(Scope.READ)
    hub = resources.keyring.of(caller.hub).hub
    return PartnerItem.of(partners.endorsement(resources, hub, partner_id))


@router.delete(
    "/{partner_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        EndorsementNotFoundError,
        EndorsementGoneError,
        ContendedError,
        *RECORDING,
    ),
)
def end_partner(partner_id: str, caller: CallerDep, resources: ResourcesDep) -> None:
    """End it at once, which the ledger says too. What the partner endorses is not counted then."""
    caller.require(Scope.PARTNERS)
    partners.end_by_id(resources, resources.keyring.of(caller.hub).hub, partner_id)
