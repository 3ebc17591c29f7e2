"""Units whose place in a status list was taken meanwhile fail alone, and before anything else."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event

from credhub.errors import ConflictError
from credhub.store.late_units import FEWEST, late_among
from credhub.store.store import Store
from credhub.store.unit import Placement
from tests.store.samples import (
    Signers,
    achievement_unit,
    issue_unit,
    log_signer,
    make_hub,
    note_unit,
    sequencer,
)


@contextmanager
def rolled_back() -> Iterator[list[Connection]]:
    """Collect connections whose transaction is rolled back."""
    found: list[Connection] = []

    def keep(connection: Connection) -> None:
        found.append(connection)

    event.listen(Engine, "rollback", keep)
    try:
        yield found
    finally:
        event.remove(Engine, "rollback", keep)


def test_units_that_come_too_late_cost_the_others_nothing(store: Store) -> None:
    number = make_hub(store, Signers())
    units = [issue_unit(number, mark, index=mark) for mark in range(1, FEWEST + 1)]
    units[7] = issue_unit(number, 1008, index=1000)
    units[9] = issue_unit(number, 1010, index=5)

    with sequencer(store, log_signer) as running:
        running.submit(achievement_unit(number))
        with rolled_back() as usual:
            running.submit(issue_unit(number, 2000, index=1000))
        with rolled_back() as failed:
            answers = running.submit_all(units)

    assert len(failed) == len(usual)
    late = {place for place, answer in enumerate(answers) if isinstance(answer, ConflictError)}
    assert late == {7, 9}
    assert {it.seqs for it in answers if isinstance(it, Placement)} == {
        (seq,) for seq in range(2, FEWEST)
    }


def test_all_units_of_a_batch_may_come_too_late(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        running.submit(achievement_unit(number))
        marks = range(1, FEWEST + 1)
        running.submit_all([issue_unit(number, mark, index=mark) for mark in marks])
        answers = running.submit_all(
            [issue_unit(number, 1000 + mark, index=mark) for mark in marks]
        )
        assert {type(answer) for answer in answers} == {ConflictError}
        assert running.submit(note_unit(number)).seqs == (FEWEST + 1,)


def test_a_few_units_are_not_worth_a_query(store: Store) -> None:
    number = make_hub(store, Signers())
    units = [issue_unit(number, mark, index=1) for mark in range(1, FEWEST + 1)]

    with store.connect_to_read() as connection:
        assert late_among(connection, units[1:]) == frozenset()
        assert late_among(connection, units) == frozenset(range(1, FEWEST))
