"""The sequencer: every unit once, in one chain, answered with what became of it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import sleep
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import update

from credhub.errors import (
    ConflictError,
    EntryError,
    LedgerClockError,
    NoOpenLogError,
    QueueFullError,
    RecordOutcomeUnknownError,
    SequencerClosedError,
    StoreContendedError,
    StoreUnavailableError,
)
from credhub.ledger.commitment import InnerKind
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.events import Standing
from credhub.proofs.signer import Signer
from credhub.store import signing_keys
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.sequencer import Sequencer
from credhub.store.store import Store
from credhub.store.tables import ledger_log
from credhub.store.unit import Insert, PendingEntry, PendingOpening, Placement, Unit
from tests.engines import PostgresqlDatabases, SqliteDatabases
from tests.store.rows import change_unit, run
from tests.store.samples import (
    LOG,
    NOW,
    ROUTE,
    SECRET,
    Clock,
    Signers,
    achievement_unit,
    credential_id_of,
    hub,
    issue_unit,
    log_signer,
    make_hub,
    note_unit,
    public_entry,
    second_store_of,
    sequencer,
)


def audit(store: Store) -> None:
    with store.read() as tx:
        for log in tx.ledger.all_logs():
            tx.ledger.audit(log)


class Gate:
    """Ledger keys that are given out only while the gate is open, so that units pile up."""

    def __init__(self) -> None:
        self._open = Event()
        self.reached = Event()

    def __call__(self, log: LedgerLog) -> Signer:
        self.reached.set()
        self._open.wait()
        return log_signer(log)

    def open(self) -> None:
        self._open.set()


def until_waiting(running: Sequencer, count: int) -> None:
    while running.waiting < count:
        sleep(0.001)


@contextmanager
def piled_up(
    store: Store, number: HubNumber, units: list[Unit]
) -> Iterator[list[Future[Placement]]]:
    """Submit units so that they all share one batch, and give their answers."""
    gate = Gate()
    with sequencer(store, gate) as running, ThreadPoolExecutor(len(units) + 1) as pool:
        pool.submit(running.submit, note_unit(number))
        gate.reached.wait()
        answers: list[Future[Placement]] = []
        for unit in units:
            answers.append(pool.submit(running.submit, unit))
            until_waiting(running, len(answers))  # so that they wait in this order
        gate.open()
        yield answers
    audit(store)


def test_a_unit_is_recorded_and_under_a_signed_checkpoint(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        first = running.submit(achievement_unit(number))
        second = running.submit(issue_unit(number, 7))

    assert (first.log, first.seqs) == (LOG, (0,))
    assert second.seqs == (1,)
    with store.read() as tx:
        record = tx.credential_records.by_id(number, credential_id_of(7))
        assert record is not None
        (form,) = record.forms
        assert (form.log, form.seq) == (LOG, 1)
        latest = tx.ledger.latest_checkpoint(number, LOG)
        assert latest is not None
        assert latest.size == second.checkpoint_size == 2
    audit(store)


def test_eight_threads_with_two_hundred_units_each_leave_no_gap(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running, ThreadPoolExecutor(8) as pool:
        running.submit(achievement_unit(number))
        units = [issue_unit(number, mark) for mark in range(1600)]
        placements = list(pool.map(running.submit, units))

    assert sorted(seq for it in placements for seq in it.seqs) == list(range(1, 1601))
    assert all(it.seqs[0] < it.checkpoint_size for it in placements)
    with store.read() as tx:
        assert tx.credentials.count(number) == 1600
    audit(store)


def test_hubs_have_chains_of_their_own(store: Store) -> None:
    numbers = [make_hub(store, Signers(), number) for number in (1, 2, 3)]

    with sequencer(store, log_signer) as running, ThreadPoolExecutor(8) as pool:
        units = [note_unit(number) for _ in range(60) for number in numbers]
        placements = list(pool.map(running.submit, units))

    for offset in range(3):
        seqs = [seq for it in placements[offset::3] for seq in it.seqs]
        assert sorted(seqs) == list(range(60))
    audit(store)


def test_waiting_units_share_a_batch(store: Store) -> None:
    number = make_hub(store, Signers())

    with piled_up(store, number, [note_unit(number) for _ in range(20)]) as answers:
        placements = [answer.result() for answer in answers]

    assert {it.checkpoint_size for it in placements} == {21}


def test_a_bad_unit_harms_nobody_else_in_its_batch(store: Store) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(achievement_unit(number))
    units = [issue_unit(number, mark) for mark in range(1, 8)]
    poison = Unit(hub=number, entries=(PendingEntry(kind=Kind.PRIVATE),))
    too_large = change_unit(number, 1, Standing.ACTIVE, Standing.REVOKED, n=2**70)
    units[2:2] = [poison, too_large]

    with piled_up(store, number, units) as answers:
        failures = [answer.exception() for answer in answers]

    assert isinstance(failures[2], EntryError)
    assert failures[3] is not None
    assert [failure for failure in failures if failure] == failures[2:4]
    with store.read() as tx:
        assert tx.credentials.count(number) == 7


def test_units_that_are_handed_in_together_share_a_batch(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        placements = running.submit_all([note_unit(number) for _ in range(20)])

    assert [it.seqs for it in placements if isinstance(it, Placement)] == [(n,) for n in range(20)]
    assert {it.checkpoint_size for it in placements if isinstance(it, Placement)} == {20}


def test_of_units_that_are_handed_in_together_bad_ones_alone_are_refused(store: Store) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(achievement_unit(number))
        units = [issue_unit(number, mark, index=mark % 5) for mark in range(8)]

        answers = running.submit_all(units)

    assert [isinstance(answer, ConflictError) for answer in answers] == [False] * 5 + [True] * 3
    audit(store)


def test_more_units_than_may_wait_are_all_refused(store: Store) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer, capacity=3) as running:
        with pytest.raises(QueueFullError):
            running.submit_all([note_unit(number) for _ in range(4)])
        assert len(running.submit_all([note_unit(number) for _ in range(3)])) == 3
    with pytest.raises(SequencerClosedError):
        running.submit_all([note_unit(number)])

    audit(store)


def test_t91_two_units_in_one_batch_cannot_take_the_same_index(store: Store) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(achievement_unit(number))
    units = [issue_unit(number, mark, index=mark % 5) for mark in range(10)]

    with piled_up(store, number, units) as answers:
        failures = [answer.exception() for answer in answers]

    assert failures[:5] == [None] * 5
    for failure in failures[5:]:
        assert isinstance(failure, ConflictError)
        assert failure.table == "status_entry"
    with store.read() as tx:
        assert tx.status.taken(number, 1, range(10)) == frozenset(range(5))


def test_t91_a_thousand_revocations_at_once_set_a_thousand_bits(store: Store) -> None:
    number = make_hub(store, Signers())
    changes = [change_unit(number, mark, Standing.ACTIVE, Standing.REVOKED) for mark in range(1000)]

    with sequencer(store, log_signer) as running, ThreadPoolExecutor(16) as pool:
        running.submit(achievement_unit(number))
        list(pool.map(running.submit, [issue_unit(number, mark) for mark in range(1000)]))
        list(pool.map(running.submit, changes))

    with store.read() as tx:
        assert tx.status.set_indexes(number, 1) == tuple(range(1000))
        assert tx.status.count_changes(number, 1) == 1000


@pytest.mark.parametrize(
    ("unit", "table"),
    [
        (lambda number: issue_unit(number, 2, index=1), "status_entry"),
        (lambda number: issue_unit(number, 1, index=2), "learner"),
        (lambda number: issue_unit(number, 3, key="once"), "idempotency"),
        (achievement_unit, "achievement"),
        (lambda number: change_unit(number, 9, Standing.ACTIVE, Standing.REVOKED), "status_change"),
    ],
    ids=["index", "learner", "idempotency", "achievement", "no-such-credential"],
)
def test_a_conflict_is_told_to_its_caller_by_table(
    store: Store, unit: Callable[[HubNumber], Unit], table: str
) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running:
        running.submit(achievement_unit(number))
        running.submit(issue_unit(number, 1, key="once"))
        with pytest.raises(ConflictError) as refusal:
            running.submit(unit(number))
        running.submit(note_unit(number))

    assert refusal.value.table == table
    audit(store)


def test_fifty_requests_with_one_key_make_one_credential(store: Store) -> None:
    number = make_hub(store, Signers())
    units = [issue_unit(number, mark, key="same") for mark in range(50)]

    with sequencer(store, log_signer) as running, ThreadPoolExecutor(50) as pool:
        running.submit(achievement_unit(number))
        answers = [pool.submit(running.submit, unit) for unit in units]
        failures = [answer.exception() for answer in answers]

    assert failures.count(None) == 1
    refused = [failure for failure in failures if failure is not None]
    assert {type(failure) for failure in refused} == {ConflictError}
    with store.read() as tx:
        made = tx.idempotency.find(number, ROUTE, "same")
        assert made is not None
        assert [it.credential_id for it in tx.credentials.page(number)] == [made.thing]


def test_a_change_must_touch_its_row(store: Store) -> None:
    number = make_hub(store, Signers())
    retirement = signing_keys.retirement_of(number, "ledger-1", NOW)
    unit = Unit(hub=number, entries=(public_entry(),), changes=(retirement,))

    with sequencer(store, log_signer) as running:
        running.submit(unit)
        with pytest.raises(ConflictError) as refusal:
            running.submit(unit)

    assert refusal.value.table == "signing_key"
    with store.read() as tx:
        (key,) = tx.signing_keys.of_hub(number)
        assert key.retired_at == NOW
        assert tx.ledger.head(number, LOG).size == 1


def test_a_full_queue_refuses_and_recovers(store: Store) -> None:
    number = make_hub(store, Signers())
    gate = Gate()

    with sequencer(store, gate, capacity=2) as running, ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(running.submit, note_unit(number))]
        gate.reached.wait()
        answers += [pool.submit(running.submit, note_unit(number)) for _ in range(2)]
        until_waiting(running, 2)
        with pytest.raises(QueueFullError):
            running.submit(note_unit(number))
        gate.open()
        assert sorted(answer.result().seqs for answer in answers) == [(0,), (1,), (2,)]
        running.submit(note_unit(number))

    audit(store)


def test_a_closed_sequencer_records_what_waits_and_takes_no_more(store: Store) -> None:
    number = make_hub(store, Signers())
    gate = Gate()
    running = Sequencer(store, second_store=second_store_of(store), clock=Clock(), log_signer=gate)

    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(running.submit, note_unit(number))]
        gate.reached.wait()
        answers.append(pool.submit(running.submit, note_unit(number)))
        until_waiting(running, 1)
        closing = pool.submit(running.close)
        gate.open()
        closing.result()

    assert [answer.result().seqs for answer in answers] == [(0,), (1,)]
    with pytest.raises(SequencerClosedError):
        running.submit(note_unit(number))


def test_t90_time_in_the_ledger_never_decreases(store: Store) -> None:
    number = make_hub(store, Signers())
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        running.submit(note_unit(number))
        clock.move(-300)
        running.submit(note_unit(number))
        clock.move(301)
        running.submit(note_unit(number))

    with store.read() as tx:
        rows = list(tx.ledger.entries(number, LOG))
    start = to_ms(NOW)
    assert [row.time_ms for row in rows] == [start, start, start + 1000]
    assert [LedgerEntry.parse(row.entry).time_ms for row in rows] == [start, start, start + 1000]


def test_t90_a_clock_far_behind_stops_a_log_and_no_other(store: Store) -> None:
    late, other = (make_hub(store, Signers(), number) for number in (1, 2))
    clock = Clock()

    with sequencer(store, log_signer, clock) as running:
        running.submit(note_unit(late))
        clock.move(-301)
        with pytest.raises(LedgerClockError) as refusal:
            running.submit(note_unit(late))
        running.submit(note_unit(other))
        clock.move(1)
        running.submit(note_unit(late))

    assert refusal.value.behind_ms == 301_000
    audit(store)


def test_two_sequencers_on_one_database_stay_one_chain(store: Store, database_url: str) -> None:
    number = make_hub(store, Signers())
    second = Store.open(database_url)

    with (
        sequencer(store, log_signer) as one,
        sequencer(second, log_signer) as other,
        ThreadPoolExecutor(8) as pool,
    ):
        placements = list(
            pool.map(lambda n: (one, other)[n % 2].submit(note_unit(number)), range(400))
        )

    second.close()
    assert sorted(seq for it in placements for seq in it.seqs) == list(range(400))
    assert all(it.seqs[0] < it.checkpoint_size for it in placements)
    audit(store)


def test_two_processes_on_one_database_stay_one_chain(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    number = make_hub(store, Signers())
    second = f"sqlite:///{tmp_path / 'second.db'}"
    program = [sys.executable, "-m", "tests.store.appender"]
    command = [*program, database_url, second, str(number), "150"]

    running = [subprocess.Popen(command) for _ in range(2)]  # noqa: S603 - our own program

    assert [process.wait() for process in running] == [0, 0]
    with store.read() as tx:
        assert tx.ledger.head(number, LOG).size == 300
    audit(store)


def test_a_checkpoint_of_a_larger_tree_serves(store: Store, database_url: str) -> None:
    number = make_hub(store, Signers())
    second = Store.open(database_url)

    with sequencer(second, log_signer) as faster:

        def overtaken(log: LedgerLog) -> Signer:
            # Between this one's reading and its recording, another process signs more.
            faster.submit(note_unit(log.hub))
            return log_signer(log)

        with sequencer(store, overtaken) as running:
            placement = running.submit(note_unit(number))

    second.close()
    assert placement.seqs == (0,)
    with store.read() as tx:
        assert [row.size for row in tx.ledger.checkpoints(number, LOG)] == [2]
    audit(store)


def test_a_hub_without_an_open_log_is_refused(store: Store, database_url: str) -> None:
    number = make_hub(store, Signers())
    with store.begin() as tx:
        tx.hubs.insert(hub(2), SECRET)
    run(database_url, update(ledger_log).values(frozen_ms=to_ms(NOW)))

    with sequencer(store, log_signer) as running:
        for missing in (number, HubNumber(2)):
            with pytest.raises(NoOpenLogError):
                running.submit(note_unit(missing))


def test_a_bug_answers_its_caller_and_the_next_one(store: Store) -> None:
    number = make_hub(store, Signers())
    nonsense = cast("Unit", SimpleNamespace(hub=[], is_alone=False))

    with sequencer(store, log_signer) as running:
        with pytest.raises(RecordOutcomeUnknownError):
            running.submit(nonsense)
        assert running.submit(note_unit(number)).seqs == (0,)


def test_a_unit_is_of_one_hub_and_whole() -> None:
    one, other = HubNumber(1), HubNumber(2)
    row = issue_unit(other, 1).inserts[0]

    with pytest.raises(ValueError, match="one hub"):
        Unit(hub=one, entries=(public_entry(),), inserts=(row,))
    change = signing_keys.retirement_of(other, "k", NOW)
    with pytest.raises(ValueError, match="one hub"):
        Unit(hub=one, entries=(public_entry(),), changes=(change,))
    with pytest.raises(ValueError, match="without an entry"):
        Unit(hub=one, entries=())
    with pytest.raises(ValueError, match="does not have"):
        Unit(hub=one, entries=(public_entry(),), inserts=(achievement_row(one, entry=1),))


def test_an_opening_has_an_id_of_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        PendingOpening(
            entry_id=b"short", inner_kind=InnerKind.ISSUE, learner_id=None, sealed=b"sealed"
        )


def achievement_row(number: HubNumber, *, entry: int) -> Insert:
    return replace(achievement_unit(number).inserts[0], entry=entry)


# Faults of the database


def test_a_lost_connection_before_the_commit_records_nothing(
    postgresql: PostgresqlDatabases,
) -> None:
    with postgresql.migrated() as url:
        store = Store.open(url)
        number = make_hub(store, Signers())
        with sequencer(store, log_signer) as running:
            run(
                url,
                KILL_WRITER,
                "CREATE TRIGGER kill BEFORE INSERT ON learner EXECUTE FUNCTION die()",
            )
            running.submit(achievement_unit(number))
            with pytest.raises(StoreUnavailableError):
                running.submit(issue_unit(number, 1))
            run(url, "DROP TRIGGER kill ON learner")
            assert running.submit(issue_unit(number, 1)).seqs == (1,)
        audit(store)
        store.close()


def test_a_commit_without_an_answer_is_an_unknown_outcome(postgresql: PostgresqlDatabases) -> None:
    with postgresql.migrated() as url:
        store = Store.open(url)
        number = make_hub(store, Signers())
        run(
            url,
            KILL_WRITER,
            "CREATE CONSTRAINT TRIGGER kill AFTER INSERT ON ledger_entry DEFERRABLE"
            " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()",
        )
        with sequencer(store, log_signer) as running:
            with pytest.raises(RecordOutcomeUnknownError):
                running.submit(note_unit(number))
            run(url, "DROP TRIGGER kill ON ledger_entry")
            assert running.submit(note_unit(number)).seqs == (0,)
        audit(store)
        store.close()


KILL_WRITER = (
    "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
)


def test_a_deadlock_is_told_apart(postgresql: PostgresqlDatabases) -> None:
    with postgresql.migrated() as url:
        store = Store.open(url)
        number = make_hub(store, Signers())
        run(
            url,
            "CREATE FUNCTION knot() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$",
            "CREATE TRIGGER knot BEFORE INSERT ON learner EXECUTE FUNCTION knot()",
        )
        with sequencer(store, log_signer) as running:
            running.submit(achievement_unit(number))
            with pytest.raises(StoreContendedError):
                running.submit(issue_unit(number, 1))
        store.close()


def test_a_database_that_cannot_be_written_is_unavailable(sqlite: SqliteDatabases) -> None:
    with sqlite.migrated() as url:
        store = Store.open(url)
        number = make_hub(store, Signers())
        with sequencer(store, log_signer) as running:
            set_read_only(store, "ON")
            with pytest.raises(StoreUnavailableError):
                running.submit(note_unit(number))
            set_read_only(store, "OFF")
            assert running.submit(note_unit(number)).seqs == (0,)
        audit(store)
        store.close()


def set_read_only(store: Store, state: str) -> None:
    # The pool gives out the connection that came back last.
    with store.connect_to_read() as connection:
        connection.exec_driver_sql(f"PRAGMA query_only={state}")


def test_one_bad_unit_among_a_thousand_is_the_only_one_that_is_refused(store: Store) -> None:
    number = make_hub(store, Signers())
    units = [note_unit(number) for _ in range(1000)]
    units[333] = Unit(hub=number, entries=(PendingEntry(kind=Kind.PRIVATE),))
    gate = Gate()

    with sequencer(store, gate) as running, ThreadPoolExecutor(len(units) + 1) as pool:
        pool.submit(running.submit, note_unit(number))
        gate.reached.wait()
        answers = [pool.submit(running.submit, unit) for unit in units]
        until_waiting(running, len(units))
        gate.open()
        failures = [answer.exception() for answer in answers]

    assert isinstance(failures.pop(333), EntryError)
    assert failures == [None] * 999
    with store.read() as tx:
        assert tx.ledger.head(number, LOG).size == 1000
    audit(store)
