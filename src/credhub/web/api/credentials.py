"""``/v1/credentials``: issue and read."""

from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from credhub.documents.badge import PictureKind
from credhub.errors import (
    AchievementNotFoundError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    FormNotIssuedError,
    IdempotencyKeyMissingError,
    IdempotencyKeyReusedError,
    InvalidClaimError,
    QueueFullError,
    ReceiptNotReadyError,
    RecordDamagedError,
    ScopeMissingError,
    StoreUnavailableError,
    UnauthenticatedError,
)
from credhub.proofs.forms import DEFAULT, Form
from credhub.services import badges, bundles, certificates, reading, receipts
from credhub.services.api_keys import Scope
from credhub.web import media
from credhub.web.api.answers import (
    CredentialAnswer,
    CredentialPage,
    credential_answer,
    credential_item,
)
from credhub.web.api.issuing import Asked, IssuingDep
from credhub.web.api.issuing_route import IssuingRoute
from credhub.web.api.models import IssueRequest
from credhub.web.choosing import TOKEN_TYPES, Choice, FormQuery, answered, with_plus
from credhub.web.dependencies import (
    CallerDep,
    IdempotencyKeyDep,
    ResourcesDep,
    RuntimeDep,
    TokenDep,
)
from credhub.web.media import BUNDLE, JSON, PDF, PNG, RECEIPT, SVG, VC, produced
from credhub.web.problems import problems
from credhub.web.strict import StrictRoute

FORMATS: Final = {
    "json": JSON,
    "vc": VC,
    "pdf": PDF,
    "png": PNG,
    "svg": SVG,
    "bundle": BUNDLE,
}

Format = Annotated[
    Literal["json", "vc", "pdf", "png", "svg", "bundle"] | Form | None, BeforeValidator(with_plus)
]

issuing = APIRouter(prefix="/v1/credentials", tags=["Credentials"], route_class=IssuingRoute)
router = APIRouter(prefix="/v1/credentials", tags=["Credentials"], route_class=StrictRoute)


@issuing.post(
    "",
    status_code=HTTPStatus.CREATED,
    response_model=CredentialAnswer,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        AchievementNotFoundError,
        InvalidClaimError,
        IdempotencyKeyMissingError,
        IdempotencyKeyReusedError,
        CredentialErasedError,
        ContendedError,
        RecordDamagedError,
        QueueFullError,
        StoreUnavailableError,
    ),
)
async def issue_credential(
    request: IssueRequest,
    token: TokenDep,
    caller: CallerDep,
    crowds: IssuingDep,
    idempotency_key: IdempotencyKeyDep = None,
) -> Response:
    """Issue one credential.

    It is signed, in the ledger and durable when the answer arrives. After a 503 or a lost
    connection, the same request with the same Idempotency-Key tells what happened.
    """
    caller.require(Scope.ISSUE)
    return await crowds.answer(Asked(request=request, key=idempotency_key, token=token))


@router.get("", responses=problems(UnauthenticatedError, ScopeMissingError))
def list_credentials(
    caller: CallerDep,
    resources: ResourcesDep,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CredentialPage:
    """List credentials, newest first, without their contents."""
    caller.require(Scope.READ)
    items = reading.page(resources, caller.hub, before=cursor, limit=limit)
    return CredentialPage(
        items=[credential_item(item) for item in items],
        next_cursor=items[-1].credential.credential_id if len(items) == limit else None,
    )


@router.get(
    "/{credential_id}",
    response_model=CredentialAnswer,
    responses=produced((*list(FORMATS.values())[1:], *TOKEN_TYPES))
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        FormNotIssuedError,
        ReceiptNotReadyError,
        RecordDamagedError,
    ),
)
def read_credential(  # noqa: PLR0913, PLR0917 - what a request may say
    credential_id: str,
    caller: CallerDep,
    runtime: RuntimeDep,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    named: Annotated[
        Format, Query(alias="format", description="Instead of an Accept header.")
    ] = None,
    form: FormQuery = None,
) -> Response:
    """Read one credential: all about it, a signed form, the certificate, a badge, or a bundle.

    A bundle is for one form: the default one, or that of the parameter ``form``.
    """
    caller.require(Scope.READ)
    resources = runtime.resources

    def answer(choice: Choice) -> Response:
        opened = reading.by_id(resources, caller.hub, credential_id, choice.form)
        match choice.media_type:
            case media.JSON:
                content = credential_answer(opened, receipts.of(resources, opened))
            case media.PDF:
                content = certificates.render(resources, opened)
            case media.PNG:
                content = badges.render(resources, opened, PictureKind.PNG)
            case media.SVG:
                content = badges.render(resources, opened, PictureKind.SVG)
            case media.BUNDLE:
                content = bundles.make(resources, opened).encode()
            case _:
                content = opened.signed
        return Response(content, media_type=choice.media_type)

    return answered(answer, formats=FORMATS, named=named, accept=accept, form=form)


@router.get(
    "/{credential_id}/receipt",
    response_class=Response,
    responses=produced([RECEIPT])
    | problems(
        UnauthenticatedError,
        ScopeMissingError,
        CredentialNotFoundError,
        CredentialErasedError,
        FormNotIssuedError,
        ReceiptNotReadyError,
        RecordDamagedError,
    ),
)
def read_receipt(
    credential_id: str, caller: CallerDep, resources: ResourcesDep, form: FormQuery = None
) -> Response:
    """Read the proof that a credential is in the ledger (C2SP tlog-proof)."""
    caller.require(Scope.READ)
    opened = reading.by_id(resources, caller.hub, credential_id, form or DEFAULT)
    return Response(receipts.of(resources, opened).text(), media_type=RECEIPT)
