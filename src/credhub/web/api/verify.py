"""``/v1/verify``: for software that checks credentials. No login."""

from typing import cast

import orjson
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from credhub.errors import MalformedJsonError, PresentationTooLargeError, RateLimitedError
from credhub.jsontypes import JsonObject
from credhub.services import verifying
from credhub.services.resources import Resources
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report
from credhub.web.api.models import Model, VerifyRequest
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import JSON
from credhub.web.problems import problems
from credhub.web.strict import StrictRoute

router = APIRouter(prefix="/v1/verify", tags=["Verification"], route_class=StrictRoute)


class CheckModel(Model):
    """One check."""

    check: str
    outcome: str = Field(description="passed, failed, unknown or skipped")
    code: str = Field(description="Permanent, for software to match on.")
    detail: str = Field(description="One plain sentence.")


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
    holder: str | None = Field(description="Who signed the presentation, if anybody did.")
    credentials: list[PresentedCredentialModel]
    checked_at: str


@router.post(
    "",
    response_model=ReportModel | PresentationReportModel,
    responses=problems(MalformedJsonError, PresentationTooLargeError, RateLimitedError),
)
def verify_credential(request: VerifyRequest, resources: ResourcesDep, http: Request) -> Response:
    """Verify a credential or a presentation. What is neither is answered with invalid."""
    http.app.state.limits.count_verification(http)
    report = _report(request, resources)
    return Response(
        orjson.dumps(report.to_document()),
        media_type=JSON,
        headers={"cache-control": "no-store"},
    )


def _report(request: VerifyRequest, resources: Resources) -> Report | PresentationReport:
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
