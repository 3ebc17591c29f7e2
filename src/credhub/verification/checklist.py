"""Where the outcome of each check is written down."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from credhub.errors import OutcomeUnknownError, VerificationError
from credhub.verification.checks import CheckSkippedError
from credhub.verification.report import (
    NOT_CHECKED_CODE,
    PASSED_CODE,
    Check,
    CheckResult,
    Outcome,
)
from credhub.verification.sentences import sentence


@dataclass(frozen=True, slots=True)
class _Line:
    outcome: Outcome
    code: str
    message: str = ""


_NOT_CHECKED: Final = _Line(Outcome.UNKNOWN, NOT_CHECKED_CODE)


class Checklist:
    """One line per check; a check that nobody made counts as unknown."""

    def __init__(self, passed_as: Mapping[Check, str] = MappingProxyType({})) -> None:
        self._lines = dict.fromkeys(Check, _NOT_CHECKED)
        self._passed_as = passed_as

    @contextmanager
    def check(self, check: Check) -> Iterator[None]:
        """Write down how a check comes out, and let its refusal go on upwards.

        Errors that are no verification errors are not outcomes: nothing is written down.
        """
        try:
            yield
        except CheckSkippedError as skipped:
            self._lines[check] = _Line(Outcome.SKIPPED, skipped.code)
        except OutcomeUnknownError as error:
            self._lines[check] = _Line(Outcome.UNKNOWN, error.code, str(error))
            raise
        except VerificationError as error:
            self._lines[check] = _Line(Outcome.FAILED, error.code, str(error))
            raise
        else:
            code = self._passed_as.get(check, PASSED_CODE)
            self._lines[check] = _Line(Outcome.PASSED, code)

    def passed_but(self, check: Check, code: str, by: str = "") -> None:
        """Say more about a check that passed, and by whose word."""
        self._lines[check] = _Line(Outcome.PASSED, code, by)

    def outcome(self, check: Check) -> Outcome:
        """Say how a check came out."""
        return self._lines[check].outcome

    def results(self, issuer: str) -> tuple[CheckResult, ...]:
        """Give all lines in order, with sentences that call the issuer by this name."""
        return tuple(_result(check, line, issuer) for check, line in self._lines.items())


def _result(check: Check, line: _Line, issuer: str) -> CheckResult:
    detail = sentence(check, line.outcome, line.code, message=line.message, issuer=issuer)
    return CheckResult(check=check, outcome=line.outcome, code=line.code, detail=detail)
