"""``/v1/credentials/{id}/correction``: a new credential replaces one that says something wrong."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from credhub.credentials.draft import MAX_ITEMS
from credhub.errors import (
    AlreadyCorrectedError,
    AlreadyRevokedError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialSuspendedError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    NotCorrectableError,
    NothingToCorrectError,
    RecordDamagedError,
    ScopeMissingError,
    UnauthenticatedError,
)
from credhub.services import correcting, receipts
from credhub.services.api_keys import Scope
from credhub.services.correcting import Corrections
from credhub.services.idempotency import Once
from credhub.web.api.answers import CredentialAnswer, credential_answer
from credhub.web.api.models import (
    EvidenceModel,
    Instant,
    Name,
    RequestModel,
    ResultModel,
    Text,
    evidence_of,
    results_of,
)
from credhub.web.dependencies import CallerDep, IdempotencyKeyDep, RuntimeDep
from credhub.web.media import JSON
from credhub.web.problems import RECORDING, problems
from credhub.web.strict import StrictRoute

CORRECT: Final = "POST /v1/credentials/{id}/correction"

router = APIRouter(prefix="/v1/credentials", tags=["Credentials"], route_class=StrictRoute)


class CorrectedRecipient(RequestModel):
    """What the learner is called."""

    name: Name


class CorrectionRequest(RequestModel):
    """What a credential should have said. Whatever is left out stays as it was signed."""

    reason: Text = Field(description="For the record; never public.")
    recipient: CorrectedRecipient | None = None
    awarded_date: Instant | None = Field(
        default=None, description="When it was earned. Else that of the old one, or when it began."
    )
    valid_until: Instant | None = Field(
        default=None, description="The end. With null it is the achievement's own rule."
    )
    evidence: Annotated[list[EvidenceModel], Field(max_length=MAX_ITEMS)] | None = Field(
        default=None, description="All of it: an empty list takes it away."
    )
    results: Annotated[list[ResultModel], Field(max_length=MAX_ITEMS)] | None = Field(
        default=None, description="All of them: an empty list takes them away."
    )

    def corrections(self) -> Corrections:
        """Make the domain values of what is given."""
        given = Corrections()
        if self.recipient is not None:
            given["name"] = self.recipient.name
        if self.awarded_date is not None:
            given["awarded_at"] = self.awarded_date
        if "valid_until" in self.model_fields_set:
            given["valid_until"] = self.valid_until
        if self.evidence is not None:
            given["evidence"] = evidence_of(self.evidence)
        if self.results is not None:
            given["results"] = results_of(self.results)
        return given


@router.post(
    "/{credential_id}/correction",
    status_code=HTTPStatus.CREATED,
    response_model=CredentialAnswer,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        AlreadyCorrectedError,
        AlreadyRevokedError,
        CredentialSuspendedError,
        NotCorrectableError,
        NothingToCorrectError,
        InvalidClaimError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        ContendedError,
        RecordDamagedError,
        *RECORDING,
    ),
)
def correct_credential(
    credential_id: str,
    request: CorrectionRequest,
    caller: CallerDep,
    runtime: RuntimeDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> Response:
    """Replace a credential by one that says what it should have said.

    The new one is by the newest version of the achievement, for the same learner. The old one is
    revoked with it, and its permanent address leads to the new one. It takes the scopes `issue` and
    `revoke`.
    """
    caller.require(Scope.ISSUE)
    caller.require(Scope.REVOKE)
    resources = runtime.resources
    body = request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    once = Once(
        resources,
        caller.hub,
        route=CORRECT,
        key=idempotency_key,
        body={"credential": credential_id, "correction": body},
    )
    opened = correcting.correct(
        resources,
        caller.hub,
        credential_id,
        request.corrections(),
        once,
        actor=f"api-key:{caller.key_id}",
        reason=request.reason,
    )
    runtime.status_publisher.nudge()
    answer = credential_answer(opened, receipts.after_issuing(resources, opened))
    return Response(answer, status_code=HTTPStatus.CREATED, media_type=JSON)
