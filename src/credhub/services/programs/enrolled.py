"""What is known of the learners of a cohort: opened, changed, and sealed again."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from credhub.errors import (
    ChangedMeanwhileError,
    InvalidClaimError,
    LearnerErasedError,
    LearnerNotFoundError,
    MalformedJsonError,
    RecordDamagedError,
    UnsealError,
)
from credhub.keys.sealing import seal, unseal
from credhub.services import learners
from credhub.services.keyring import HubKeys
from credhub.services.programs import cohorts, programs, rows
from credhub.services.programs.cohort import Cohort
from credhub.services.programs.earning import Reason
from credhub.services.programs.known import Enrolment, Known
from credhub.services.programs.program import Program
from credhub.services.resources import Resources
from credhub.services.sealed import cohort_learner_context
from credhub.store.cohort_learners import CohortLearner
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """One learner of a cohort, and what is known of them; or why that is nothing."""

    stored: CohortLearner
    known: Known | Reason


def page(
    resources: Resources, number: HubNumber, cohort_id: str, *, after: int, limit: int
) -> tuple[Enrolled, ...]:
    """List learners of a cohort in the order in which they came.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
    """
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        cohorts.find_in(tx, number, cohort_id)
        found = tx.cohort_learners.page(number, cohort_id, after=after, limit=limit)
    return tuple(Enrolled(stored=it, known=opened(keys, it)) for it in found)


def find(resources: Resources, number: HubNumber, cohort_id: str, learner_id: str) -> Enrolled:
    """Find one learner of a cohort.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
        LearnerNotFoundError: The cohort has no such learner.
    """
    with resources.store.read() as tx:
        cohorts.find_in(tx, number, cohort_id)
        found = _find_in(tx, number, cohort_id, learner_id)
    return Enrolled(stored=found, known=opened(resources.keyring.of(number), found))


def change(  # noqa: PLR0913 - of whom, where, what, and what was read
    resources: Resources,
    number: HubNumber,
    cohort_id: str,
    learner_id: str,
    known_after: Callable[[Known], Known],
    *,
    version: int | None,
) -> Enrolled:
    """Say anew what is known of a learner in a cohort.

    Args:
        resources: What services work with.
        number: The hub.
        cohort_id: Which cohort.
        learner_id: Which learner.
        known_after: Makes what is known of what was.
        version: The one that whoever changes it has read; any, when nobody says.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
        LearnerNotFoundError: The cohort has no such learner.
        LearnerErasedError: The learner was erased.
        ChangedMeanwhileError: Another version is there.
        InvalidClaimError: No credential of the program could claim it.
        RecordDamagedError: What was known was changed.
    """
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        cohort = cohorts.find_in(tx, number, cohort_id)
        program = Program.of(programs.find_in(tx, number, cohort.program_id).document)
        example = rows.example(tx, number, program)
        found = _find_in(tx, number, cohort_id, learner_id)
    if version is not None and found.version != version:
        raise ChangedMeanwhileError(found.version)
    before = opened(keys, found)
    if isinstance(before, Reason):
        raise LearnerErasedError if before is Reason.ERASED else RecordDamagedError
    after = known_after(before)
    rows.check(resources, example, program, Cohort.of(cohort.document), after)
    sealed = seal_known(keys, cohort_id, learner_id, _key_of(keys, found), after)
    changed = replace(found, version=found.version + 1, sealed=sealed)
    with resources.store.begin() as tx:
        if not tx.cohort_learners.change(changed):
            raise ChangedMeanwhileError(_find_in(tx, number, cohort_id, learner_id).version)
    return Enrolled(stored=changed, known=after)


def withdraw(resources: Resources, number: HubNumber, cohort_id: str, learner_id: str) -> Enrolled:
    """Note that a learner left a cohort. What is known of them stays, and nothing is issued.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
        LearnerNotFoundError: The cohort has no such learner.
        LearnerErasedError: The learner was erased.
        ChangedMeanwhileError: Somebody changed it at the same time.
        InvalidClaimError: No credential of the program could claim what is known.
        RecordDamagedError: What was known was changed.
    """

    def withdrawn(known: Known) -> Known:
        return replace(known, status=Enrolment.WITHDRAWN)

    return change(resources, number, cohort_id, learner_id, withdrawn, version=None)


def opened(keys: HubKeys, learner: CohortLearner) -> Known | Reason:
    """Open what is known of a learner, or say why it cannot be."""
    if learner.wrapped_key is None:
        return Reason.ERASED
    context = cohort_learner_context(learner.hub, learner.cohort_id, learner.learner_id)
    try:
        key = _key_of(keys, learner)
        return Known.of(unseal(key, learner.sealed, context=context))
    except (RecordDamagedError, UnsealError, InvalidClaimError, MalformedJsonError):
        return Reason.DAMAGED


def seal_known(keys: HubKeys, cohort_id: str, learner_id: str, key: bytes, known: Known) -> bytes:
    """Seal what is known of a learner with the learner's key."""
    context = cohort_learner_context(keys.hub.number, cohort_id, learner_id)
    return seal(key, known.document(), context=context)


def _key_of(keys: HubKeys, learner: CohortLearner) -> bytes:
    assert learner.wrapped_key is not None  # noqa: S101 - asked before
    return learners.open_key(keys, learner.learner_id, learner.wrapped_key)


def _find_in(tx: Transaction, number: HubNumber, cohort_id: str, learner_id: str) -> CohortLearner:
    found = tx.cohort_learners.one(number, cohort_id, learner_id)
    if found is None:
        raise LearnerNotFoundError
    return found
