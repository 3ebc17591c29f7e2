"""Which words of the catalogue tell a verdict, and say what to do.

A verdict alone can say too much: the dates and the status of a credential are told before its
issuer is, so one that has expired, of an issuer whom nobody knows, must not be called genuine. Nor
may a stranger choose a milder headline by a part that nobody can check. And a valid credential of
which nobody can ask whether it was withdrawn is not called one that was not.
"""

from typing import Final

from credhub.verification.report import Check, Outcome, Report, Verdict

NAMESAKE: Final = "issuer-namesake"

TELLING: Final = frozenset(
    {
        "base-proof",
        "foreign-link",
        NAMESAKE,
        "key-came-along",
        "key-not-vouched-for",
        "not-as-recorded",
        "older-open-badge",
    }
)
"""One check says more than the verdict: nobody need be guilty, or trying again does not help."""

ANYBODYS: Final = frozenset(
    {Verdict.REVOKED, Verdict.SUSPENDED, Verdict.EXPIRED, Verdict.NOT_YET_VALID}
)
"""Verdicts that a credential can have whoever signed it."""

_WHO: Final = (Check.PROOF, Check.ISSUER_BINDING, Check.LEDGER, Check.TRUST)
_GOOD: Final = frozenset({Outcome.PASSED, Outcome.SKIPPED})


def is_vouched_for(report: Report) -> bool:
    """Say whether the issuer whom a document names is one whom we know, and did sign it."""
    outcomes = {one.check: one.outcome for one in report.checks}
    return all(outcomes.get(check) in _GOOD for check in _WHO)


def is_unlisted(report: Report) -> bool:
    """Say whether nobody can see if a credential was withdrawn."""
    return _outcome(report, Check.STATUS) is Outcome.SKIPPED


def told(report: Report) -> str:
    """Choose the headline and the sentence of a page, as the start of their codes."""
    if report.verdict in ANYBODYS:
        return _of_verdict(report)
    own = _telling(report)
    return _of_verdict(report) if own is None else f"told.{own}"


def warning(report: Report) -> str | None:
    """Choose the warning that stands with the verdict, unless its own words say the same."""
    codes = {one.code for one in report.checks}
    said = f"told.{NAMESAKE}"
    return f"warning.{NAMESAKE}" if NAMESAKE in codes and told(report) != said else None


def advice(report: Report) -> str | None:
    """Choose the sentence that says what to do; None when nothing need be done."""
    if report.verdict is Verdict.VALID:
        return None
    own = _telling(report)
    return f"{_of_verdict(report)}.advice" if own is None else f"advice.{own}"


def _of_verdict(report: Report) -> str:
    return f"{_kind_of_words(report)}.{report.verdict}"


def _kind_of_words(report: Report) -> str:
    match report.verdict:
        case Verdict.VALID:
            return "unlisted" if is_unlisted(report) else "verdict"
        case Verdict.INDETERMINATE if _outcome(report, Check.TRUST) is not Outcome.PASSED:
            return "unproved" if report.credential is None else "anybodys"
        case verdict if verdict in ANYBODYS and not is_vouched_for(report):
            return "anybodys"
        case _:
            return "verdict"


def _outcome(report: Report, check: Check) -> Outcome:
    outcomes = (one.outcome for one in report.checks if one.check is check)
    return next(outcomes, Outcome.UNKNOWN)


def _telling(report: Report) -> str | None:
    invalid = report.verdict is Verdict.INVALID
    bad = {Outcome.FAILED} if invalid else {Outcome.FAILED, Outcome.UNKNOWN}
    codes = (one.code for one in report.checks if one.outcome in bad)
    return next((code for code in codes if code in TELLING), None)
