"""Who earned what: the rules of a program, judged for one learner from nothing but what is known.

An achievement is earned by its rule and by whatever it requires. What it requires is there when the
learner holds a credential of it that stands, or earns it now.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from credhub.services.programs.known import Enrolment, Known
from credhub.services.programs.program import Rule, Step


class Reason(StrEnum):
    """Why an achievement was not earned. Permanent, for software to match on."""

    NOT_COMPLETED = "not-completed"
    ATTENDANCE_MISSING = "attendance-missing"
    ATTENDANCE_TOO_LOW = "attendance-too-low"
    RESULT_MISSING = "result-missing"
    RESULT_NOT_PASSED = "result-not-passed"
    PREREQUISITE_MISSING = "prerequisite-missing"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    """The learner was erased, so nothing is known of them."""
    DAMAGED = "record-damaged"
    """What was known of the learner was changed, so it counts as nothing."""


class Verdict(StrEnum):
    """What becomes of a learner and an achievement."""

    EARNED = "earned"
    """It is issued when the cohort is finished."""
    ISSUED = "issued"
    """It was issued when the cohort was finished before."""
    HELD = "held"
    """The learner reached the end of this pathway elsewhere."""
    NOT_EARNED = "not-earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One achievement of one learner.

    Attributes:
        reasons: Why it was not earned, all of them.
        missing: What it requires and the learner lacks.
        credential_id: What was issued before.
    """

    achievement_id: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    credential_id: str | None = None


def judge(
    steps: Iterable[Step],
    known: Known | Reason,
    *,
    sessions: int | None,
    held: Collection[str],
    issued: Mapping[str, str],
) -> tuple[Judged, ...]:
    """Judge every achievement of a program for one learner.

    Args:
        steps: Its achievements, each after those that it requires.
        known: What is known of the learner; or why that is nothing.
        sessions: How many the cohort has, when that is known.
        held: Achievements of which the learner holds a credential that stands.
        issued: Achievements that finishing the cohort issued before, each with the credential.
    """
    there, judged = set(held), []
    for step in steps:
        one = _judge(step, known, sessions, there, issued)
        if one.verdict is Verdict.EARNED:
            there.add(step.achievement_id)
        judged.append(one)
    return tuple(judged)


def _judge(
    step: Step,
    known: Known | Reason,
    sessions: int | None,
    there: Collection[str],
    issued: Mapping[str, str],
) -> Judged:
    own = step.achievement_id
    if own in issued:
        return Judged(achievement_id=own, verdict=Verdict.ISSUED, credential_id=issued[own])
    if isinstance(known, Reason):
        return _refused(own, known)
    if known.status is Enrolment.WITHDRAWN:
        return _refused(own, Reason.WITHDRAWN)
    if step.rule is Rule.PREREQUISITES and own in there:
        return Judged(achievement_id=own, verdict=Verdict.HELD)
    missing = tuple(it for it in step.requires if it not in there)
    reason = _reason(step, known, sessions)
    reasons = tuple(
        it for it in (reason, Reason.PREREQUISITE_MISSING if missing else None) if it is not None
    )
    verdict = Verdict.NOT_EARNED if reasons else Verdict.EARNED
    return Judged(achievement_id=own, verdict=verdict, reasons=reasons, missing=missing)


def _refused(achievement_id: str, reason: Reason) -> Judged:
    return Judged(achievement_id=achievement_id, verdict=Verdict.NOT_EARNED, reasons=(reason,))


def _reason(step: Step, known: Known, sessions: int | None) -> Reason | None:
    """Say why the rule of an achievement alone is not followed."""
    match step.rule:
        case Rule.COMPLETION:
            return None if known.status is Enrolment.COMPLETED else Reason.NOT_COMPLETED
        case Rule.ATTENDANCE:
            if known.attendance is None:
                return Reason.ATTENDANCE_MISSING
            often = known.attendance.reaches(step.percent or 0, sessions=sessions)
            return None if often else Reason.ATTENDANCE_TOO_LOW
        case Rule.RESULT:
            results = known.results_for(step.achievement_id)
            if not results:
                return Reason.RESULT_MISSING
            return None if any(it.is_passed for it in results) else Reason.RESULT_NOT_PASSED
        case Rule.PREREQUISITES:
            return None
