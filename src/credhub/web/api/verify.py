"""``/v1/verify``: for software that checks credentials. No login."""

from typing import Annotated, Final, cast

import orjson
from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.routing import APIRoute
from pydantic import Field
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialNotShownError,
    MalformedJsonError,
    PresentationTooLargeError,
    RateLimitedError,
    SandboxBusyError,
    TokenTooLargeError,
    UploadTooLargeError,
)
from credhub.jsontypes import JsonObject
from credhub.services import uploads, verifying
from credhub.services.resources import Resources
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report
from credhub.web.api.models import Model, RequestModel, VerifyRequest
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import FORM, JSON
from credhub.web.one_upload import one_upload
from credhub.web.problems import problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/verify", tags=["Verification"], route_class=StrictRoute)


class CheckModel(Model):
    """One check."""

    check: str
    outcome: str = Field(description="passed, failed, unknown or skipped")
    code: str = Field(description="Permanent, for software to match on.")
    detail: str = Field(description="One plain sentence.")


class StatusMessageModel(Model):
    """What an issuer calls a status, in its own words, at most 200 characters of them."""

    purpose: str
    status: str = Field(description="In hexadecimal, such as 0x1.")
    message: str


class EndorsementModel(Model):
    """What somebody else says in a credential."""

    endorsed: str = Field(description="credential, issuer or achievement")
    verdict: str = Field(description="Whether to believe it, as an endorsement of that.")
    code: str | None = Field(description="Why not, permanent; or `endorses-itself`.")
    issuer: dict[str, object] | None
    comment: str | None


class PartnerEndorsementModel(Model):
    """What a partner of the hub says beside a credential of this service."""

    endorsed: str = Field(description="achievement or issuer")
    url: str = Field(description="What was signed or confirmed.")
    how: str = Field(description="signed by the partner, or confirmed through its account")
    state: str = Field(description="valid, expired or notAPartner")
    partner: dict[str, object]
    comment: str | None
    received_at: str


class ReportModel(Model):
    """What was found, check by check."""

    verdict: str = Field(
        description=(
            "invalid, revoked, suspended, expired, notYetValid, indeterminate, unknownIssuer or "
            "valid: the first that applies. Only valid is an acceptance."
        )
    )
    checks: list[CheckModel]
    credential: dict[str, object] | None = Field(description="The verified document, if any.")
    issuer: dict[str, object] | None
    status: str | None
    ledger: dict[str, object] | None
    superseded_by: str | None = None
    status_messages: list[StatusMessageModel] | None = None
    endorsements: list[EndorsementModel] | None = None
    endorsements_left_out: int | None = Field(
        default=None, description="How many endorsements beyond these were not looked at."
    )
    partner_endorsements: list[PartnerEndorsementModel] | None = Field(
        default=None, description="They are no part of the credential and change no verdict."
    )
    partial: bool | None = Field(
        default=None,
        description="True where `credential` is a part of the document, without its proof: whom it "
        "is about shows no more.",
    )
    checked_at: str


class PresentedCredentialModel(Model):
    """One credential of a presentation."""

    presented_by: str = Field(
        description="subject, other or unknown: whether the holder is whom it is about."
    )
    report: ReportModel


class PresentationReportModel(Model):
    """What was found of a presentation, and of each credential in it."""

    verdict: str = Field(description="The worst of all: of the checks, and of each credential.")
    checks: list[CheckModel] = Field(
        description="parse, structure, proof, holderBinding and answer, in this order."
    )
    holder: str | None = Field(
        description="Who signed the presentation. Null where nobody did: then `valid` says that the"
        " credentials are, and nothing of who presents them."
    )
    credentials: list[PresentedCredentialModel]
    checked_at: str


class FileRoute(APIRoute):
    """A route that takes a file; what is no form is left to the route after it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether a request is for this route."""
        media_type = Headers(scope=scope).get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != FORM:
            return Match.NONE, {}
        return super().matches(scope)


class FileForm(RequestModel):
    """A file, and nothing beside it that could be meant to be checked."""

    file: UploadFile


files = APIRouter(prefix="/v1/verify", route_class=FileRoute)

_FILE_BODY: Final = {
    "requestBody": {
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A credential or a presentation, as JSON or as a token"
                            " in its compact form; a bundle; a PDF with one credential attached; a"
                            " PNG or SVG badge; a photo or scan (JPEG, PNG, PDF) of one QR code. At"
                            " most 10 MiB. What it is, its bytes say.",
                        }
                    },
                }
            }
        }
    }
}


@files.post("", include_in_schema=False, dependencies=[Depends(one_upload)])
def verify_file(
    form: Annotated[FileForm, Form(media_type=FORM)], resources: ResourcesDep, http: Request
) -> Response:
    """Verify a file: a text, or a document or an image with a credential in it."""
    limits = http.app.state.limits
    limits.count_verification(http)
    data = form.file.file.read()
    return _answer(uploads.verify_file(resources, data, drawing=limits.drawing(http)))


@router.post(
    "",
    response_model=ReportModel | PresentationReportModel,
    responses=problems(
        MalformedJsonError,
        CredentialNotFoundError,
        CredentialErasedError,
        CredentialNotShownError,
        UploadTooLargeError,
        PresentationTooLargeError,
        *uploads.REFUSALS.values(),
        RateLimitedError,
        SandboxBusyError,
    ),
    openapi_extra=_FILE_BODY,
)
def verify_credential(request: VerifyRequest, resources: ResourcesDep, http: Request) -> Response:
    """Verify a credential or a presentation. What is neither is answered with invalid.

    As JSON, or as a form with a file; of a credential of this service its address is enough. A
    file that holds anything but one credential, or one address of a credential of ours in a QR
    code, is a problem. Nothing that is sent is kept.
    """
    http.app.state.limits.count_verification(http)
    return _answer(_report(request, resources))


def _answer(report: Report | PresentationReport) -> Response:
    if any(one.code == TokenTooLargeError.code for one in report.checks):
        raise UploadTooLargeError
    return Response(
        orjson.dumps(report.to_document()),
        media_type=JSON,
        headers={"cache-control": "no-store"},
    )


def _report(request: VerifyRequest, resources: Resources) -> Report | PresentationReport:
    if request.url is not None:
        return uploads.verify_address(resources, request.url)
    if request.presentation is None:
        uploaded = _uploaded(request.credential if request.token is None else request.token)
        return verifying.verify_uploaded(resources, uploaded, receipt=request.receipt)
    return verifying.verify_presented(
        resources,
        _uploaded(request.presentation),
        challenge=request.challenge,
        domain=request.domain,
    )


def _uploaded(value: dict[str, object] | str | None) -> bytes | JsonObject:
    return value.encode() if isinstance(value, str) else cast("JsonObject", value)
