"""A disk that fails under SQLite ends the process; the next start audits before it goes on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from credhub.errors import (
    LedgerIntegrityError,
    SecondStoreUnavailableError,
    StoreUnavailableError,
)
from credhub.store.disk_faults import EXIT_CODE, AuditMark, Ending, is_disk_fault
from credhub.store.migrating import check_up_to_date, upgrade
from credhub.store.second_store.opening import open_second_store
from credhub.store.standing import LogStanding, Trouble
from credhub.store.store import Store
from credhub.store.tables import ledger_entry, ledger_head
from tests.engines import SqliteDatabases
from tests.store.rows import as_owner, drop_guards
from tests.store.samples import LOG, Signers, log_signer, make_hub, note_unit, sequencer

PAGE = 4096


def fault(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code",
    [
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_DIR_FSYNC,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_READ,
        sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CORRUPT_INDEX,
    ],
)
def test_what_leaves_the_disk_unknown_is_a_fault_of_it(code: int) -> None:
    assert is_disk_fault(fault(code))


@pytest.mark.parametrize(
    "error",
    [
        None,
        OSError("no space"),
        *map(
            fault,
            (
                sqlite3.SQLITE_FULL,
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
                sqlite3.SQLITE_CANTOPEN,
                sqlite3.SQLITE_READONLY,
                sqlite3.SQLITE_CONSTRAINT_TRIGGER,
                sqlite3.SQLITE_IOERR_NOMEM,
                sqlite3.SQLITE_IOERR_SHMSIZE,
            ),
        ),
    ],
    ids=repr,
)
def test_what_passes_is_no_fault_of_the_disk(error: BaseException | None) -> None:
    assert not is_disk_fault(error)


@pytest.fixture
def url(sqlite: SqliteDatabases) -> Iterator[str]:
    with sqlite.migrated() as url:
        yield url


def damage(file: Path) -> None:
    """Overwrite every page but the first, as a disk that mixes up its blocks does."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with file.open("r+b") as pages:
        pages.seek(PAGE)
        pages.write(b"\xff" * (file.stat().st_size - PAGE))


def test_a_damaged_database_is_reported_whoever_reads_it(url: str) -> None:
    faults: list[BaseException] = []
    with closing(Store.open(url, on_disk_fault=faults.append)) as store:
        make_hub(store, Signers())
        assert not faults
        damage(Path(url.removeprefix("sqlite:///")))

    with (
        pytest.raises(DatabaseError),
        closing(Store.open(url, on_disk_fault=faults.append)) as again,
        again.connect_to_read() as connection,
    ):
        connection.execute(select(ledger_head)).all()

    assert [is_disk_fault(error) for error in faults] == [True]


def test_a_damaged_database_is_reported_before_the_service_starts(url: str) -> None:
    at_check: list[BaseException] = []
    at_upgrade: list[BaseException] = []
    damage(Path(url.removeprefix("sqlite:///")))

    with pytest.raises(StoreUnavailableError):
        check_up_to_date(url, on_disk_fault=at_check.append)
    with pytest.raises(DatabaseError):
        upgrade(url, on_disk_fault=at_upgrade.append)

    for faults in (at_check, at_upgrade):
        assert faults
        assert all(map(is_disk_fault, faults))


def test_a_damaged_second_store_is_reported(tmp_path: Path) -> None:
    faults: list[BaseException] = []
    file = tmp_path / "second.db"
    with closing(open_second_store(f"sqlite:///{file}")) as second:
        for number in range(200):
            second.swap(f"key {number}", old=None, new="text " * 100)
    damage(file)

    address = f"sqlite:///{file}"
    with (
        closing(open_second_store(address, on_disk_fault=faults.append)) as second,
        pytest.raises(SecondStoreUnavailableError),
    ):
        second.read("key 150")

    assert all(is_disk_fault(error) for error in faults)
    assert faults


def test_a_full_disk_is_refused_and_gone_on_after(url: str) -> None:
    faults: list[BaseException] = []
    with closing(Store.open(url, on_disk_fault=faults.append)) as store:
        number = make_hub(store, Signers())
        with sequencer(store, log_signer) as running:
            running.submit(note_unit(number))
            with store.connect_to_write() as connection:
                pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                with pytest.raises(OperationalError, match="full"):
                    connection.exec_driver_sql("CREATE TABLE much AS SELECT randomblob(100000)")
                connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
            running.submit(note_unit(number))

    assert not faults


def test_the_end_leaves_a_mark_in_every_place_that_can_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    codes: list[int] = []
    places = (tmp_path / "gone" / "mark", tmp_path / "mark")
    mark = AuditMark(places)
    assert not mark.found()

    Ending(mark, codes.append)(fault(sqlite3.SQLITE_IOERR_FSYNC))

    assert codes == [EXIT_CODE] == [74]
    assert places[1].read_text() == "disk I/O error\n"
    assert mark.found()
    assert "the disk failed under SQLite" in caplog.text
    assert f"{places[0]} cannot be written" in caplog.text


def test_a_mark_goes_when_the_audit_found_nothing(tmp_path: Path) -> None:
    standing = LogStanding(
        hub=1,  # type: ignore[arg-type]  # any number
        log=LOG,
        origin="hub.example/ledger/x/2026",
        size=1,
        signed_size=1,
        trouble=Trouble.UNSOUND,
    )
    mark = AuditMark((tmp_path / "one", tmp_path / "two"))
    mark.leave("disk I/O error")

    mark.settle((standing,))
    assert mark.found()

    mark.settle(())
    assert not mark.found()
    mark.settle(())


def test_a_mark_that_cannot_be_removed_keeps_nobody_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = tmp_path / "stuck", tmp_path / "other"
    stuck.mkdir()  # What cannot be unlinked stands for a folder that is read-only.
    other.touch()
    mark = AuditMark((stuck, other))

    mark.settle(())

    assert not other.exists()
    assert mark.found()
    assert f"{stuck} cannot be removed" in caplog.text


def test_an_audit_first_accepts_a_sound_ledger(store: Store) -> None:
    number = make_hub(store, Signers())
    with sequencer(store, log_signer) as running:
        running.submit(note_unit(number))

    with sequencer(store, log_signer, audit_first=True) as running:
        assert running.refused == ()
        assert running.submit(note_unit(number)).seqs == (1,)


@pytest.mark.parametrize("what", ["entry", "gone"])
def test_an_audit_first_refuses_what_is_not_sound(
    store: Store, database_url: str, what: str
) -> None:
    number, other = make_hub(store, Signers(), 1), make_hub(store, Signers(), 2)
    with sequencer(store, log_signer) as running:
        for _ in range(3):
            running.submit(note_unit(number))
        running.submit(note_unit(other))
    drop_guards(database_url)
    early = (ledger_entry.c.hub_id == number, ledger_entry.c.seq == 0)
    with as_owner(database_url) as connection:
        connection.execute(
            update(ledger_entry).where(*early).values(leaf_hash=bytes(32))
            if what == "entry"
            else delete(ledger_entry).where(*early)
        )

    with sequencer(store, log_signer, audit_first=True) as running:
        (standing,) = running.refused
        assert (standing.hub, standing.trouble) == (number, Trouble.UNSOUND)
        assert "ledger_entry" in standing.message
        with pytest.raises(LedgerIntegrityError):
            running.submit(note_unit(number))
        assert running.submit(note_unit(other)).seqs == (1,)
