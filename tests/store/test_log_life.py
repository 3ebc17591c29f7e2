"""How logs end and begin: one after another, with nothing between them and nothing lost."""

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Event
from time import sleep

import pytest
from sqlalchemy.exc import DBAPIError

from credhub.errors import (
    ConflictError,
    LedgerClockError,
    NoOpenLogError,
)
from credhub.ledger.note import VerifierKey
from credhub.proofs.signer import Signer
from credhub.store import log_life
from credhub.store.appending import append
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.store import Store
from credhub.store.unit import Placement, Unit
from tests.engines import PostgresqlDatabases
from tests.store.rows import raw
from tests.store.samples import (
    LOG,
    NOW,
    Clock,
    Signers,
    ledger_signer,
    log_signer,
    make_hub,
    note_unit,
    public_entry,
    sequencer,
)

NEXT = "2027"


def ending(number: HubNumber, label: str = LOG) -> Unit:
    ended = replace(new_log(number, label), frozen_at=NOW)
    return Unit(hub=number, entries=(public_entry("end"),), ends_log=ended)


def beginning(number: HubNumber, label: str = NEXT) -> Unit:
    return Unit(
        hub=number, entries=(public_entry("begin"),), begins_log=new_log(number, label=label)
    )


def new_log(number: HubNumber, label: str = NEXT) -> LedgerLog:
    origin = f"hub.example/ledger/hub-{number}/{label}"
    key = ledger_signer(number, label).public_key
    return LedgerLog(
        hub=number,
        log=label,
        origin=origin,
        vkey=VerifierKey(name=origin, public_key=key).text(),
        created_at=NOW,
    )


def labels(store: Store, number: HubNumber) -> list[tuple[str, bool]]:
    with store.read() as tx:
        return [(log.log, log.frozen_at is not None) for log in tx.ledger.logs(number)]


def test_a_log_ends_with_its_last_entry_and_the_next_begins_with_its_first(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        running.submit(note_unit(number))
        last = running.submit(ending(number))
        first = running.submit(beginning(number))
        later = running.submit(note_unit(number))

    assert (last.log, last.seqs, last.checkpoint_size) == (LOG, (1,), 2)
    assert (first.log, first.seqs, first.checkpoint_size) == (NEXT, (0,), 1)
    assert (later.log, later.seqs) == (NEXT, (1,))
    assert labels(store, number) == [(LOG, True), (NEXT, False)]


def test_an_ended_log_ends_no_more(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        running.submit(ending(number))
        with pytest.raises(NoOpenLogError):
            running.submit(ending(number))
        running.submit(beginning(number))
        with pytest.raises(ConflictError):
            running.submit(ending(number))

    assert labels(store, number) == [(LOG, True), (NEXT, False)]


def test_a_log_does_not_begin_beside_another_or_twice(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        with pytest.raises(ConflictError):
            running.submit(beginning(number))
        running.submit(ending(number))
        running.submit(beginning(number))
        with pytest.raises(ConflictError):
            running.submit(beginning(number))
        running.submit(ending(number, NEXT))
        with pytest.raises(ConflictError):
            running.submit(beginning(number))

    assert labels(store, number) == [(LOG, True), (NEXT, True)]


def test_a_log_ends_without_an_entry_when_the_next_begins(store: Store) -> None:
    number = make_hub(store, Signers())
    unit = Unit(
        hub=number,
        entries=(public_entry(),),
        changes=(log_life.freezing_of(number, LOG, NOW),),
        begins_log=new_log(number),
    )

    with sequencer(store, log_signer) as running:
        running.submit(note_unit(number))
        assert running.submit(unit).log == NEXT

    assert labels(store, number) == [(LOG, True), (NEXT, False)]
    with store.read() as tx:
        assert tx.ledger.head(number, LOG).size == 1


def test_the_database_keeps_the_head_of_an_ended_log(store: Store, database_url: str) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(ending(number))

    with raw(database_url) as connection, pytest.raises(DBAPIError, match="of an ended log"):
        connection.exec_driver_sql("UPDATE ledger_head SET size = size")


def test_a_unit_begins_a_log_of_its_own_hub() -> None:
    with pytest.raises(ValueError, match="own hub"):
        Unit(hub=HubNumber(1), entries=(public_entry(),), begins_log=new_log(HubNumber(2)))


def test_a_log_ends_at_some_time() -> None:
    with pytest.raises(ValueError, match="at some time"):
        Unit(hub=HubNumber(1), entries=(public_entry(),), ends_log=new_log(HubNumber(1)))


def test_a_unit_without_a_log_waits_for_the_next(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer, log_waits=1_000_000) as running, ThreadPoolExecutor() as pool:
        running.submit(ending(number))
        answers = [pool.submit(running.submit, note_unit(number)) for _ in range(4)]
        wait(answers, timeout=0.1)
        assert not any(answer.done() for answer in answers)
        running.submit(beginning(number))
        seqs = sorted(answer.result().seqs[0] for answer in answers)

    assert seqs == [1, 2, 3, 4]


def test_units_that_are_handed_in_together_wait_for_the_next_log(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer, log_waits=1_000_000) as running, ThreadPoolExecutor() as pool:
        running.submit(ending(number))
        answer = pool.submit(running.submit_all, [note_unit(number) for _ in range(3)])
        wait([answer], timeout=0.1)
        assert not answer.done()
        running.submit(beginning(number))
        placements = [it for it in answer.result() if isinstance(it, Placement)]

    assert sorted(it.seqs[0] for it in placements) == [1, 2, 3]


def test_units_that_are_handed_in_together_wait_no_longer_than_they_are_told_to(
    store: Store,
) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer, log_waits=2) as running:
        running.submit(ending(number))
        (answer,) = running.submit_all([note_unit(number)])

    assert isinstance(answer, NoOpenLogError)


def test_a_unit_waits_no_longer_than_it_is_told_to(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer, log_waits=2) as running:
        running.submit(ending(number))
        with pytest.raises(NoOpenLogError):
            running.submit(note_unit(number))


def test_units_in_one_queue_keep_their_order_around_a_new_log(store: Store) -> None:
    number = make_hub(store, Signers())
    gate, reached = Event(), Event()

    def slow(log: LedgerLog) -> Signer:
        reached.set()
        gate.wait()
        return log_signer(log)

    with (
        sequencer(store, slow, log_waits=1_000_000) as running,
        ThreadPoolExecutor() as pool,
    ):
        answers = []
        units = [note_unit(number), note_unit(number), ending(number), note_unit(number)]
        for waiting, unit in enumerate([*units, beginning(number), note_unit(number)]):
            answers.append(pool.submit(running.submit, unit))
            reached.wait()  # The first one is being signed, so the others wait in the queue.
            while running.waiting < waiting:
                sleep(0.001)
        gate.set()
        placed = [answer.result() for answer in answers]

    assert [(one.log, one.seqs[0]) for one in placed[:3]] == [(LOG, 0), (LOG, 1), (LOG, 2)]
    assert (placed[4].log, placed[4].seqs) == (NEXT, (0,))
    assert sorted(one.seqs[0] for one in (placed[3], placed[5])) == [1, 2]


def test_t90_the_next_log_does_not_begin_before_the_last_one_ended(store: Store) -> None:
    number = make_hub(store, Signers())
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        last = running.submit(ending(number))
        clock.move(-200)
        first = running.submit(beginning(number))

    assert first.time_ms == last.time_ms == to_ms(NOW)


def test_t90_a_clock_far_behind_begins_no_log(store: Store) -> None:
    number = make_hub(store, Signers())
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        running.submit(ending(number))
        clock.move(-301)
        with pytest.raises(LedgerClockError):
            running.submit(beginning(number))

    assert labels(store, number) == [(LOG, True)]


def test_a_writer_that_waited_for_the_head_finds_that_its_log_ended(
    postgresql: PostgresqlDatabases,
) -> None:
    with postgresql.migrated() as url:
        store = Store.open(url)
        number = make_hub(store, Signers())
        with ThreadPoolExecutor() as pool:
            with store.connect_to_write() as first:
                append(first, [ending(number)], now_ms=to_ms(NOW))
                # It waits for the row of the head until this transaction ends.
                late = pool.submit(_append, store, note_unit(number))
                wait([late], timeout=0.2)
                assert not late.done()
            with pytest.raises(NoOpenLogError):
                late.result()
        assert labels(store, number) == [(LOG, True)]
        store.close()


def _append(store: Store, unit: Unit) -> None:
    with store.connect_to_write() as connection:
        append(connection, [unit], now_ms=to_ms(NOW))
