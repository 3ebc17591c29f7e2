"""What finishing a cohort gives: judged learner by learner, and nobody's record open for long.

(1) one query tells what learners hold of whatever is required;
(2) some hundred rows at a time are read with their keys;
(3) one query tells what was issued to these when the cohort was finished before;
(4) each is opened, judged and forgotten.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from credhub.services import idempotency
from credhub.services.bulk import row_identity
from credhub.services.programs import cohorts, enrolled, programs, rows
from credhub.services.programs.cohort import Cohort
from credhub.services.programs.earning import Judged, Reason, Verdict, judge
from credhub.services.programs.known import Known
from credhub.services.programs.program import Program, Rule, Step
from credhub.services.resources import Resources
from credhub.store.cohort_learners import CohortLearner
from credhub.store.cohorts import StoredCohort
from credhub.store.hubs import HubNumber
from credhub.store.programs import StoredProgram
from credhub.store.store import Transaction

AT_ONCE: Final = 500
_KEYS_AT_ONCE: Final = 10_000
"""So many names of rows are looked up at once: databases take some ten thousand values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A cohort with its program, as one transaction saw them.

    Attributes:
        steps: The achievements of the program, each after those that it requires.
        held: By learner, what they hold of whatever is required.
    """

    stored: StoredCohort
    cohort: Cohort
    program: StoredProgram
    steps: tuple[Step, ...]
    held: Mapping[str, frozenset[str]] = field(repr=False)

    @classmethod
    def of(cls, resources: Resources, number: HubNumber, cohort_id: str) -> "Run":
        """Read it.

        Raises:
            CohortNotFoundError: The hub has no such cohort.
        """
        with resources.store.read() as tx:
            stored = cohorts.find_in(tx, number, cohort_id)
            program = programs.find_in(tx, number, stored.program_id)
            said = Program.of(program.document)
            asked = said.required | {
                step.achievement_id for step in said.steps if step.rule is Rule.PREREQUISITES
            }
            held = tx.cohort_learners.holding(number, cohort_id, asked)  # (1)
        return cls(
            stored=stored,
            cohort=Cohort.of(stored.document),
            program=program,
            steps=said.in_order(),
            held=held,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerPreview:
    """What one learner gets of each achievement, and why not."""

    stored: CohortLearner
    known: Known | Reason = field(repr=False)
    judged: tuple[Judged, ...]


@dataclass(slots=True, kw_only=True)
class Count:
    """How many learners got what of one achievement.

    Attributes:
        places: Those who earn it now.
    """

    places: list[int] = field(default_factory=list, repr=False)
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a cohort gives as a whole, each achievement after those that it requires."""

    run: Run
    learners: int
    counts: Mapping[str, Count]
    awarded_at: datetime


def of_learners(
    resources: Resources, run: Run, *, after: int = 0, most: int | None = None
) -> Iterator[LearnerPreview]:
    """Judge the learners of a cohort in their order.

    Args:
        resources: What services work with.
        run: The cohort.
        after: The place after which to begin.
        most: So many and no more.
    """
    left = most
    while left is None or left > 0:
        limit = AT_ONCE if left is None else min(AT_ONCE, left)
        part = tuple(_part(resources, run, after, limit))
        yield from part
        if len(part) < limit:
            return
        after = part[-1].stored.place
        left = None if left is None else left - len(part)


def totals(resources: Resources, run: Run) -> Totals:
    """Judge everybody, and remember of each achievement nothing but who earned it."""
    counts = {step.achievement_id: Count() for step in run.steps}
    learners = 0
    for learner in of_learners(resources, run):
        learners += 1
        for one in learner.judged:
            count = counts[one.achievement_id]
            count.verdicts[one.verdict] += 1
            count.reasons.update(one.reasons)
            if one.verdict is Verdict.EARNED:
                count.places.append(learner.stored.place)
    return Totals(run=run, learners=learners, counts=counts, awarded_at=run.cohort.ended_at)


def _part(resources: Resources, run: Run, after: int, limit: int) -> Iterator[LearnerPreview]:
    number, cohort_id = run.stored.hub, run.stored.cohort_id
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        found = tx.cohort_learners.page(number, cohort_id, after=after, limit=limit)  # (2)
        issued = _issued(resources, tx, run, found)  # (3)
    for learner in found:  # (4)
        known = enrolled.opened(keys, learner)
        judged = judge(
            run.steps,
            known,
            sessions=run.cohort.sessions,
            held=run.held.get(learner.learner_id, frozenset()),
            issued=issued[learner.learner_id],
        )
        yield LearnerPreview(stored=learner, known=known, judged=judged)


def _issued(
    resources: Resources, tx: Transaction, run: Run, learners: Sequence[CohortLearner]
) -> Mapping[str, Mapping[str, str]]:
    """Give by learner what finishing the cohort issued to them before."""
    number = run.stored.hub
    names = {}
    for learner in learners:
        key = rows.key_of(run.stored.cohort_id, learner.learner_id)
        for step in run.steps:
            own = row_identity.of_key(step.achievement_id, key)
            name = idempotency.key_of(resources, number, own)
            names[name] = (learner.learner_id, step.achievement_id)
    issued: dict[str, dict[str, str]] = {it.learner_id: {} for it in learners}
    wanted = list(names)
    for start in range(0, len(wanted), _KEYS_AT_ONCE):
        some = wanted[start : start + _KEYS_AT_ONCE]
        for name, made in tx.idempotency.find_all(number, row_identity.ROUTE, some).items():
            learner_id, achievement_id = names[name]
            issued[learner_id][achievement_id] = made.thing
    return issued
