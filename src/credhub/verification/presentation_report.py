"""The report about a presentation: who presents, whether they answered, and each credential."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credhub import instants
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.report import Outcome, Report, Verdict
from credhub.verification.sentences import of_code


class PresentationCheck(StrEnum):
    """The checks of a presentation itself, in the order in which a report lists them."""

    PARSE = "parse"
    STRUCTURE = "structure"
    PROOF = "proof"
    HOLDER_BINDING = "holderBinding"
    ANSWER = "answer"


class Presenter(StrEnum):
    """Who presents a credential, as far as that is proved."""

    SUBJECT = "subject"
    OTHER = "other"
    UNKNOWN = "unknown"


UNSIGNED_CODE: Final = "unsigned"
NOT_ASKED_CODE: Final = "nothing-asked"

_PASSED: Final = {
    PresentationCheck.PARSE: "The presentation is complete and can be read in one way only.",
    PresentationCheck.STRUCTURE: "It is a presentation of credentials.",
    PresentationCheck.PROOF: "Its signature is genuine: nothing was changed since it was signed.",
    PresentationCheck.HOLDER_BINDING: "The holder that it names signed it.",
    PresentationCheck.ANSWER: "It was made for this occasion.",
}
_SAID: Final = {
    UNSIGNED_CODE: "Nobody signed the presentation, so nothing shows who presents it.",
    NOT_ASKED_CODE: "No challenge was given, so it may have been made for another occasion.",
}
_GENERAL: Final = {
    Outcome.FAILED: "This part of the presentation is not as it must be.",
    Outcome.UNKNOWN: "This could not be found out.",
}
_SKIPPED: Final = {
    PresentationCheck.PROOF: UNSIGNED_CODE,
    PresentationCheck.HOLDER_BINDING: UNSIGNED_CODE,
    PresentationCheck.ANSWER: NOT_ASKED_CODE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check of a presentation; ``code`` is permanent."""

    check: PresentationCheck
    outcome: Outcome
    code: str

    def to_document(self) -> JsonObject:
        """Make one item of the ``checks`` member."""
        return {
            "check": self.check.value,
            "outcome": self.outcome.value,
            "code": self.code,
            "detail": self.detail,
        }

    @property
    def detail(self) -> str:
        """One plain sentence."""
        if self.outcome is Outcome.PASSED:
            return _PASSED[self.check]
        return _SAID.get(self.code) or of_code(self.code) or _GENERAL[self.outcome]

    @property
    def verdict(self) -> Verdict:
        """What this check alone amounts to; it may be skipped only where that is foreseen."""
        if self.outcome is Outcome.PASSED or _SKIPPED.get(self.check) == self.code:
            return Verdict.VALID
        return Verdict.INVALID if self.outcome is Outcome.FAILED else Verdict.INDETERMINATE


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedCredential:
    """One credential of a presentation.

    Attributes:
        report: Whether to believe it.
        presenter: Whether it is about the one who presents it.
    """

    report: Report
    presenter: Presenter

    def to_document(self) -> JsonObject:
        """Make one item of the ``credentials`` member."""
        return {"presentedBy": self.presenter.value, "report": self.report.to_document()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationReport:
    """All that may be shown of a presentation that somebody handed in.

    Attributes:
        checks: One finding per check, in the order of ``PresentationCheck``.
        holder: Who presents, only if they signed.
        credentials: The credentials in order; none if the presentation itself is refused.
    """

    checks: tuple[Finding, ...]
    holder: str | None
    credentials: tuple[PresentedCredential, ...]
    checked_at: datetime

    @property
    def is_empty(self) -> bool:
        """Whether the presentation is in order, and presents nothing."""
        return not self.credentials and {one.verdict for one in self.checks} == {Verdict.VALID}

    @property
    def verdict(self) -> Verdict:
        """The worst of what the checks and the credentials amount to.

        Where no credential is presented nothing is said about anybody, so nothing is valid.
        """
        found = [one.verdict for one in self.checks]
        found += [one.report.verdict for one in self.credentials] or [Verdict.INDETERMINATE]
        return min(found, key=list(Verdict).index)

    def to_document(self) -> JsonObject:
        """Make the JSON form."""
        checks: list[JsonValue] = [one.to_document() for one in self.checks]
        credentials: list[JsonValue] = [one.to_document() for one in self.credentials]
        return {
            "verdict": self.verdict.value,
            "checks": checks,
            "holder": self.holder,
            "credentials": credentials,
            "checkedAt": instants.text_of(self.checked_at),
        }
