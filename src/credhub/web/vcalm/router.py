"""The routes below ``/vcalm``, for the software of hubs."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from credhub.errors import (
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    IdempotencyKeyReusedError,
    QueueFullError,
    RateLimitedError,
    ScopeMissingError,
    StoreUnavailableError,
    UnauthenticatedError,
)
from credhub.services import deriving, verifying
from credhub.services.api_keys import Scope
from credhub.web.dependencies import (
    CallerDep,
    OptionalIdempotencyKeyDep,
    ResourcesDep,
    RuntimeDep,
)
from credhub.web.media import JSON
from credhub.web.problems import problems
from credhub.web.vcalm import acts, issuing, standing
from credhub.web.vcalm.answers import answered
from credhub.web.vcalm.models import (
    TAG,
    DeriveCredentialRequest,
    IssueCredentialRequest,
    StatusRequest,
    VcalmRequest,
    VerifyCredentialRequest,
    VerifyPresentationRequest,
)

router = APIRouter(prefix="/vcalm", tags=[TAG])

_LOCKED: Final = problems(UnauthenticatedError, ScopeMissingError)


async def _body(request: Request) -> bytes:
    return await request.body()


BodyDep = Annotated[bytes, Depends(_body)]


def _documented(model: type[VcalmRequest]) -> dict[str, Any]:
    """Describe a body that the route reads itself, strictly."""
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": reference}}
    return {"requestBody": {"required": True, "content": content}}


def _answers(
    success: int, said: str, *, verifying: bool = False
) -> dict[int | str, dict[str, Any]]:
    refused: dict[str, Any] = {JSON: {}} if verifying else {}
    return {
        success: {"description": said},
        400: {"description": "ProblemDetails of the W3C data model", "content": refused},
        **_LOCKED,
    }


@router.post(
    "/credentials/issue",
    status_code=201,
    openapi_extra=_documented(IssueCredentialRequest),
    responses=_answers(201, "`{verifiableCredential}`; a token stands in an envelope.")
    | problems(
        IdempotencyKeyReusedError,
        CredentialErasedError,
        ContendedError,
        QueueFullError,
        StoreUnavailableError,
    ),
)
def issue_credential(
    body: BodyDep,
    caller: CallerDep,
    resources: ResourcesDep,
    idempotency_key: OptionalIdempotencyKeyDep = None,
) -> Response:
    """Sign any credential of the W3C data model, 2.0 or 1.1, in the forms of the hub.

    The hub gives it its address and its status. After a 503 or a lost connection, the same request
    with the same Idempotency-Key tells what happened; one without a key makes another credential.
    """
    caller.require(Scope.ISSUE)
    return answered(lambda: issuing.issued(body, caller, resources, idempotency_key))


@router.post(
    "/credentials/status",
    openapi_extra=_documented(StatusRequest),
    responses=_answers(200, "It is recorded.")
    | problems(CredentialNotFoundError, CredentialErasedError, ContendedError),
)
def change_status(body: BodyDep, caller: CallerDep, runtime: RuntimeDep) -> Response:
    """Revoke a credential for good, suspend it, or lift the suspension. It shows at once.

    What is so already is answered like what was changed.
    """
    caller.require(Scope.REVOKE)
    return answered(lambda: standing.changed(body, caller, runtime))


@router.post(
    "/credentials/verify",
    openapi_extra=_documented(VerifyCredentialRequest),
    responses=_answers(200, "`{verified, problemDetails}`", verifying=True)
    | problems(RateLimitedError),
)
def verify_credential(
    body: BodyDep, caller: CallerDep, resources: ResourcesDep, http: Request
) -> Response:
    """Verify a credential. 200 when it was verified, else 400."""
    caller.require(Scope.READ)
    http.app.state.limits.count_verification(http)
    context, now = verifying.context_for_strangers(resources), resources.clock()
    return answered(lambda: acts.verified_credential(body, context=context, now=now))


@router.post(
    "/presentations/verify",
    openapi_extra=_documented(VerifyPresentationRequest),
    responses=_answers(200, "`{verified, problemDetails}`", verifying=True)
    | problems(RateLimitedError),
)
def verify_presentation(
    body: BodyDep, caller: CallerDep, resources: ResourcesDep, http: Request
) -> Response:
    """Verify a presentation and every credential in it. 200 when all were verified, else 400."""
    caller.require(Scope.READ)
    http.app.state.limits.count_verification(http)
    context, now = verifying.context_for_strangers(resources), resources.clock()
    return answered(lambda: acts.verified_presentation(body, context=context, now=now))


@router.post(
    "/credentials/derive",
    status_code=201,
    openapi_extra=_documented(DeriveCredentialRequest),
    responses=_answers(201, "`{verifiableCredential}`") | problems(RateLimitedError),
)
def derive_credential(
    body: BodyDep, caller: CallerDep, resources: ResourcesDep, http: Request
) -> Response:
    """Derive what a holder shows of a credential that is signed with ecdsa-sd-2023."""
    caller.require(Scope.READ)
    http.app.state.limits.count_verification(http)
    suite = deriving.selective_suite(resources)
    return answered(lambda: acts.derived_credential(body, suite=suite))
