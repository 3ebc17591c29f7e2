"""The permanent address of a credential: a page, a report, the credential, its receipt."""

from http import HTTPStatus
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import HTMLResponse, Response

from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    RateLimitedError,
    ReceiptNotReadyError,
)
from credhub.services import bundles, certificates, reading, receipts, verifying
from credhub.services.reading import OpenedCredential
from credhub.verification import bundle
from credhub.web.dependencies import ResourcesDep
from credhub.web.edge import SELF_CHECKING_POLICY
from credhub.web.media import (
    BUNDLE,
    BUNDLE_SUFFIX,
    HTML,
    JSON,
    PDF,
    RECEIPT,
    RECEIPT_SUFFIX,
    VC,
    preferred,
    saved_as,
)
from credhub.web.pages.rendering import render_verification
from credhub.web.pages.verification_view import verification_view
from credhub.web.problems import problems

OFFERED = (HTML, JSON, VC, PDF, RECEIPT, BUNDLE)
FORMATS = {
    "html": HTML,
    "report": JSON,
    "json": JSON,
    "vc": VC,
    "pdf": PDF,
    "receipt": RECEIPT,
    "bundle": BUNDLE,
}
NO_STORE = {"cache-control": "no-store", "vary": "Accept"}

Format = Literal["html", "report", "json", "vc", "pdf", "receipt", "bundle"]

router = APIRouter(tags=["Permanent addresses"])


@router.get(
    "/c/{code}",
    response_class=HTMLResponse,
    responses=problems(
        CredentialNotFoundError, CredentialErasedError, RateLimitedError, ReceiptNotReadyError
    ),
)
@router.get("/C/{code}", include_in_schema=False)
def show_credential(
    code: str,
    http: Request,
    resources: ResourcesDep,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    form: Annotated[
        Format | None, Query(alias="format", description="Instead of an Accept header.")
    ] = None,
) -> Response:
    """Show a credential: a page for people, a report for software, the credential for wallets."""
    media_type = FORMATS[form] if form else preferred(accept, OFFERED)
    if media_type in (HTML, JSON):
        return _verified(resources, http, code, media_type)
    opened = _find(resources, http, code)
    match media_type:
        case "application/pdf":
            content = certificates.render(resources, opened)
            name = f"certificate-{code[:8].lower()}.pdf"
            return Response(content, media_type=PDF, headers=NO_STORE | saved_as(name))
        case "application/vc":
            return Response(opened.signed, media_type=VC, headers=NO_STORE)
        case bundle.MEDIA_TYPE:
            return Response(
                bundles.make(resources, opened).encode(),
                media_type=BUNDLE,
                headers=NO_STORE | saved_as(_name(opened) + BUNDLE_SUFFIX, attachment=True),
            )
        case _:
            return _receipt(resources, opened)


@router.get(
    "/c/{code}/receipt",
    response_class=Response,
    responses=problems(
        CredentialNotFoundError, CredentialErasedError, RateLimitedError, ReceiptNotReadyError
    ),
)
def show_receipt(code: str, http: Request, resources: ResourcesDep) -> Response:
    """Read the proof that a credential is in its hub's ledger (C2SP tlog-proof)."""
    return _receipt(resources, _find(resources, http, code))


def _verified(resources: ResourcesDep, http: Request, code: str, media_type: str) -> Response:
    limits = http.app.state.limits
    limits.check_guessing(http)
    try:
        verified = verifying.verify_own(resources, code)
    except CredentialNotFoundError:
        limits.count_unknown(http)
        raise
    if media_type == JSON:
        return Response(
            orjson.dumps(verified.report.to_document()), media_type=JSON, headers=NO_STORE
        )
    hub = verified.opened.hub
    view = verification_view(
        verified.report,
        base_url=hub.base_url,
        code=verified.opened.credential.code,
        hub_slug=hub.slug,
    )
    policy = {} if view.own_check is None else {"content-security-policy": SELF_CHECKING_POLICY}
    return HTMLResponse(
        render_verification(view), status_code=HTTPStatus.OK, headers=NO_STORE | policy
    )


def _find(resources: ResourcesDep, http: Request, code: str) -> OpenedCredential:
    limits = http.app.state.limits
    limits.check_guessing(http)
    try:
        return reading.by_code(resources, code)
    except CredentialNotFoundError:
        limits.count_unknown(http)
        raise


def _receipt(resources: ResourcesDep, opened: OpenedCredential) -> Response:
    text = receipts.of(resources, opened).text()
    name = saved_as(_name(opened) + RECEIPT_SUFFIX)
    return Response(text, media_type=RECEIPT, headers=NO_STORE | name)


def _name(opened: OpenedCredential) -> str:
    return f"credential-{opened.credential.code[:8].lower()}"
