"""What a learner of a cohort claims of an achievement, as the row of a batch.

The key of the row is made of cohort and learner: of one cohort nobody gets an achievement twice,
however often it is finished.
"""

from credhub.documents.rows.outcome import ReadRow
from credhub.errors import InvalidClaimError
from credhub.services.bulk.row_checking import RowChecker
from credhub.services.programs.cohort import Cohort
from credhub.services.programs.known import Known
from credhub.services.programs.program import Program
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.store.cohort_learners import CohortLearner
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction


def key_of(cohort_id: str, learner_id: str) -> str:
    """Name the row of a learner in every batch of a cohort."""
    return f"cohort/{cohort_id}/{learner_id}"


def row_of(learner: CohortLearner, known: Known, cohort: Cohort, achievement_id: str) -> ReadRow:
    """Write what is issued to a learner who earned an achievement."""
    return ReadRow(
        row=learner.place,
        key=key_of(learner.cohort_id, learner.learner_id),
        recipient=known.recipient,
        awarded_at=known.awarded_at or cohort.ended_at,
        valid_until=known.valid_until,
        evidence=tuple(it.evidence for it in known.evidence_for(achievement_id)),
        results=tuple(it.result for it in known.results_for(achievement_id)),
    )


def example(tx: Transaction, number: HubNumber, program: Program) -> StoredAchievement:
    """Give an achievement of a program, to check by it what credentials can claim."""
    found = tx.achievements.latest(number, program.steps[0].achievement_id)
    assert found is not None  # noqa: S101 - checked when the program was made, and never removed
    return found


def check(
    resources: Resources,
    example: StoredAchievement,
    program: Program,
    cohort: Cohort,
    known: Known,
) -> None:
    """Refuse what no credential of the program could claim.

    Raises:
        InvalidClaimError: With the member's name.
    """
    own = {step.achievement_id for step in program.steps}
    about = {
        "results": [it.achievement_id for it in known.results],
        "evidence": [it.achievement_id for it in known.evidence],
    }
    for member, several in about.items():
        for place, achievement_id in enumerate(several):
            if achievement_id not in (None, *own):
                at = f"{member}/{place}/achievement"
                raise InvalidClaimError(at, "is not of the program.")
    counted = 0 if known.attendance is None else known.attendance.counted
    if cohort.sessions is not None and counted > cohort.sessions:
        raise InvalidClaimError("attendance", "is of more sessions than the cohort has.")
    for achievement_id in known.named | {None}:
        _check_claims(resources, example, known, achievement_id)


def _check_claims(
    resources: Resources, example: StoredAchievement, known: Known, achievement_id: str | None
) -> None:
    row = ReadRow(
        row=1,
        key=None,
        recipient=known.recipient,
        awarded_at=known.awarded_at,
        valid_until=known.valid_until,
        evidence=tuple(it.evidence for it in known.evidence_for(achievement_id)),
        results=tuple(it.result for it in known.results_for(achievement_id)),
    )
    checker = RowChecker(resources, example)
    for _ in checker.good_ones([row]):
        pass
    if checker.faults:
        fault = checker.faults[0]
        # The sentence of a claim that cannot be made begins with the name of its member.
        raise InvalidClaimError(fault.column or "learner", fault.detail)
