"""What the pages for learners show: where a link is opened, and what it leads to."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from credhub.store.learner_choices import Choice, Shown
from credhub.store.learner_requests import RequestKind
from credhub.web.pages.credential_view import CredentialView
from credhub.web.pages.links import Link
from credhub.web.pages.verification_view import VerificationView

_WHOLE: Final = re.compile(r"[A-Za-z0-9_-]{36}")
_MOST_TYPED: Final = 2048
_LINKEDIN: Final = "www.linkedin.com"


class File(StrEnum):
    """A file to keep."""

    PDF = "pdf"
    BADGE = "badge"
    CREDENTIAL = "credential"
    BUNDLE = "bundle"


class Told(StrEnum):
    """What was done just now."""

    SHOWN = "shown"
    ASKED = "asked"
    ASKED_BEFORE = "asked-before"


class Problem(StrEnum):
    """What went wrong just now."""

    NOT_WHOLE = "not-whole"
    REFUSED = "refused"
    ENDED = "ended"
    UNTIL = "until"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The page where a link is opened.

    Attributes:
        secret: What was tried, so that a new link can be asked for with it.
        asked: Whether a new link was asked for.
        left: Whether a visit was ended.
    """

    problem: Problem | None = None
    secret: str | None = field(default=None, repr=False)
    asked: bool = False
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the fields of a form that was refused."""

    shown: Shown | None = None
    until: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """The page of a learner.

    Attributes:
        verification: What the permanent address says to those who may see everything.
        proof: What each form holds, and no page of others.
        ends_at: When the visit ends.
        files: What can be taken.
        linked_in: Adds it to a profile there.
        shown: What the public sees now.
        chosen: Which choice the form shows.
        until: The last day of that choice, as the form writes it.
        last_day: The last day of what is shown now.
        first_day: The first day that can be chosen, as the form writes it.
        waiting: What was asked for and has no answer yet.
        text: What was typed and refused.
    """

    verification: VerificationView
    proof: str = field(repr=False)
    ends_at: datetime
    files: tuple[File, ...]
    linked_in: Link | None
    shown: Shown
    chosen: Shown
    until: str
    last_day: datetime | None
    first_day: str
    waiting: frozenset[str]
    told: Told | None = None
    problem: Problem | None = None
    text: str = ""


def secret_in(typed: str) -> str:
    """Take the secret out of what somebody typed: a whole link, or what stands behind its ``#``."""
    return typed[:_MOST_TYPED].strip().rpartition("#")[2]


def is_whole(secret: str) -> bool:
    """Say whether a text can be a secret."""
    return _WHOLE.fullmatch(secret) is not None


def claim_view(  # noqa: PLR0913 - what is shown, and what was done just now
    verification: VerificationView,
    *,
    choice: Choice,
    now: datetime,
    until: datetime,
    proof: str,
    waiting: Collection[RequestKind] = (),
    told: Told | None = None,
    problem: Problem | None = None,
    typed: Typed | None = None,
) -> ClaimView:
    """Arrange the page of a learner.

    Args:
        verification: Made from a report that leaves nothing out.
        choice: What the learner shows.
        now: The time.
        until: When the visit ends.
        proof: What each form holds.
        waiting: What was asked for and has no answer yet.
        told: What was done just now.
        problem: What went wrong just now.
        typed: What was typed and refused.
    """
    typed = typed or Typed(
        shown=choice.shown, until="" if choice.until is None else _day_before(choice.until)
    )
    shown = choice.at(now)
    there = {download.kind for download in verification.downloads}
    return ClaimView(
        verification=verification,
        proof=proof,
        ends_at=until,
        files=tuple(file for file in File if file.value in there),
        linked_in=_linked_in(verification),
        shown=shown,
        chosen=typed.shown or choice.shown,
        until=typed.until,
        last_day=_last_day(choice, shown),
        first_day=now.astimezone(UTC).strftime("%Y-%m-%d"),
        waiting=frozenset(kind.value for kind in waiting),
        told=told,
        problem=problem,
        text=typed.text,
    )


def _last_day(choice: Choice, shown: Shown) -> datetime | None:
    if choice.until is None or shown is Shown.NOTHING:
        return None
    return choice.until - timedelta(days=1)


def _day_before(end: datetime) -> str:
    return (end.astimezone(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")


def _linked_in(verification: VerificationView) -> Link | None:
    """Give the address that adds a certification to a profile.

    The names of its parameters are LinkedIn's own, of "Add to Profile". Nobody is asked by us:
    what LinkedIn gets to know, it gets when the learner follows the link.
    """
    credential, address = verification.credential, verification.address
    if credential is None or address is None:
        return None
    parameters = {
        "startTask": "CERTIFICATION_NAME",
        "name": credential.achievement.name,
        "organizationName": credential.issuer.name or "",
        **_months(credential),
        "certUrl": address,
        "certId": address.rpartition("/")[2],
    }
    query = urlencode({name: value for name, value in parameters.items() if value})
    return Link(href=f"https://{_LINKEDIN}/profile/add?{query}", host=_LINKEDIN)


def _months(credential: CredentialView) -> Mapping[str, int]:
    begin, end = credential.awarded_at, credential.valid_until
    months: dict[str, int] = {}
    if begin is not None:
        begin = begin.astimezone(UTC)
        months |= {"issueYear": begin.year, "issueMonth": begin.month}
    if end is not None:
        end = end.astimezone(UTC)
        months |= {"expirationYear": end.year, "expirationMonth": end.month}
    return months
