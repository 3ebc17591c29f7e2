"""``/v1/endorsements``: what partners say of the hub and of what it awards."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal, Self, cast

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field, model_validator

from credhub.credentials.given_endorsement import MAX_COMMENT
from credhub.errors import (
    ContendedError,
    EndorsedAlreadyError,
    EndorsedNotFoundError,
    EndorsementNotFoundError,
    EndorsementNotProvedError,
    EndorsementRefusedError,
    EndorsementWithdrawnError,
    EndorserNotPartnerError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    NotAnAccountError,
    SandboxBusyError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.jsontypes import JsonObject
from credhub.services import endorsements, endorsing
from credhub.services.api_keys import Caller, Scope
from credhub.services.endorsements import GivenEndorsement
from credhub.services.endorsing import NewConfirmation
from credhub.services.idempotency import Once
from credhub.verification.partner_list import MAX_CREDENTIAL
from credhub.web.api.answers import LedgerPlace
from credhub.web.api.models import Instant, Model, RequestModel, Text, Url
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep
from credhub.web.problems import RECORDING, problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/endorsements", tags=["Endorsements"], route_class=StrictRoute)

_GIVEN: Final = ("credential", "token", "confirmation")


class ConfirmationModel(RequestModel):
    """What a partner says through its account. All of it is public."""

    endorsed: Url = Field(description="The public address of the achievement or of the hub.")
    comment: Annotated[str, Field(min_length=1, max_length=MAX_COMMENT)] | None = None
    valid_until: Instant | None = Field(
        default=None, description="When it ends by itself; in a year when nobody says."
    )


class EndorsementRequest(RequestModel):
    """An endorsement that a partner signed, or that it confirms through its account."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [name]} for name in _GIVEN]}
    )

    credential: dict[str, object] | None = Field(
        default=None, description="An Open Badges 3.0 EndorsementCredential with its proof."
    )
    token: Annotated[str, Field(min_length=1, max_length=MAX_CREDENTIAL)] | None = Field(
        default=None, description="The same as a JWT, in its compact form."
    )
    confirmation: ConfirmationModel | None = Field(
        default=None, description="For a key that is the account of a partner. Nobody signs it."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, name) is not None for name in _GIVEN) != 1:
            raise ValueError("must have exactly one of credential, token and confirmation")
        return self


class WithdrawalRequest(RequestModel):
    """Why an endorsement is withdrawn."""

    reason: Text = Field(description="For the hub and the partner; never public.")


class PartnerName(Model):
    """A partner."""

    did: str
    name: str | None = Field(
        description="What the hub calls it; null when the hub does not vouch for it any more."
    )


class EndorsementItem(Model):
    """One endorsement by a partner."""

    id: str
    url: str = Field(description="What was signed or confirmed, for the public.")
    how: Literal["signed", "confirmed"] = Field(
        description="Signed by the partner itself, or confirmed through its account at the hub."
    )
    state: Literal["valid", "expired", "notAPartner", "withdrawn"] = Field(
        description="Only valid ones count."
    )
    partner: PartnerName
    endorsed: str
    version: int | None = Field(description="Which version of the achievement; null for the hub.")
    comment: str | None
    received_at: datetime
    valid_until: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: Literal["hub", "partner"] | None
    reason: str | None = Field(description="Why it was withdrawn.")
    ledger: LedgerPlace

    @classmethod
    def of(cls, one: GivenEndorsement) -> Self:
        """Write one."""
        stored = one.stored
        return cls.model_validate(
            {
                "id": stored.endorsement_id,
                "url": one.address,
                "how": one.how.value,
                "state": one.state.value,
                "partner": PartnerName(did=stored.endorser, name=one.name),
                "endorsed": one.endorsed,
                "version": stored.achievement_version or None,
                "comment": one.comment,
                "received_at": stored.received_at,
                "valid_until": one.valid_until,
                "withdrawn_at": stored.withdrawn_at,
                "withdrawn_by": None if stored.withdrawn_by is None else stored.withdrawn_by.value,
                "reason": one.reason,
                "ledger": LedgerPlace(log=stored.log, seq=stored.seq),
            }
        )


class EndorsementPage(Model):
    """A part of a list."""

    items: list[EndorsementItem]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        NotAnAccountError,
        EndorsedNotFoundError,
        EndorsedAlreadyError,
        InvalidClaimError,
        EndorserNotPartnerError,
        EndorsementRefusedError,
        EndorsementNotProvedError,
        SandboxBusyError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
        *RECORDING,
    ),
)
def give_endorsement(
    request: EndorsementRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> EndorsementItem:
    """Take an endorsement of the hub, or of the newest version of an achievement.

    What is signed must be by a partner of the hub and pass every check; `credentialStatus` must not
    be in it, because it is withdrawn here. It is shown as the word of the partner, and makes
    nothing valid.
    """
    caller.require(Scope.ENDORSE)
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    once = Once(
        resources, caller.hub, route="POST /v1/endorsements", key=idempotency_key, body=body
    )
    if request.confirmation is not None:
        said = NewConfirmation(
            endorsed=request.confirmation.endorsed,
            comment=request.confirmation.comment,
            until=request.confirmation.valid_until,
        )
        return EndorsementItem.of(endorsing.confirm(resources, caller, said, once))
    return EndorsementItem.of(endorsing.receive(resources, caller, _sent(request), once))


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_endorsements(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str, Query(max_length=64)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EndorsementPage:
    """List all endorsements by partners, withdrawn ones too; for the account of one its own."""
    _require_reading(caller)
    hub = resources.keyring.of(caller.hub).hub
    items = endorsements.page(resources, hub, after=cursor, limit=limit, endorser=caller.partner)
    return EndorsementPage(
        items=[EndorsementItem.of(one) for one in items],
        next_cursor=items[-1].stored.endorsement_id if len(items) == limit else None,
    )


@router.get(
    "/{given_id}",
    responses=problems(UnauthenticatedError, ScopeMissingError, EndorsementNotFoundError),
)
def read_endorsement(given_id: str, caller: CallerDep, resources: ResourcesDep) -> EndorsementItem:
    """Read one endorsement; the account of a partner reads its own."""
    _require_reading(caller)
    hub = resources.keyring.of(caller.hub).hub
    found = endorsements.find(resources, hub, given_id, endorser=caller.partner)
    return EndorsementItem.of(found)


@router.post(
    "/{given_id}/withdrawal",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        EndorsementNotFoundError,
        EndorsementWithdrawnError,
        InvalidClaimError,
        ContendedError,
        *RECORDING,
    ),
)
def withdraw_endorsement(
    given_id: str, request: WithdrawalRequest, caller: CallerDep, resources: ResourcesDep
) -> EndorsementItem:
    """Withdraw an endorsement: the account of a partner its own, the hub any.

    It is not shown any more at once, and the ledger says so. For the hub it takes the scope
    `partners`.
    """
    caller.require(Scope.PARTNERS if caller.partner is None else Scope.ENDORSE)
    done = endorsing.withdraw(
        resources,
        resources.keyring.of(caller.hub).hub,
        given_id,
        partner=caller.partner,
        reason=request.reason,
    )
    return EndorsementItem.of(done)


def _sent(request: EndorsementRequest) -> str | JsonObject:
    return request.token or cast("JsonObject", request.credential)


def _require_reading(caller: Caller) -> None:
    caller.require(Scope.READ if caller.partner is None else Scope.ENDORSE)
