"""Sample reports of presentations, one for each thing that there is to say about one."""

from collections.abc import Iterable, Mapping
from typing import Final

from credhub.verification.presentation_report import (
    NOT_ASKED_CODE,
    UNSIGNED_CODE,
    Finding,
    PresentationCheck,
    PresentationReport,
    PresentedCredential,
    Presenter,
)
from credhub.verification.report import NOT_CHECKED_CODE, PASSED_CODE, Outcome, Verdict
from tests.web.pages import samples

HOLDER: Final = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"

_SIGNED: Final = {
    PresentationCheck.PARSE: (Outcome.PASSED, PASSED_CODE),
    PresentationCheck.STRUCTURE: (Outcome.PASSED, PASSED_CODE),
    PresentationCheck.PROOF: (Outcome.PASSED, PASSED_CODE),
    PresentationCheck.HOLDER_BINDING: (Outcome.PASSED, PASSED_CODE),
    PresentationCheck.ANSWER: (Outcome.SKIPPED, NOT_ASKED_CODE),
}
_UNSIGNED: Final = _SIGNED | {
    PresentationCheck.PROOF: (Outcome.SKIPPED, UNSIGNED_CODE),
    PresentationCheck.HOLDER_BINDING: (Outcome.SKIPPED, UNSIGNED_CODE),
}
_NOT_ASKED: Final = {
    PresentationCheck.HOLDER_BINDING: (Outcome.UNKNOWN, NOT_CHECKED_CODE),
    PresentationCheck.ANSWER: (Outcome.UNKNOWN, NOT_CHECKED_CODE),
}


def signed(*credentials: tuple[Verdict, Presenter]) -> PresentationReport:
    """A presentation that its holder signed."""
    return _report(_SIGNED, HOLDER, credentials)


def unsigned(*verdicts: Verdict) -> PresentationReport:
    """A presentation that nobody signed."""
    return _report(_UNSIGNED, None, [(verdict, Presenter.UNKNOWN) for verdict in verdicts])


def refused(outcome: Outcome, code: str) -> PresentationReport:
    """A presentation whose signature does not pass."""
    return _report(_SIGNED | {PresentationCheck.PROOF: (outcome, code)} | _NOT_ASKED, None, [])


def _report(
    checks: Mapping[PresentationCheck, tuple[Outcome, str]],
    holder: str | None,
    credentials: Iterable[tuple[Verdict, Presenter]],
) -> PresentationReport:
    return PresentationReport(
        checks=tuple(
            Finding(check=check, outcome=outcome, code=code)
            for check, (outcome, code) in checks.items()
        ),
        holder=holder,
        credentials=tuple(
            PresentedCredential(report=samples.report(verdict), presenter=presenter)
            for verdict, presenter in credentials
        ),
        checked_at=samples.report().checked_at,
    )


VALID, SUBJECT = Verdict.VALID, Presenter.SUBJECT
PRESENTATIONS: Final[Mapping[str, PresentationReport]] = {
    "refused": refused(Outcome.FAILED, "bad-signature"),
    "unchecked": refused(Outcome.UNKNOWN, "did-not-resolved"),
    "empty": signed(),
    "one-bad": unsigned(Verdict.REVOKED),
    "some-bad": signed((VALID, SUBJECT), *((verdict, SUBJECT) for verdict in Verdict)),
    "unsigned": unsigned(VALID, VALID),
    "by-another": signed((VALID, SUBJECT), (VALID, Presenter.OTHER)),
    "by-unknown": signed((VALID, SUBJECT), (VALID, Presenter.UNKNOWN)),
    "genuine": signed((VALID, SUBJECT)),
}
