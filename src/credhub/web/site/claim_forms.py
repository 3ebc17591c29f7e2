"""Forms of the pages for learners: which are read, and of whose browser they must be.

(1) A form comes from a page of this service: browsers say so, and none of ours is framed.
(2) It is of the one media type that our pages send, so that no other request can pass for it.
(3) Each field is there once, and none that the page does not have.
(4) What changes something holds a proof that only the page of this visit shows; the cookie alone,
    which browsers send by themselves, is not enough.
"""

from collections.abc import Awaitable, Callable, Mapping
from hmac import compare_digest
from http import HTTPStatus
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import Response

from credhub.config import Settings
from credhub.errors import ClaimSessionEndedError, FormRefusedError
from credhub.services import claiming
from credhub.services.claiming import SESSION, Visit

PROOF: Final = "proof"
URLENCODED: Final = "application/x-www-form-urlencoded"

_MOST_CHARACTERS: Final = 64

Fields = Mapping[str, str]


def fields_of(*names: str) -> Callable[[Request], Awaitable[Fields]]:
    """Make the dependency that reads a form with these fields."""
    known = frozenset(names)

    async def fields(request: Request) -> Fields:
        """Read a form.

        Raises:
            FormRefusedError: Its page is not one of ours.
            HTTPException: It is of another media type, or has other fields.
        """
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":  # (1)
            raise FormRefusedError
        media_type = request.headers.get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != URLENCODED:  # (2)
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        sent = (await request.form()).multi_items()
        read = {name: value for name, value in sent if isinstance(value, str)}
        if len(read) < len(sent) or not read.keys() <= known:  # (3)
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        return read

    return fields


def visit_of(request: Request) -> Visit:
    """Find the visit of a browser.

    Raises:
        ClaimSessionEndedError: There is none, or it is over.
        RateLimitedError: It asks too often.
    """
    runtime = request.app.state.runtime
    session = request.cookies.get(cookie_name(runtime.settings), "")
    if not session or len(session) > _MOST_CHARACTERS:
        raise ClaimSessionEndedError
    visit = claiming.visit(runtime.resources, session)
    request.app.state.limits.count_visit(visit.link.link_id)
    return visit


def check_proof(visit: Visit, fields: Fields) -> None:
    """Do step (4): refuse a form that does not hold what its page showed.

    Raises:
        FormRefusedError: It does not.
    """
    if not compare_digest(fields.get(PROOF, "").encode(), visit.proof.encode()):
        raise FormRefusedError


def cookie_name(settings: Settings) -> str:
    """Name the cookie; over https so that no other host of the same domain can set it."""
    return "__Host-credhub-visit" if _is_https(settings) else "credhub-visit"


def remember(response: Response, settings: Settings, session: str) -> None:
    """Give a browser what it opened, for the time of one visit.

    Source:
        draft-ietf-httpbis-rfc6265bis, section 4.1.3.2: ``__Host-`` takes the path ``/``.
    """
    response.set_cookie(
        cookie_name(settings),
        session,
        max_age=int(SESSION.total_seconds()),
        path=_path(settings),
        secure=_is_https(settings),
        httponly=True,
        samesite="strict",
    )


def forget(response: Response, settings: Settings) -> None:
    """Take it away again."""
    response.delete_cookie(
        cookie_name(settings),
        path=_path(settings),
        secure=_is_https(settings),
        httponly=True,
        samesite="strict",
    )


def _is_https(settings: Settings) -> bool:
    return settings.origin.startswith("https:")


def _path(settings: Settings) -> str:
    return "/" if _is_https(settings) else "/claim"
