"""Whoever holds a log and never lets go, gives up half-way or dies: it goes on without a gap."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from random import Random

import psycopg
import pytest
from sqlalchemy import make_url

from credhub.errors import StoreUnavailableError
from credhub.store.appending import append
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.store import Store
from tests.engines import PostgresqlDatabases
from tests.store.samples import (
    LOG,
    NOW,
    Signers,
    log_signer,
    make_hub,
    note_unit,
    second_store_of,
    sequencer,
)

HOLD_HEAD = "SELECT size FROM ledger_head FOR UPDATE"
HOLDER = """
import sqlite3, sys, psycopg
url = sys.argv[1]
if url.startswith("sqlite"):
    held = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    held.execute("UPDATE ledger_head SET last_ms = last_ms")
else:
    held = psycopg.connect(url)
    held.execute("SELECT size FROM ledger_head FOR UPDATE")
print("held", flush=True)
sys.stdin.read()
"""


def audit(store: Store, number: HubNumber, size: int) -> None:
    with store.read() as tx:
        (log,) = tx.ledger.logs(number)
        tx.ledger.audit(log)
        latest = tx.ledger.latest_checkpoint(number, LOG)
        assert latest is not None
        assert (tx.ledger.head(number, LOG).size, latest.size) == (size, size)


@contextmanager
def holder(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that holds the head of the log, or SQLite's write lock, until it is killed."""
    command = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_process_that_dies_with_the_head_in_its_hand_stops_nobody(
    store: Store, database_url: str
) -> None:
    number = make_hub(store, Signers())

    with sequencer(store, log_signer) as running, ThreadPoolExecutor(8) as pool:
        running.submit(note_unit(number))
        with holder(database_url) as process:
            waiting = [pool.submit(running.submit, note_unit(number)) for _ in range(8)]
            assert not any(answer.done() for answer in waiting)
            process.send_signal(signal.SIGKILL)
            seqs = sorted(seq for answer in waiting for seq in answer.result().seqs)

    assert seqs == list(range(1, 9))
    audit(store, number, 9)


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
def test_whoever_waits_too_long_is_refused_and_the_log_goes_on(
    postgresql: PostgresqlDatabases, limit: str
) -> None:
    with postgresql.migrated() as url:
        options = {"options": f"-c {limit}=100ms"}
        limited = make_url(url).update_query_dict(options).render_as_string(hide_password=False)
        with closing(Store.open(limited)) as store, psycopg.connect(url) as other:
            number = make_hub(store, Signers())
            with sequencer(store, log_signer) as running:
                running.submit(note_unit(number))
                other.execute(HOLD_HEAD)
                for _ in range(3):
                    with pytest.raises(StoreUnavailableError):
                        running.submit(note_unit(number))
                other.rollback()
                assert running.submit(note_unit(number)).seqs == (1,)
            audit(store, number, 2)


def test_sqlite_that_is_busy_for_too_long_is_refused_and_the_log_goes_on(
    sqlite_url: str,
) -> None:
    with closing(Store.open(sqlite_url)) as store:
        number = make_hub(store, Signers())
        with sequencer(store, log_signer) as running:
            running.submit(note_unit(number))
            # The pool gives out the connection that came back last.
            with store.connect_to_read() as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout=50")
            with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
                other.execute("BEGIN IMMEDIATE")
                for _ in range(3):
                    with pytest.raises(StoreUnavailableError):
                        running.submit(note_unit(number))
                other.rollback()
            assert running.submit(note_unit(number)).seqs == (1,)
        audit(store, number, 2)


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue("sqlite").migrated() as url:
        yield url


class GivenUpError(Exception):
    """A writer changed its mind."""


def test_writers_that_give_up_half_way_leave_no_gap(store: Store, database_url: str) -> None:
    number = make_hub(store, Signers())
    random = Random(9)  # noqa: S311 - when to give up

    def give_up(_: int) -> None:
        with suppress(GivenUpError), store.connect_to_write() as connection:
            units = [note_unit(number) for _ in range(random.randint(1, 300))]
            append(connection, units, now_ms=to_ms(NOW))
            raise GivenUpError

    with (
        closing(Store.open(database_url)) as second,
        sequencer(store, log_signer) as one,
        sequencer(second, log_signer, second_store=second_store_of(store)) as other,
        ThreadPoolExecutor(6) as pool,
    ):
        answers = []
        for turn in range(120):
            answers.append(pool.submit((one, other)[turn % 2].submit, note_unit(number)))
            if turn % 10 == 0:
                pool.submit(give_up, turn)
        seqs = sorted(seq for answer in answers for seq in answer.result().seqs)

    assert seqs == list(range(120))
    audit(store, number, 120)
