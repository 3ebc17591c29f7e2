"""SQLite's log is moved by us: when it is long, as far as readers let it, and at the end."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import Connection, Engine, event

from credhub.store.engine import make_engine, writing
from credhub.store.sqlite_log import SqliteLog, flush_folder
from tests.engines import PostgresqlDatabases

PAGES = 20
PAGE = 4096


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.db"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{file}", pool_size=3)
    with writing(engine).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (text BLOB)")
    yield engine
    engine.dispose()


def write(engine: Engine, pages: int) -> None:
    with writing(engine).begin() as connection:
        connection.exec_driver_sql("INSERT INTO kept VALUES (randomblob(?))", (pages * PAGE,))


def test_sqlite_itself_never_moves_it(engine: Engine, file: Path) -> None:
    before = file.stat().st_size

    write(engine, 2000)

    assert file.stat().st_size == before


def test_it_is_moved_when_it_is_long_and_begins_anew(engine: Engine, file: Path) -> None:
    log = SqliteLog(engine, pages=PAGES)
    before = file.stat().st_size

    log.move_when_long()
    write(engine, PAGES // 2)
    log.move_when_long()
    assert file.stat().st_size == before

    for grown in range(1, 4):
        write(engine, PAGES)
        log.move_when_long()
        assert file.stat().st_size >= before + grown * PAGES * PAGE

    # It was written over: three times its length were written.
    assert file.with_name("some.db-wal").stat().st_size < 2.5 * PAGES * PAGE


def test_a_reader_keeps_it_and_it_is_tried_again_later(engine: Engine, file: Path) -> None:
    log = SqliteLog(engine, pages=PAGES)
    with engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM kept").one()
        before = file.stat().st_size
        write(engine, PAGES)
        log.move_when_long()
        write(engine, PAGES)
        log.move_when_long()
        held = file.stat().st_size

    write(engine, PAGES)
    log.move_when_long()

    assert held - before < PAGES * PAGE
    assert file.stat().st_size >= before + 3 * PAGES * PAGE


def test_readers_who_take_turns_do_not_make_it_grow(engine: Engine, file: Path) -> None:
    log, ended, started = SqliteLog(engine, pages=PAGES), Event(), Barrier(3)

    def read_on() -> None:
        started.wait()
        while not ended.is_set():
            with engine.connect() as reader:
                reader.exec_driver_sql("SELECT count(*) FROM kept").one()
                ended.wait(0.005)

    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(read_on) for _ in range(2)]
        started.wait()
        for _ in range(50):
            write(engine, PAGES)
            log.move_when_long()
        ended.set()
        for it in reading:
            it.result()

    assert file.with_name("some.db-wal").stat().st_size < 5 * PAGES * PAGE


def test_at_the_end_all_of_it_is_moved_and_it_is_gone(engine: Engine, file: Path) -> None:
    before = file.stat().st_size
    write(engine, PAGES)

    SqliteLog(engine).close()

    assert file.stat().st_size > before
    assert not file.with_name("some.db-wal").exists()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)


def test_a_reader_of_the_newest_state_keeps_nothing(engine: Engine, file: Path) -> None:
    write(engine, PAGES)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM kept").fetchone()
        assert SqliteLog(engine).move() >= PAGES


def test_what_is_no_fault_of_the_disk_is_told_and_done_later(
    engine: Engine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(engine, PAGES)
    before = file.stat().st_size

    def read_first(connection: Connection) -> None:
        # SQLite moves nothing for a connection that is reading.
        connection.exec_driver_sql("SELECT count(*) FROM kept").one()

    event.listen(engine, "begin", read_first)
    assert SqliteLog(engine).move() == 0
    assert "stays in its log for now" in caplog.text
    assert file.stat().st_size == before

    event.remove(engine, "begin", read_first)
    assert SqliteLog(engine).move() >= PAGES
    assert file.stat().st_size > before


def test_where_there_is_no_log_there_is_nothing_to_move(engine: Engine, file: Path) -> None:
    log = SqliteLog(engine, pages=1)
    write(engine, PAGES)
    log.close()
    before = file.read_bytes()

    log.move_when_long()

    assert file.read_bytes() == before


def test_who_may_only_read_leaves_it_alone(engine: Engine, file: Path) -> None:
    write(engine, PAGES)
    before = file.stat().st_size
    reading = make_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    log = SqliteLog(reading)

    with reading.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM kept").scalar_one() == 1
    assert log.move() == 0
    log.close()

    assert file.stat().st_size == before


def test_postgresql_has_its_own(postgresql: PostgresqlDatabases) -> None:
    with postgresql.migrated() as url:
        engine = make_engine(url, pool_size=1)
        log = SqliteLog(engine, pages=1)

        log.move_when_long()

        assert log.move() == 0
        log.close()


def test_a_folder_that_cannot_be_flushed_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    flush_folder(tmp_path)
    with pytest.raises(sqlite3.OperationalError) as fault:
        flush_folder(tmp_path / "gone")

    assert fault.value.sqlite_errorcode == sqlite3.SQLITE_IOERR_DIR_FSYNC


def test_file_systems_without_flushes_of_folders_are_believed() -> None:
    flush_folder(Path("/proc"))


def test_a_database_in_memory_has_no_folder() -> None:
    engine = make_engine("sqlite://", pool_size=1)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()
