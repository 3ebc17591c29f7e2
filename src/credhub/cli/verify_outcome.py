"""What became of one file: a report, or why there is none; and the exit code that it is worth."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credhub.cli.verify_files import Given
from credhub.errors import (
    CredhubError,
    FileNotOpenedError,
    FileNotReadError,
    FileTooComplexError,
    FileTooLargeError,
    MalformedJsonError,
    PresentationTooLargeError,
    RequestError,
    SandboxError,
)
from credhub.jsontypes import JsonObject
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Outcome, Report, Verdict

AnyReport = Report | PresentationReport
Verify = Callable[[bytes], AnyReport]

ACCEPTED: Final = 0
REFUSED: Final = 1
NOT_KNOWN: Final = 3
"""2 is left to click for wrong usage."""

_VERDICTS: Final = {
    Verdict.VALID: ACCEPTED,
    Verdict.INDETERMINATE: NOT_KNOWN,
    Verdict.UNKNOWN_ISSUER: NOT_KNOWN,
}
# Nothing is known of a file that was not looked into.
_NOT_LOOKED_INTO: Final = (
    FileNotOpenedError,
    FileNotReadError,
    FileTooComplexError,
    PresentationTooLargeError,
    SandboxError,
)
_OF_THE_FILE: Final = (
    FileNotOpenedError,
    FileTooLargeError,
    MalformedJsonError,
    RequestError,
    SandboxError,
)
_WORST_FIRST: Final = (REFUSED, NOT_KNOWN, ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One file and what was found; one of ``report`` and ``problem`` is there."""

    file: Path
    report: AnyReport | None = None
    problem: CredhubError | None = None

    @property
    def exit_code(self) -> int:
        """What this file alone is worth."""
        if self.report is None:
            return NOT_KNOWN if isinstance(self.problem, _NOT_LOOKED_INTO) else REFUSED
        return exit_code_of(self.report)

    @property
    def reason(self) -> str | None:
        """One sentence about the first thing that is not as it should be, if any."""
        if self.report is None:
            return self._problem
        wanting = (one for one in findings_of(self.report) if one[0] in _WANTING)
        return next((detail for _, detail in wanting), None)

    @property
    def _problem(self) -> str:
        if isinstance(self.problem, MalformedJsonError):
            return f"It is neither a token nor JSON: {self.problem}"
        return str(self.problem)

    def to_document(self) -> JsonObject:
        """Make one line for software."""
        document: JsonObject = {"file": str(self.file)}
        if self.report is not None:
            document["report"] = self.report.to_document()
        if self.problem is not None:
            document["problem"] = {"code": self.problem.code, "detail": self._problem}
        return document


_WANTING: Final = frozenset({Outcome.FAILED, Outcome.UNKNOWN})


def findings_of(report: AnyReport) -> list[tuple[Outcome, str]]:
    """List outcomes and sentences, those of the worst kind first."""
    found = [(one.outcome, one.detail) for one in report.checks]
    if isinstance(report, PresentationReport):
        for one in report.credentials:
            found += findings_of(one.report)
    return sorted(found, key=lambda finding: finding[0] is not Outcome.FAILED)


def check(given: Given, verify: Verify) -> Checked:
    """Check one file. What is wrong with it is its own affair; a fault of ours is raised."""
    try:
        return Checked(file=given.path, report=verify(given.read()))
    except _OF_THE_FILE as error:
        return Checked(file=given.path, problem=error)


def exit_code_of(report: AnyReport) -> int:
    """Say what a report is worth."""
    return _VERDICTS.get(report.verdict, REFUSED)


def worst(codes: set[int]) -> int:
    """Choose the exit code of many files. Where there is none, nothing is known."""
    return next((code for code in _WORST_FIRST if code in codes), NOT_KNOWN)
