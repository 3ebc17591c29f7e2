"""Make and change cohorts, and say how far each is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from credhub.errors import ChangedMeanwhileError, CohortNotFoundError, ProgramArchivedError
from credhub.services.idempotency import Once
from credhub.services.programs import programs
from credhub.services.programs.cohort import Cohort, State
from credhub.services.resources import Resources
from credhub.store.cohorts import StoredCohort
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A cohort, how far it is, and how many are in it."""

    stored: StoredCohort
    cohort: Cohort
    state: State
    learners: int


def add(
    resources: Resources, number: HubNumber, program_id: str, cohort: Cohort, once: Once
) -> Standing:
    """Make a cohort of a program.

    Raises:
        ProgramNotFoundError: The hub has no such program.
        ProgramArchivedError: No cohort of it begins any more.
        IdempotencyKeyReusedError: The key was used with another body.
        ConflictError: The same request was faster.
    """
    now = resources.clock()
    made = StoredCohort(
        hub=number,
        cohort_id=resources.new_id(),
        program_id=program_id,
        version=1,
        document=cohort.document(),
        created_at=now,
        changed_at=now,
    )
    with resources.store.begin() as tx:
        before = once.made(tx)
        if before is not None:
            return _standing(resources, tx, [find_in(tx, number, before)])[0]
        if programs.find_in(tx, number, program_id).archived_at is not None:
            raise ProgramArchivedError
        tx.cohorts.insert(made)
        tx.idempotency.insert(once.request_for(resources, made.cohort_id))
        return _standing(resources, tx, [made])[0]


def find(resources: Resources, number: HubNumber, cohort_id: str) -> Standing:
    """Find one cohort.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
    """
    with resources.store.read() as tx:
        return _standing(resources, tx, [find_in(tx, number, cohort_id)])[0]


def find_in(tx: Transaction, number: HubNumber, cohort_id: str) -> StoredCohort:
    """Find one cohort in a transaction.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
    """
    found = tx.cohorts.by_id(number, cohort_id)
    if found is None:
        raise CohortNotFoundError
    return found


def page(
    resources: Resources,
    number: HubNumber,
    *,
    before: str | None,
    limit: int,
    program_id: str | None = None,
) -> tuple[Standing, ...]:
    """List cohorts, newest first: all of them, or those of one program."""
    with resources.store.read() as tx:
        found = tx.cohorts.page(number, before=before, limit=limit, program_id=program_id)
        return _standing(resources, tx, found)


def change(
    resources: Resources, number: HubNumber, cohort_id: str, cohort: Cohort, *, version: int
) -> Standing:
    """Say anew what a cohort is; its program stays.

    Args:
        resources: What services work with.
        number: The hub.
        cohort_id: Which.
        cohort: All of it.
        version: The one that whoever changes it has read.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
        ChangedMeanwhileError: Another version is there.
    """
    with resources.store.begin() as tx:
        found = find_in(tx, number, cohort_id)
        changed = replace(
            found,
            version=version + 1,
            document=cohort.document(),
            changed_at=resources.clock(),
        )
        if found.version != version or not tx.cohorts.change(changed):
            raise ChangedMeanwhileError(found.version)
        return _standing(resources, tx, [changed])[0]


def _standing(
    resources: Resources, tx: Transaction, several: Sequence[StoredCohort]
) -> tuple[Standing, ...]:
    now = resources.clock()
    learners = (
        tx.cohorts.count_learners(several[0].hub, [it.cohort_id for it in several])
        if several
        else {}
    )
    made = []
    for stored in several:
        cohort = Cohort.of(stored.document)
        made.append(
            Standing(
                stored=stored,
                cohort=cohort,
                state=cohort.state(now, stored.finished_at),
                learners=learners.get(stored.cohort_id, 0),
            )
        )
    return tuple(made)
