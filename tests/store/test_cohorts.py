"""Programs, cohorts and who is in them, hub by hub, on each engine."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credhub.errors import ConflictError
from credhub.ledger.events import Standing
from credhub.store import learners as learner_store
from credhub.store.cohort_learners import CohortLearner
from credhub.store.cohorts import StoredCohort
from credhub.store.hubs import HubNumber
from credhub.store.programs import StoredProgram
from credhub.store.store import Store
from credhub.store.tables import learner_key
from credhub.store.unit import Insert
from tests.store.rows import change_unit
from tests.store.samples import (
    NOW,
    Signers,
    achievement_unit,
    issue_unit,
    learner,
    make_hub,
    sequencer,
)

ONE, OTHER = HubNumber(1), HubNumber(2)
PROGRAM, COHORT = "program-1", "cohort-1"


def program(hub: HubNumber = ONE, name: str = PROGRAM) -> StoredProgram:
    return StoredProgram(
        hub=hub, program_id=name, version=1, document=b"{}", created_at=NOW, changed_at=NOW
    )


def cohort(hub: HubNumber = ONE, name: str = COHORT) -> StoredCohort:
    return StoredCohort(
        hub=hub,
        cohort_id=name,
        program_id=PROGRAM,
        version=1,
        document=b"{}",
        created_at=NOW,
        changed_at=NOW,
    )


def enrolled(number: int, hub: HubNumber = ONE, name: str = COHORT) -> CohortLearner:
    return CohortLearner(
        hub=hub,
        cohort_id=name,
        place=number,
        learner_id=f"learner-{number}",
        version=1,
        sealed=b"sealed",
        added_at=NOW,
    )


@pytest.fixture
def filled(store: Store) -> Store:
    """Two hubs, each with a program, two cohorts, and three learners of whom credentials are."""
    signers = Signers()
    for hub in (ONE, OTHER):
        make_hub(store, signers, hub)
    with sequencer(store, signers) as running:
        for hub in (ONE, OTHER):
            running.submit(achievement_unit(hub))
            for mark in (1, 2, 3):
                running.submit(issue_unit(hub, mark))
    for hub in (ONE, OTHER):
        with store.begin() as tx:
            tx.programs.insert(program(hub))
            for name in (COHORT, "cohort-2"):
                tx.cohorts.insert(cohort(hub, name))
            tx.cohort_learners.add([enrolled(number, hub) for number in (1, 2, 3)])
    return store


def test_a_program_is_found_listed_and_changed_once(filled: Store) -> None:
    later = NOW + timedelta(days=1)
    changed = replace(program(), version=2, document=b"{2}", changed_at=later, archived_at=later)
    with filled.begin() as tx:
        tx.programs.insert(program(name="program-2"))
        assert tx.programs.change(changed)
        assert not tx.programs.change(changed)

    with filled.read() as tx:
        assert tx.programs.by_id(ONE, PROGRAM) == changed
        assert tx.programs.by_id(OTHER, PROGRAM) == program(OTHER)
        assert tx.programs.by_id(OTHER, "program-2") is None
        assert [it.program_id for it in tx.programs.page(ONE, after="", limit=9)] == [
            PROGRAM,
            "program-2",
        ]
        assert [it.program_id for it in tx.programs.page(ONE, after=PROGRAM, limit=9)] == [
            "program-2"
        ]


def test_a_cohort_is_found_counted_changed_once_and_finished(filled: Store) -> None:
    changed = replace(cohort(), version=2, document=b"{2}")
    with filled.begin() as tx:
        assert tx.cohorts.change(changed)
        assert not tx.cohorts.change(changed)
        tx.cohorts.finish(ONE, COHORT, NOW)

    with filled.read() as tx:
        assert tx.cohorts.by_id(ONE, COHORT) == replace(changed, finished_at=NOW)
        assert tx.cohorts.by_id(OTHER, COHORT) == cohort(OTHER)
        assert tx.cohorts.count_learners(ONE, [COHORT, "cohort-2"]) == {COHORT: 3}
        listed = tx.cohorts.page(ONE, before=None, limit=9)
        assert [it.cohort_id for it in listed] == ["cohort-2", COHORT]
        assert [it.cohort_id for it in tx.cohorts.page(ONE, before="cohort-2", limit=9)] == [COHORT]
        assert tx.cohorts.page(ONE, before=None, limit=9, program_id="other") == ()


def test_learners_are_in_the_order_in_which_they_came(filled: Store) -> None:
    with filled.read() as tx:
        assert tx.cohort_learners.extent(ONE, COHORT) == (3, 3)
        assert tx.cohort_learners.extent(ONE, "cohort-2") == (0, 0)
        first = tx.cohort_learners.page(ONE, COHORT, after=0, limit=2)
        rest = tx.cohort_learners.page(ONE, COHORT, after=2, limit=2)
        assert [it.place for it in (*first, *rest)] == [1, 2, 3]
        assert [it.wrapped_key for it in first] == [b"wrapped"] * 2
        assert [it.place for it in tx.cohort_learners.at(ONE, COHORT, [3, 1])] == [1, 3]
        assert tx.cohort_learners.places(ONE, COHORT) == {f"learner-{it}": it for it in (1, 2, 3)}
        assert tx.cohort_learners.one(ONE, "cohort-2", "learner-1") is None


def test_a_learner_is_in_a_cohort_once_and_is_one_of_the_hub(filled: Store) -> None:
    twice = replace(enrolled(4), learner_id="learner-1")
    nobody = enrolled(4)

    for wrong in (twice, nobody):
        with pytest.raises(ConflictError), filled.begin() as tx:
            tx.cohort_learners.add([wrong])
    with filled.begin() as tx:
        tx.cohort_learners.add([enrolled(1, name="cohort-2")])

    with filled.read() as tx:
        assert tx.cohort_learners.extent(ONE, COHORT) == (3, 3)
        assert tx.cohort_learners.extent(ONE, "cohort-2") == (1, 1)


def test_what_is_known_is_changed_by_whoever_read_it(filled: Store) -> None:
    changed = replace(enrolled(1), version=2, sealed=b"more")
    with filled.begin() as tx:
        assert tx.cohort_learners.change(changed)
        assert not tx.cohort_learners.change(changed)

    with filled.read() as tx:
        mine = tx.cohort_learners.one(ONE, COHORT, "learner-1")
        theirs = tx.cohort_learners.one(OTHER, COHORT, "learner-1")
    assert mine is not None
    assert theirs is not None
    assert (mine.version, mine.sealed) == (2, b"more")
    assert (theirs.version, theirs.sealed) == (1, b"sealed")


def test_somebody_whose_key_is_gone_keeps_their_place(filled: Store) -> None:
    with filled.connect_to_write() as connection:
        own = (learner_key.c.hub_id == ONE) & (learner_key.c.learner_id == "learner-2")
        connection.execute(learner_key.delete().where(own))

    with filled.read() as tx:
        page = tx.cohort_learners.page(ONE, COHORT, after=0, limit=9)
    assert [it.wrapped_key for it in page] == [b"wrapped", None, b"wrapped"]


def test_what_stands_is_held(filled: Store) -> None:
    with filled.read() as tx:
        assert tx.cohort_learners.holding(ONE, COHORT, ["a1", "a2"]) == {
            f"learner-{it}": frozenset({"a1"}) for it in (1, 2, 3)
        }
        assert tx.cohort_learners.holding(ONE, COHORT, ["a2"]) == {}
        assert tx.cohort_learners.holding(ONE, COHORT, []) == {}
        assert tx.cohort_learners.holding(ONE, "cohort-2", ["a1"]) == {}


def test_what_was_suspended_or_revoked_is_not_held(store: Store) -> None:
    signers = Signers()
    make_hub(store, signers)
    with sequencer(store, signers) as running:
        running.submit(achievement_unit(ONE))
        for mark in (1, 2, 3):
            running.submit(issue_unit(ONE, mark))
        running.submit(change_unit(ONE, 1, Standing.ACTIVE, Standing.REVOKED))
        running.submit(change_unit(ONE, 2, Standing.ACTIVE, Standing.SUSPENDED))
        running.submit(change_unit(ONE, 3, Standing.ACTIVE, Standing.SUSPENDED))
        running.submit(change_unit(ONE, 3, Standing.SUSPENDED, Standing.ACTIVE, n=1))
    with store.begin() as tx:
        tx.programs.insert(program())
        tx.cohorts.insert(cohort())
        tx.cohort_learners.add([enrolled(number) for number in (1, 2, 3)])

    with store.read() as tx:
        assert tx.cohort_learners.holding(ONE, COHORT, ["a1"]) == {"learner-3": frozenset({"a1"})}


def test_many_learners_are_added_at_once_or_none(filled: Store) -> None:
    def rows(*names: str, mark: str = "") -> list[Insert]:
        made = [
            learner(ONE, name, **({"external_id_hmac": mark.encode()} if mark else {}))
            for name in names
        ]
        return [row for it in made for row in learner_store.inserts_of(it, b"wrapped")]

    with filled.begin() as tx:
        tx.learners.insert_all(rows("new-1", "new-2"))
    with pytest.raises(ConflictError), filled.begin() as tx:
        tx.learners.insert_all(rows("new-3", "new-4", mark="same"))

    with filled.read() as tx:
        assert set(tx.learners.wrapped_keys(ONE, [f"new-{it}" for it in range(9)])) == {
            "new-1",
            "new-2",
        }


def test_achievements_that_are_there_are_known(filled: Store) -> None:
    with filled.read() as tx:
        assert tx.achievements.known(ONE, ["a1", "a2"]) == {"a1"}
        assert tx.achievements.known(HubNumber(3), ["a1"]) == frozenset()
