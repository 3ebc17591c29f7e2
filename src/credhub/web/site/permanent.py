"""The permanent address of a credential: a page, a report, the credential, its receipt."""

from http import HTTPStatus
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Header, Query, Request
from pydantic import BeforeValidator
from starlette.responses import HTMLResponse, Response

from credhub.documents.badge import PictureKind
from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialNotShownError,
    FormNotIssuedError,
    RateLimitedError,
    ReceiptNotReadyError,
    RecordDamagedError,
)
from credhub.proofs.forms import DEFAULT, Form
from credhub.services import badges, bundles, certificates, receipts, showing
from credhub.services.reading import OpenedCredential
from credhub.verification import bundle
from credhub.web import media
from credhub.web.choosing import TOKEN_TYPES, Choice, FormQuery, answered, with_plus
from credhub.web.dependencies import ResourcesDep
from credhub.web.edge import SELF_CHECKING_POLICY
from credhub.web.media import (
    BUNDLE,
    BUNDLE_SUFFIX,
    HTML,
    JSON,
    PDF,
    PNG,
    RECEIPT,
    RECEIPT_SUFFIX,
    SVG,
    VC,
    produced,
    saved_as,
)
from credhub.web.pages.rendering import render_verification
from credhub.web.pages.verification_view import verification_view
from credhub.web.problems import problems

FORMATS = {
    "html": HTML,
    "report": JSON,
    "json": JSON,
    "vc": VC,
    "pdf": PDF,
    "png": PNG,
    "svg": SVG,
    "receipt": RECEIPT,
    "bundle": BUNDLE,
}
NO_STORE = {"cache-control": "no-store", "vary": "Accept"}

Format = Annotated[
    Literal["html", "report", "json", "vc", "pdf", "png", "svg", "receipt", "bundle"] | Form | None,
    BeforeValidator(with_plus),
]

router = APIRouter(tags=["Permanent addresses"])


@router.get(
    "/c/{code}",
    response_class=HTMLResponse,
    responses=produced((*FORMATS.values(), *TOKEN_TYPES))
    | problems(
        CredentialNotFoundError,
        CredentialErasedError,
        CredentialNotShownError,
        FormNotIssuedError,
        RateLimitedError,
        ReceiptNotReadyError,
        RecordDamagedError,
    ),
)
@router.get("/C/{code}", include_in_schema=False)
def show_credential(  # noqa: PLR0913, PLR0917 - what a request may say
    code: str,
    http: Request,
    resources: ResourcesDep,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    named: Annotated[
        Format, Query(alias="format", description="Instead of an Accept header.")
    ] = None,
    form: FormQuery = None,
) -> Response:
    """Show a credential: a page for people, a report for software, the credential for wallets.

    The credential itself comes in each form that it was signed in. A receipt and a bundle are for
    one form, too: the default one, or that of the parameter ``form``.
    """

    def answer(choice: Choice) -> Response:
        if choice.media_type in (HTML, JSON):
            return _verified(resources, http, code, choice.media_type)
        return _file(resources, _find(resources, http, code, choice.form), choice.media_type)

    return answered(answer, formats=FORMATS, named=named, accept=accept, form=form)


@router.get(
    "/c/{code}/receipt",
    response_class=Response,
    responses=produced([RECEIPT])
    | problems(
        CredentialNotFoundError,
        CredentialErasedError,
        CredentialNotShownError,
        FormNotIssuedError,
        RateLimitedError,
        ReceiptNotReadyError,
        RecordDamagedError,
    ),
)
def show_receipt(
    code: str, http: Request, resources: ResourcesDep, form: FormQuery = None
) -> Response:
    """Read the proof that a credential is in its hub's ledger (C2SP tlog-proof)."""
    return _receipt(resources, _find(resources, http, code, form or DEFAULT))


def _file(resources: ResourcesDep, opened: OpenedCredential, media_type: str) -> Response:
    match media_type:
        case "application/pdf":
            content = certificates.render(resources, opened)
            name = f"certificate-{opened.credential.code[:8].lower()}.pdf"
            return Response(content, media_type=PDF, headers=NO_STORE | saved_as(name))
        case media.PNG | media.SVG:
            kind = PictureKind.PNG if media_type == PNG else PictureKind.SVG
            name = f"badge-{opened.credential.code[:8].lower()}.{kind}"
            return Response(
                badges.render(resources, opened, kind),
                media_type=media_type,
                headers=NO_STORE | saved_as(name, attachment=True),
            )
        case bundle.MEDIA_TYPE:
            return Response(
                bundles.make(resources, opened).encode(),
                media_type=BUNDLE,
                headers=NO_STORE | saved_as(_name(opened) + BUNDLE_SUFFIX, attachment=True),
            )
        case media.RECEIPT:
            return _receipt(resources, opened)
        case _:
            return Response(opened.signed, media_type=media_type, headers=NO_STORE)


def _verified(resources: ResourcesDep, http: Request, code: str, media_type: str) -> Response:
    limits = http.app.state.limits
    limits.check_guessing(http)
    try:
        verified = showing.verified(resources, code)
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
        forms=verified.opened.forms,
    )
    policy = {} if view.own_check is None else {"content-security-policy": SELF_CHECKING_POLICY}
    return HTMLResponse(
        render_verification(view), status_code=HTTPStatus.OK, headers=NO_STORE | policy
    )


def _find(resources: ResourcesDep, http: Request, code: str, form: Form) -> OpenedCredential:
    limits = http.app.state.limits
    limits.check_guessing(http)
    try:
        return showing.by_code(resources, code, form)
    except CredentialNotFoundError:
        limits.count_unknown(http)
        raise


def _receipt(resources: ResourcesDep, opened: OpenedCredential) -> Response:
    text = receipts.of(resources, opened).text()
    name = saved_as(_name(opened) + RECEIPT_SUFFIX)
    return Response(text, media_type=RECEIPT, headers=NO_STORE | name)


def _name(opened: OpenedCredential) -> str:
    return f"credential-{opened.credential.code[:8].lower()}"
