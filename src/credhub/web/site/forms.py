"""The page where anybody checks a credential: an address, a pasted text, a file."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from credhub.credentials.code import PublicCode
from credhub.errors import MalformedJsonError, UnknownCodeError, UploadRefusedError
from credhub.services import uploads
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Report
from credhub.web.dependencies import ResourcesDep, RuntimeDep
from credhub.web.one_upload import one_upload
from credhub.web.pages.presentation_view import presentation_view
from credhub.web.pages.public_views import VerifyView
from credhub.web.pages.rendering import render_presentation, render_verification, render_verify
from credhub.web.pages.verification_view import verification_view

MAX_QUERY = 2048
NO_STORE = {"cache-control": "no-store"}

router = APIRouter(include_in_schema=False)


@router.get("/verify")
def show_form(runtime: RuntimeDep, q: str | None = None) -> Response:
    """Show the form, or go to the credential whose address or code was typed."""
    if q is None:
        return HTMLResponse(render_verify(VerifyView()))
    query = q.strip()[:MAX_QUERY]
    code = _code_in(query, runtime.settings.origin)
    if code is None:
        view = VerifyView(problem="not-ours", query=query)
        return HTMLResponse(render_verify(view), status_code=HTTPStatus.NOT_FOUND)
    return RedirectResponse(f"/c/{code}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/verify", dependencies=[Depends(one_upload)])
def verify_form(
    http: Request,
    resources: ResourcesDep,
    runtime: RuntimeDep,
    credential: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Verify what was pasted or chosen, and show the result. Nothing is kept."""
    limits = http.app.state.limits
    limits.count_verification(http)
    pasted = credential.strip().encode()
    data = pasted if pasted or file is None else file.file.read()
    if not data:
        return _again(VerifyView(problem="no-document"), HTTPStatus.BAD_REQUEST)
    short = len(pasted) <= MAX_QUERY
    code = _code_in(pasted.decode(), runtime.settings.origin) if short else None
    if code is not None:
        return RedirectResponse(f"/c/{code}", status_code=HTTPStatus.SEE_OTHER)
    try:
        report = (
            uploads.verify_text(resources, data)
            if pasted
            else uploads.verify_file(resources, data, drawing=limits.drawing(http))
        )
    except MalformedJsonError:
        return _again(VerifyView(problem="not-json"), HTTPStatus.BAD_REQUEST)
    except UploadRefusedError as error:
        view = VerifyView(problem="refused", detail=str(error))
        return _again(view, HTTPStatus.UNPROCESSABLE_ENTITY)
    return HTMLResponse(_page(report, runtime.settings.origin), headers=NO_STORE)


def _again(view: VerifyView, status: HTTPStatus) -> Response:
    return HTMLResponse(render_verify(view), status_code=status, headers=NO_STORE)


def _page(report: Report | PresentationReport, origin: str) -> str:
    if isinstance(report, PresentationReport):
        return render_presentation(presentation_view(report, base_url=origin))
    return render_verification(verification_view(report, base_url=origin))


def _code_in(query: str, origin: str) -> str | None:
    """Find the code of one of our addresses in what somebody typed; nothing is fetched."""
    try:
        text = _path_in(query, origin) if "/" in query else query
        return PublicCode.parse(text).text
    except (UnknownCodeError, ValueError):  # urlsplit refuses some texts, such as https://[
        return None


def _path_in(query: str, origin: str) -> str:
    parts = urlsplit(query if "//" in query else f"//{query}")
    if parts.netloc.lower() != urlsplit(origin).netloc.lower():
        return ""
    return parts.path.lower().removeprefix("/c/").strip("/")
