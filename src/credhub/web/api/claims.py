"""``/v1/credentials/{id}/claim-link`` and ``/claim``: links for learners, what came of them."""

from datetime import datetime
from http import HTTPStatus
from typing import Final, Self

from fastapi import APIRouter
from pydantic import Field

from credhub.errors import (
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    RecordDamagedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import claims
from credhub.services.api_keys import Scope
from credhub.services.claims import Claim, ClaimState, ShownLink
from credhub.services.idempotency import Once
from credhub.web.api.models import Model, RequestModel
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, ResourcesDep
from credhub.web.problems import WRITING, problems
from credhub.web.strict import StrictRoute

LINK: Final = "POST /v1/credentials/{id}/claim-link"

router = APIRouter(prefix="/v1/credentials", tags=["Claims"], route_class=StrictRoute)


class ClaimLinkRequest(RequestModel):
    """How long a link can be opened."""

    days: int = Field(default=claims.DAYS, ge=1, le=claims.MOST_DAYS)


class ClaimLinkAnswer(Model):
    """A link, which opens once."""

    url: str = Field(description="For the learner alone. What it holds is kept nowhere.")
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, made: ShownLink) -> Self:
        """Write one link."""
        return cls(
            url=made.address, created_at=made.link.created_at, expires_at=made.link.expires_at
        )


class ClaimAnswer(Model):
    """How far a learner has come."""

    state: ClaimState = Field(
        description="none: no link can be opened. offered: one can. opened: a browser has opened"
        " one. claimed: a file was taken."
    )
    offered_at: datetime | None = Field(description="When the newest link was made.")
    expires_at: datetime | None = Field(description="Until when it can be opened.")
    ended_at: datetime | None = Field(description="When the hub or the learner ended it.")
    opened_at: datetime | None
    claimed_at: datetime | None

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Write it."""
        return cls(
            state=claim.state,
            offered_at=claim.offered_at,
            expires_at=claim.expires_at,
            ended_at=claim.ended_at,
            opened_at=claim.opened_at,
            claimed_at=claim.claimed_at,
        )


@router.post(
    "/{credential_id}/claim-link",
    status_code=HTTPStatus.CREATED,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        RecordDamagedError,
        ContendedError,
        *WRITING,
    ),
)
def make_claim_link(
    credential_id: str,
    request: ClaimLinkRequest,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> ClaimLinkAnswer:
    """Make a link by which the learner takes the credential, and end those before it.

    It is opened once, by a person who presses a button; a corrected credential is taken by the
    link of the one before it. Only its hash is kept: the same request gives it again.
    """
    caller.require(Scope.ISSUE)
    once = Once(
        resources,
        caller.hub,
        route=LINK,
        key=idempotency_key,
        body={"credential": credential_id, "days": request.days},
    )
    made = claims.make(
        resources,
        caller.hub,
        credential_id,
        once,
        days=request.days,
        actor=f"api-key:{caller.key_id}",
    )
    return ClaimLinkAnswer.of(made)


@router.delete(
    "/{credential_id}/claim-link",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        RecordDamagedError,
        *WRITING,
    ),
)
def end_claim_link(credential_id: str, caller: CallerDep, resources: ResourcesDep) -> None:
    """End the link to a credential, and the visit of whoever opened it."""
    caller.require(Scope.ISSUE)
    claims.end(resources, caller.hub, credential_id)


@router.get(
    "/{credential_id}/claim",
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        RecordDamagedError,
    ),
)
def read_claim(credential_id: str, caller: CallerDep, resources: ResourcesDep) -> ClaimAnswer:
    """Read how far the learner has come."""
    caller.require(Scope.READ)
    return ClaimAnswer.of(claims.state_of(resources, caller.hub, credential_id))
