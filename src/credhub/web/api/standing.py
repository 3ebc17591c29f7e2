"""``/v1/credentials/{id}/revocation`` and ``/suspension``: whether a credential stands."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from credhub.errors import (
    AlreadyRevokedError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    CredhubError,
    InvalidClaimError,
    NotSuspendableError,
    NotSuspendedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import revoking, suspending
from credhub.web.api.answers import LedgerPlace
from credhub.web.api.models import RevocationRequest, SuspensionRequest
from credhub.web.dependencies import CallerDep, RuntimeDep
from credhub.web.problems import problems
from credhub.web.standing import changed
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/credentials", tags=["Credentials"], route_class=StrictRoute)


def _answers(*more: type[CredhubError]) -> dict[int | str, dict[str, Any]]:
    return problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        AlreadyRevokedError,
        *more,
        InvalidClaimError,
        ContendedError,
    )


@router.post("/{credential_id}/revocation", status_code=HTTPStatus.CREATED, responses=_answers())
def revoke_credential(
    credential_id: str, request: RevocationRequest, caller: CallerDep, runtime: RuntimeDep
) -> LedgerPlace:
    """Revoke one credential for good.

    Its page says so at once, the published status list within seconds.
    """
    recorded = changed(revoking.revoke, runtime, caller, credential_id, request.reason)
    return LedgerPlace.of(recorded)


@router.post(
    "/{credential_id}/suspension",
    status_code=HTTPStatus.CREATED,
    responses=_answers(NotSuspendableError)
    | {HTTPStatus.OK: {"model": LedgerPlace, "description": "It was suspended already."}},
)
def suspend_credential(
    credential_id: str,
    request: SuspensionRequest,
    caller: CallerDep,
    runtime: RuntimeDep,
    response: Response,
) -> LedgerPlace:
    """Suspend one credential of an achievement that is marked as suspendable.

    Its page says so at once, the published status list within seconds. Asking again records
    nothing, and answers 200 with where the ledger says it.
    """
    recorded = changed(suspending.suspend, runtime, caller, credential_id, request.reason)
    if not recorded.is_new:
        response.status_code = HTTPStatus.OK
    return LedgerPlace.of(recorded)


@router.delete("/{credential_id}/suspension", responses=_answers(NotSuspendedError))
def lift_suspension(
    credential_id: str, request: SuspensionRequest, caller: CallerDep, runtime: RuntimeDep
) -> LedgerPlace:
    """Lift the suspension of one credential, so that it stands again.

    Asking again records nothing, and answers with where the ledger says it.
    """
    recorded = changed(suspending.lift, runtime, caller, credential_id, request.reason)
    return LedgerPlace.of(recorded)
