"""``/v1/verify``: for software that checks credentials. No login."""

from typing import TYPE_CHECKING, cast

import orjson
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from credhub.errors import MalformedJsonError, RateLimitedError
from credhub.services import verifying
from credhub.web.api.models import Model, VerifyRequest
from credhub.web.dependencies import ResourcesDep
from credhub.web.media import JSON
from credhub.web.problems import problems
from credhub.web.strict import StrictRoute

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject

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


@router.post(
    "",
    response_model=ReportModel,
    responses=problems(MalformedJsonError, RateLimitedError),
)
def verify_credential(request: VerifyRequest, resources: ResourcesDep, http: Request) -> Response:
    """Verify a credential. What is no credential is answered with the verdict invalid."""
    http.app.state.limits.count_verification(http)
    uploaded = (
        cast("JsonObject", request.credential) if request.token is None else request.token.encode()
    )
    report = verifying.verify_uploaded(resources, uploaded, receipt=request.receipt)
    return Response(
        orjson.dumps(report.to_document()),
        media_type=JSON,
        headers={"cache-control": "no-store"},
    )
