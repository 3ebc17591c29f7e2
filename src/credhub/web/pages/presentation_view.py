"""What the page shows of a presentation: who presents, and whether to believe each credential.

A presentation that nobody signed is a bundle of papers: each may be genuine, and none says whose
hands it came from. So the page is green only when everything in it is valid, and it was signed by
the one whom all of it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credhub.verification.presentation_report import (
    NOT_ASKED_CODE,
    Finding,
    PresentationReport,
    PresentedCredential,
    Presenter,
)
from credhub.verification.report import Report, Verdict
from credhub.web.pages import verdict_words
from credhub.web.pages.verification_view import VerificationView, verification_view


class Summary(StrEnum):
    """What there is to say about a presentation as a whole."""

    REFUSED = "refused"
    UNCHECKED = "unchecked"
    EMPTY = "empty"
    ONE_BAD = "one-bad"
    SOME_BAD = "some-bad"
    UNSIGNED = "unsigned"
    BY_ANOTHER = "by-another"
    BY_UNKNOWN = "by-unknown"
    GENUINE = "genuine"


_TONES: Final = {
    Summary.REFUSED: Verdict.INVALID,
    Summary.UNCHECKED: Verdict.INDETERMINATE,
    Summary.EMPTY: Verdict.INDETERMINATE,
    Summary.GENUINE: Verdict.VALID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedView:
    """One credential of a presentation.

    Attributes:
        presenter: Whether it is about the one who signed; none where nobody did.
    """

    number: int
    presenter: Presenter | None
    view: VerificationView


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationView:
    """The whole page about a presentation.

    Attributes:
        tone: The verdict whose colour and shape the page has.
        good: How many of the credentials are valid.
        unlisted: Whether nobody can see if one of those was withdrawn.
        holder: The whole DID of the one who signed, if anybody did.
        was_asked: Whether it was made for somebody who asked for it.
    """

    summary: Summary
    tone: Verdict
    checked_at: datetime
    good: int
    unlisted: bool
    holder: str | None
    was_asked: bool
    checks: tuple[Finding, ...]
    credentials: tuple[PresentedView, ...]


def presentation_view(report: PresentationReport, *, base_url: str) -> PresentationView:
    """Arrange a report for the page.

    Args:
        report: What was found.
        base_url: The address of this service.
    """
    summary = _summary(report)
    return PresentationView(
        summary=summary,
        tone=_TONES.get(summary) or _tone(report),
        checked_at=report.checked_at,
        good=len(_good(report.credentials)),
        unlisted=any(map(verdict_words.is_unlisted, _good(report.credentials))),
        holder=report.holder,
        was_asked=not any(one.code == NOT_ASKED_CODE for one in report.checks),
        checks=report.checks,
        credentials=tuple(
            PresentedView(
                number=number,
                presenter=None if report.holder is None else one.presenter,
                view=verification_view(one.report, base_url=base_url),
            )
            for number, one in enumerate(report.credentials, 1)
        ),
    )


def _summary(report: PresentationReport) -> Summary:
    own = {one.verdict for one in report.checks}
    presenters = {one.presenter for one in report.credentials}
    all_good = len(_good(report.credentials)) == len(report.credentials)
    bad = Summary.ONE_BAD if len(report.credentials) == 1 else Summary.SOME_BAD
    in_order = (
        (Verdict.INVALID in own, Summary.REFUSED),
        (Verdict.INDETERMINATE in own, Summary.UNCHECKED),
        (not report.credentials, Summary.EMPTY),
        (not all_good, bad),
        (report.holder is None, Summary.UNSIGNED),
        (Presenter.OTHER in presenters, Summary.BY_ANOTHER),
        (Presenter.UNKNOWN in presenters, Summary.BY_UNKNOWN),
        (True, Summary.GENUINE),
    )
    return next(summary for applies, summary in in_order if applies)


def _tone(report: PresentationReport) -> Verdict:
    # Doubt about who presents must never look like a credential that is in order.
    return Verdict.UNKNOWN_ISSUER if report.verdict is Verdict.VALID else report.verdict


def _good(credentials: Sequence[PresentedCredential]) -> list[Report]:
    return [one.report for one in credentials if one.report.verdict is Verdict.VALID]
