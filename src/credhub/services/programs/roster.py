"""Add learners to a cohort: rows of JSON or CSV, all of them or none.

(1) rows are read and checked as those of a batch of the program are;
(2) each is found among the hub's learners, or prepared as one who is new;
(3) one transaction adds those who are not in the cohort yet, in the order of the rows.

Whoever is in the cohort stays there as they are.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from credhub.documents.rows.outcome import ReadRow
from credhub.errors import (
    CohortFullError,
    ConflictError,
    ContendedError,
    InvalidClaimError,
    MalformedBatchError,
    RecordDamagedError,
    RowFault,
)
from credhub.services import learners
from credhub.services.bulk import row_checking
from credhub.services.bulk.batch_trying import MOST_TOLD
from credhub.services.bulk.row_checking import MOST_FAULTS, RowChecker
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.programs import cohorts, enrolled, programs, rows
from credhub.services.programs.known import Known
from credhub.services.programs.program import Program
from credhub.services.resources import Resources
from credhub.store.cohort_learners import CohortLearner
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction
from credhub.store.unit import Insert

MOST_LEARNERS: Final = 10_000
AT_ONCE: Final = 500
ATTEMPTS: Final = 5

_OTHER: Final = RowFault(
    column="achievement",
    code="achievement-not-taken",
    detail="A roster is of the whole program: say that the column is unused.",
)
_NOT_HTTPS: Final = RowFault(
    column="evidence",
    code="evidence-not-https",
    detail="The address of evidence must begin with https://.",
)
_NOBODY: Final = RowFault(
    code="learner-not-identified",
    detail="It needs an id of the learner, or an e-mail address, to find them again by.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """One row of a roster.

    Attributes:
        learner_id: None of somebody who would be new.
        is_new: Whether the learner was not in the cohort before.
    """

    row: int
    learner_id: str | None
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Adding:
    """What became of a roster, or would.

    Attributes:
        faults: What is wrong with its rows; with one of them nobody is added.
    """

    added: tuple[Added, ...]
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    row: ReadRow
    learner: LearnerKey | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    row: int
    learner_id: str
    inserts: tuple[Insert, ...] = field(repr=False)
    sealed: bytes = field(repr=False)


def try_out(
    resources: Resources,
    number: HubNumber,
    cohort_id: str,
    read: Iterable[ReadRow | RowFault],
) -> Adding:
    """Say who would be added. Nothing is written.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
    """
    good, faults = _checked(resources, number, cohort_id, read, most_faults=MOST_TOLD)
    people = _found(resources, number, good)
    faults += _repeated(people)
    with resources.store.read() as tx:
        there = tx.cohort_learners.places(number, cohort_id)
    if len(there) + sum(not _is_in(it, there) for it in people) > MOST_LEARNERS:
        faults.append(row_checking.TOO_MANY)
    return Adding(
        added=tuple(
            Added(
                row=it.row.row,
                learner_id=None if it.learner is None else it.learner.learner_id,
                is_new=not _is_in(it, there),
            )
            for it in people
        ),
        faults=tuple(sorted(faults, key=lambda it: it.row or 0))[:MOST_TOLD],
    )


def add(
    resources: Resources,
    number: HubNumber,
    cohort_id: str,
    read: Iterable[ReadRow | RowFault],
    once: Once,
) -> Adding:
    """Add everybody whom the rows name, or nobody.

    Raises:
        CohortNotFoundError: The hub has no such cohort.
        MalformedBatchError: Rows have faults.
        CohortFullError: The cohort would have too many learners.
        IdempotencyKeyReusedError: The key was used with another body.
        RecordDamagedError: The key of a learner was changed.
        ContendedError: Others kept adding the same learners.
    """
    with resources.store.read() as tx:
        cohorts.find_in(tx, number, cohort_id)
        is_done = once.made(tx) is not None
    good, faults = _checked(resources, number, cohort_id, read, most_faults=MOST_FAULTS)
    for _ in range(ATTEMPTS):
        people = _found(resources, number, good)
        found = faults + _repeated(people)
        if found:
            raise MalformedBatchError(tuple(found))
        if is_done:
            return _as_it_is(resources, number, cohort_id, people)
        try:
            return _written(resources, number, cohort_id, people, once)
        except ConflictError:
            with resources.store.read() as tx:
                is_done = once.made(tx) is not None
    raise ContendedError


def _checked(
    resources: Resources,
    number: HubNumber,
    cohort_id: str,
    read: Iterable[ReadRow | RowFault],
    *,
    most_faults: int,
) -> tuple[list[ReadRow], list[RowFault]]:
    """Do step (1)."""
    with resources.store.read() as tx:
        cohort = cohorts.find_in(tx, number, cohort_id)
        program = Program.of(programs.find_in(tx, number, cohort.program_id).document)
        example = rows.example(tx, number, program)
    checker = RowChecker(resources, example, most_rows=MOST_LEARNERS, most_faults=most_faults)
    good = list(checker.good_ones(map(_identified, read)))
    if not good and not checker.faults:
        checker.faults.append(row_checking.EMPTY)
    return good, checker.faults


def _identified(found: ReadRow | RowFault) -> ReadRow | RowFault:
    """Refuse a row whose learner could not be found again, and what a roster cannot say."""
    if isinstance(found, RowFault):
        return found
    recipient = found.recipient
    if recipient.external_id is None and found.key is not None:
        recipient = replace(recipient, external_id=found.key)
    if found.achievement is not None:
        fault = _OTHER
    elif any(it.id is not None and not it.id.startswith("https://") for it in found.evidence):
        fault = _NOT_HTTPS
    elif recipient.external_id is None and recipient.email is None:
        fault = _NOBODY
    else:
        row = replace(found, key=None, recipient=recipient)
        return _too_large(row) or row
    return replace(fault, row=found.row)


def _too_large(row: ReadRow) -> RowFault | None:
    try:
        Known.of_row(row).document()
    except InvalidClaimError as error:
        return RowFault(row=row.row, column=error.member, code=error.code, detail=error.message)
    return None


def _found(resources: Resources, number: HubNumber, good: Sequence[ReadRow]) -> list[_Person]:
    """Find the learners of rows (2), by some queries for several hundred of them."""
    keys = resources.keyring.of(number)
    people = []
    for start in range(0, len(good), AT_ONCE):
        part = good[start : start + AT_ONCE]
        marks = [learners.marks_of(keys, row.recipient) for row in part]
        with resources.store.read() as tx:
            found = learners.find_all(tx, keys, marks)
        for row, learner in zip(part, found, strict=True):
            if isinstance(learner, RecordDamagedError):
                raise learner
            people.append(_Person(row=row, learner=learner))
    return people


def _repeated(people: Iterable[_Person]) -> list[RowFault]:
    """Find rows that are about the learner of an earlier one, known to the hub or new to it."""
    seen: dict[str, int] = {}
    faults = []
    for person in people:
        own, row = person.row.recipient.external_id, person.row.row
        email = learners.normal_email(person.row.recipient.email)
        names = {f"email:{email}"} if own is None else {f"id:{own}"}
        if person.learner is not None:
            names.add(f"learner:{person.learner.learner_id}")
        first = min((seen[name] for name in names if name in seen), default=None)
        if first is not None:
            detail = f"It is about the learner of row {first}."
            faults.append(RowFault(row=row, code="learner-repeated", detail=detail))
        for name in names | {f"email:{email}"}:
            seen.setdefault(name, row)
    return faults


def _is_in(person: _Person, there: Mapping[str, int]) -> bool:
    return person.learner is not None and person.learner.learner_id in there


def _written(
    resources: Resources,
    number: HubNumber,
    cohort_id: str,
    people: Sequence[_Person],
    once: Once,
) -> Adding:
    """Add those who are not there (3).

    Raises:
        ConflictError: Somebody else made one of the learners, or the same request was faster.
    """
    keys = resources.keyring.of(number)
    new = [it for it in people if it.learner is None]
    learners.release_erased(resources, keys, [it.row.recipient for it in new])
    prepared = [_prepared(resources, keys, cohort_id, person) for person in people]
    emails = {
        mail
        for own, mail in (learners.marks_of(keys, it.row.recipient) for it in new)
        if own is None and mail is not None
    }
    with resources.store.begin() as tx:
        tx.cohorts.lock(number, cohort_id)
        last, count = tx.cohort_learners.extent(number, cohort_id)
        there = tx.cohort_learners.places(number, cohort_id)
        if _is_somebodys(tx, number, emails):
            raise ConflictError("learner")
        joining = [it for it in prepared if it.learner_id not in there]
        if count + len(joining) > MOST_LEARNERS:
            raise CohortFullError(MOST_LEARNERS)
        tx.learners.insert_all(row for it in prepared for row in it.inserts)
        tx.cohort_learners.add(
            [
                CohortLearner(
                    hub=number,
                    cohort_id=cohort_id,
                    place=place,
                    learner_id=it.learner_id,
                    version=1,
                    sealed=it.sealed,
                    added_at=resources.clock(),
                )
                for place, it in enumerate(joining, start=last + 1)
            ]
        )
        tx.idempotency.insert(once.request_for(resources, cohort_id))
    return Adding(
        added=tuple(
            Added(row=it.row, learner_id=it.learner_id, is_new=it.learner_id not in there)
            for it in prepared
        )
    )


def _prepared(resources: Resources, keys: HubKeys, cohort_id: str, person: _Person) -> _Prepared:
    row = person.row
    learner = person.learner or learners.prepare(resources, keys, row.recipient)
    known = Known.of_row(row)
    return _Prepared(
        row=row.row,
        learner_id=learner.learner_id,
        inserts=learner.inserts,
        sealed=enrolled.seal_known(keys, cohort_id, learner.learner_id, learner.key, known),
    )


def _is_somebodys(tx: Transaction, number: HubNumber, emails: Collection[bytes]) -> bool:
    """Say whether an address of somebody new is that of a learner who was made meanwhile."""
    found = tx.learners.by_emails(number, emails)
    return bool(tx.learners.wrapped_keys(number, {it.learner_id for it in found}))


def _as_it_is(
    resources: Resources, number: HubNumber, cohort_id: str, people: Iterable[_Person]
) -> Adding:
    """Answer a request that was done before: nobody is added, whoever was erased since."""
    with resources.store.read() as tx:
        there = tx.cohort_learners.places(number, cohort_id)
    return Adding(
        added=tuple(
            Added(
                row=it.row.row,
                learner_id=it.learner.learner_id if it.learner and _is_in(it, there) else None,
                is_new=False,
            )
            for it in people
        )
    )
