"""The pages for learners: a link is opened, and what is theirs is taken, shown or disputed.

A GET changes nothing, and knows no secret: that stands behind the ``#`` of the link, and the first
that is sent of it is the form of somebody who pressed a button.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from credhub.documents.badge import PictureKind
from credhub.errors import ClaimLinkRefusedError, ClaimSessionEndedError, InvalidClaimError
from credhub.services import badges, bundles, certificates, claiming, learner_requests, verifying
from credhub.services.claiming import Visit
from credhub.services.resources import Resources
from credhub.store.learner_choices import Choice, Shown
from credhub.store.learner_requests import RequestKind
from credhub.web.dependencies import ResourcesDep, RuntimeDep
from credhub.web.edge import SCRIPT_POLICY
from credhub.web.media import BUNDLE, BUNDLE_SUFFIX, PDF, PNG, VC, saved_as
from credhub.web.pages.claim_view import (
    File,
    LinkView,
    Problem,
    Told,
    Typed,
    claim_view,
    is_whole,
    secret_in,
)
from credhub.web.pages.rendering import render_claim, render_claim_link
from credhub.web.pages.verification_view import verification_view
from credhub.web.problems import problems
from credhub.web.site.claim_forms import (
    PROOF,
    Fields,
    check_proof,
    fields_of,
    forget,
    remember,
    visit_of,
)

PAGE: Final = "/claim"
OPENED: Final = "/claim/credential"
NO_STORE: Final = {"cache-control": "no-store"}
_LINK_POLICY: Final = {"content-security-policy": SCRIPT_POLICY, **NO_STORE}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get(PAGE)
def show_link_page() -> Response:
    """Show where a link is opened: the same page to everybody."""
    return _link_page(LinkView())


@router.post(PAGE, responses=problems(ClaimLinkRefusedError))
def open_link(
    http: Request, runtime: RuntimeDep, fields: Annotated[Fields, Depends(fields_of("secret"))]
) -> Response:
    """Open a link, once, and give the browser an hour."""
    secret = secret_in(fields.get("secret", ""))
    if not is_whole(secret):
        return _link_page(LinkView(problem=Problem.NOT_WHOLE), HTTPStatus.NOT_FOUND)
    limits = http.app.state.limits
    limits.check_guessing(http)
    limits.count_claim(http, secret)
    try:
        session = claiming.open_link(runtime.resources, secret)
    except ClaimLinkRefusedError:
        limits.count_unknown(http)
        view = LinkView(problem=Problem.REFUSED, secret=secret)
        return _link_page(view, HTTPStatus.NOT_FOUND)
    response = RedirectResponse(OPENED, status_code=HTTPStatus.SEE_OTHER, headers=NO_STORE)
    remember(response, runtime.settings, session)
    return response


@router.post("/claim/again")
def ask_again(
    http: Request, resources: ResourcesDep, fields: Annotated[Fields, Depends(fields_of("secret"))]
) -> Response:
    """Ask the hub for a new link in place of an old one; nobody is told whether it was one."""
    secret = secret_in(fields.get("secret", ""))
    http.app.state.limits.count_claim(http, secret)
    opened = claiming.asker(resources, secret)
    if opened is not None:
        learner_requests.ask(resources, opened, RequestKind.LINK)
    return _link_page(LinkView(asked=True))


@router.get(OPENED)
def show_opened(
    http: Request,
    resources: ResourcesDep,
    told: Annotated[Told | None, Query()] = None,
) -> Response:
    """Show the learner what the link leads to, and all that can be done with it."""
    try:
        visit = visit_of(http)
    except ClaimSessionEndedError:
        return _ended()
    return _page(resources, visit, told=told)


@router.post("/claim/file")
def take_file(
    http: Request,
    resources: ResourcesDep,
    fields: Annotated[Fields, Depends(fields_of(PROOF, "file"))],
) -> Response:
    """Give the learner a file to keep."""
    try:
        visit = visit_of(http)
    except ClaimSessionEndedError:
        return _ended()
    check_proof(visit, fields)
    response = _file(resources, visit, File(_one_of(fields, "file", File)))
    claiming.take(resources, visit)
    return response


@router.post("/claim/showing")
def choose(
    http: Request,
    resources: ResourcesDep,
    fields: Annotated[Fields, Depends(fields_of(PROOF, "shown", "until"))],
) -> Response:
    """Change what the permanent address shows."""
    try:
        visit = visit_of(http)
    except ClaimSessionEndedError:
        return _ended()
    check_proof(visit, fields)
    shown = Shown(_one_of(fields, "shown", Shown))
    typed = Typed(shown=shown, until=fields.get("until", "")[:10])
    try:
        claiming.choose(resources, visit, Choice(shown=shown, until=_end_of(typed.until)))
    except InvalidClaimError:
        return _page(resources, visit, problem=Problem.UNTIL, typed=typed)
    return _done(Told.SHOWN)


@router.post("/claim/request")
def ask(
    http: Request,
    resources: ResourcesDep,
    fields: Annotated[Fields, Depends(fields_of(PROOF, "kind", "text"))],
) -> Response:
    """Ask the hub for a correction or an erasure."""
    try:
        visit = visit_of(http)
    except ClaimSessionEndedError:
        return _ended()
    check_proof(visit, fields)
    kinds = (RequestKind.CORRECTION, RequestKind.ERASURE)
    kind = RequestKind(_one_of(fields, "kind", kinds))
    text = fields.get("text", "").replace("\r\n", "\n") if kind is RequestKind.CORRECTION else None
    try:
        is_new = learner_requests.ask(resources, visit.opened, kind, text)
    except InvalidClaimError:
        return _page(resources, visit, problem=Problem.TEXT, typed=Typed(text=text or ""))
    return _done(Told.ASKED if is_new else Told.ASKED_BEFORE)


@router.post("/claim/end")
def leave(
    http: Request, runtime: RuntimeDep, fields: Annotated[Fields, Depends(fields_of(PROOF))]
) -> Response:
    """End the visit, on a computer that others use too."""
    try:
        visit = visit_of(http)
    except ClaimSessionEndedError:
        return _ended()
    check_proof(visit, fields)
    claiming.leave(runtime.resources, visit)
    response = _link_page(LinkView(left=True))
    forget(response, runtime.settings)
    return response


def _link_page(view: LinkView, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return HTMLResponse(render_claim_link(view), status_code=status, headers=_LINK_POLICY)


def _ended() -> Response:
    return _link_page(LinkView(problem=Problem.ENDED), HTTPStatus.FORBIDDEN)


def _done(told: Told) -> Response:
    return RedirectResponse(
        f"{OPENED}?told={told}", status_code=HTTPStatus.SEE_OTHER, headers=NO_STORE
    )


def _page(
    resources: Resources,
    visit: Visit,
    *,
    told: Told | None = None,
    problem: Problem | None = None,
    typed: Typed | None = None,
) -> Response:
    opened = visit.opened
    report = verifying.verify_own(resources, opened.credential.code).report
    shown = verification_view(
        report, base_url=opened.hub.base_url, code=opened.credential.code, hub_slug=opened.hub.slug
    )
    view = claim_view(
        shown,
        choice=opened.choice,
        now=resources.clock(),
        until=visit.until,
        proof=visit.proof,
        waiting=learner_requests.waiting(resources, opened),
        told=told,
        problem=problem,
        typed=typed,
    )
    status = HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return HTMLResponse(render_claim(view), status_code=status, headers=NO_STORE)


def _file(resources: Resources, visit: Visit, file: File) -> Response:
    opened = visit.opened
    code = opened.credential.code[:8].lower()
    match file:
        case File.PDF:
            content = certificates.render(resources, opened)
            return _attached(content, PDF, f"certificate-{code}.pdf")
        case File.BADGE:
            content = badges.render(resources, opened, PictureKind.PNG)
            return _attached(content, PNG, f"badge-{code}.png")
        case File.CREDENTIAL:
            return _attached(opened.signed, VC, f"credential-{code}.json")
        case File.BUNDLE:
            content = bundles.make(resources, opened).encode()
            return _attached(content, BUNDLE, f"credential-{code}{BUNDLE_SUFFIX}")


def _attached(content: bytes, media_type: str, name: str) -> Response:
    headers = NO_STORE | saved_as(name, attachment=True)
    return Response(content, media_type=media_type, headers=headers)


def _one_of(fields: Fields, name: str, known: Iterable[str]) -> str:
    value = fields.get(name, "")
    if value not in {str(it) for it in known}:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return value


def _end_of(day: str) -> datetime | None:
    """Read a day as the moment at which it ends, in UTC; nothing where none was chosen.

    Raises:
        InvalidClaimError: It is no day.
    """
    if not day:
        return None
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidClaimError("until", "must be a day such as 2027-01-31.") from error
