"""``/v1/verify/batch``: for an employer with a key and many credentials."""

from dataclasses import replace
from typing import Final

import orjson
from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from credhub.errors import (
    BatchBusyError,
    MalformedJsonError,
    RateLimitedError,
    ScopeMissingError,
    TrustListError,
    UnauthenticatedError,
)
from credhub.jsontypes import JsonObject
from credhub.services.api_keys import Scope
from credhub.services.resources import Resources
from credhub.services.verifying_many import MOST, verify_many
from credhub.verification.trust_list import TrustList
from credhub.web.api.models import Model, RequestModel
from credhub.web.api.verify import ReportModel
from credhub.web.dependencies import CallerDep, ResourcesDep
from credhub.web.key_first import key_first
from credhub.web.media import JSON
from credhub.web.problems import problems

MOST_ISSUERS: Final = 1000


router = APIRouter(prefix="/v1/verify", tags=["Verification"], route_class=key_first(Scope.VERIFY))


class BatchVerifyRequest(RequestModel):
    """Credentials to be verified, each by itself."""

    credentials: list[dict[str, object] | str] = Field(
        min_length=1,
        max_length=MOST,
        description="Each is a signed document or a bundle as JSON; or the text of one, a JWT or an"
        " SD-JWT in its compact form, or the address of a credential. Send what strangers gave you"
        " as texts: one that is damaged is then a report like every other, where an object that is"
        " no strict JSON spoils the whole request.",
    )
    registry: dict[str, object] | None = Field(
        default=None,
        max_length=MOST_ISSUERS,
        description="Your own list of issuers, for this request: the member `registry` of a list as"
        " the Digital Credentials Consortium writes them, from the DID of an issuer to"
        " `{name, url?, validFrom?, validUntil?}`. It counts after the hubs of this service and"
        " before the lists of its operator. Whom it vouches for has `registry` as `issuer.source`.",
        examples=[{"did:web:college.example": {"name": "Riverside College"}}],
    )


class BatchReportModel(Model):
    """What was found of each."""

    reports: list[ReportModel] = Field(
        description="One for each credential, in the same order. What there was no time left for"
        " is indeterminate with the code `no-time-left`: send it again."
    )


@router.post(
    "/batch",
    response_model=BatchReportModel,
    responses=problems(
        UnauthenticatedError,
        ScopeMissingError,
        MalformedJsonError,
        TrustListError,
        RateLimitedError,
        BatchBusyError,
    ),
)
def verify_batch(
    request: BatchVerifyRequest, caller: CallerDep, resources: ResourcesDep, http: Request
) -> Response:
    """Verify up to 1,000 credentials. Presentations are verified one by one."""
    caller.require(Scope.VERIFY)
    limits = http.app.state.limits
    limits.count_batch(caller.hub, len(request.credentials))
    with limits.one_batch():
        listing = _with_list(resources, request.registry)  # type: ignore[arg-type]  # parsed strictly
        found = verify_many(listing, request.credentials)  # type: ignore[arg-type]  # parsed strictly
        reports = [report.to_document() for report in found]
    return Response(
        orjson.dumps({"reports": reports}),
        media_type=JSON,
        headers={"cache-control": "no-store"},
    )


def _with_list(resources: Resources, registry: JsonObject | None) -> Resources:
    if registry is None:
        return resources
    own = TrustList.of_registry(registry, source="registry")
    return replace(resources, trust_lists=(own, *resources.trust_lists))
