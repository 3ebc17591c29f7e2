"""Connections to SQLite and PostgreSQL, set up so that what is acknowledged is durable."""

from collections.abc import Iterable
from typing import Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from credhub.errors import UnsafeSettingsError
from credhub.store.read_only import as_found, only_reads
from credhub.store.sqlite_log import flush_folder_of

POOL_SIZE: Final = 40
"""As many as there are threads that answer requests."""

_OVERFLOW: Final = 8
"""For the sequencer and the background loops: requests can never starve them."""

_BEGIN: Final = "credhub_begin"

_SQLITE_PRAGMAS: Final = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    # SQLite would keep an error of the disk to itself: see sqlite_log.
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA fullfsync=ON",
    "PRAGMA foreign_keys=ON",
    # REPLACE then fires the triggers that refuse deletion.
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
    # What is erased is overwritten.
    "PRAGMA secure_delete=ON",
)
_SQLITE_TO_READ: Final = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA trusted_schema=OFF",
    # There may be no room for files on any disk.
    "PRAGMA temp_store=MEMORY",
)
_SQLITE_EXPECTED: Final = {
    "journal_mode": ("wal",),
    "synchronous": ("2", "3"),
    "wal_autocheckpoint": ("0",),
    "foreign_keys": ("1",),
    "recursive_triggers": ("1",),
    "trusted_schema": ("0",),
    "secure_delete": ("1",),
}
_POSTGRESQL_EXPECTED: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
}


def make_engine(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """Make an engine for a SQLite file or a PostgreSQL database.

    A file on a disk that is read-only is opened to read.
    """
    engine = create_engine(
        as_found(_with_driver(make_url(url))),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=_OVERFLOW,
        # Values never reach a log or an error message.
        hide_parameters=True,
    )
    if engine.dialect.name == "sqlite":
        set_up = _set_up_sqlite_to_read if only_reads(engine.url) else _set_up_sqlite
        event.listen(engine, "connect", set_up)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_note_engine(url: str) -> Engine:
    """Make an engine for notes: what can be made again after a power cut.

    Their commits need not reach the disk at once; the next one of a writer carries them along.
    The connections are its own, so that no writer ever gets one.
    """
    engine = make_engine(url, pool_size=1)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _relax_sqlite)
        return writing(engine)
    event.listen(engine, "connect", _relax_postgresql)
    return newest(engine)


def writing(engine: Engine) -> Engine:
    """Give the same engine for writers: SQLite's write lock is taken when a transaction begins."""
    return engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})


def newest(engine: Engine) -> Engine:
    """Give the same engine, whose every statement sees, and is, the newest state."""
    if engine.dialect.name == "sqlite":
        return engine  # A transaction costs it no round trips.
    level: Literal["AUTOCOMMIT"] = "AUTOCOMMIT"
    return engine.execution_options(isolation_level=level)


def reading(engine: Engine) -> Engine:
    """Give the same engine, whose transactions see one state of the database throughout."""
    if engine.dialect.name == "sqlite":
        return engine
    level: Literal["REPEATABLE READ"] = "REPEATABLE READ"
    return engine.execution_options(isolation_level=level, postgresql_readonly=True)


def check_settings(connection: Connection) -> None:
    """Read back the settings that durability and the guards rest on.

    What is only read has nothing to keep.

    Raises:
        UnsafeSettingsError: One of them is not as it must be.
    """
    if only_reads(connection.engine.url):
        return
    sqlite = connection.dialect.name == "sqlite"
    expected, ask = (_SQLITE_EXPECTED, "PRAGMA") if sqlite else (_POSTGRESQL_EXPECTED, "SHOW")
    for name, allowed in expected.items():
        value = str(connection.exec_driver_sql(f"{ask} {name}").scalar_one()).lower()
        if value not in allowed:
            raise UnsafeSettingsError(name, value)


def _with_driver(address: URL) -> URL:
    match address.get_backend_name():
        case "sqlite":
            return address
        case "postgresql":
            return address.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"CREDHUB_DATABASE_URL must be sqlite or postgresql, not {other}")


def _set_up_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = _tell(connection, _SQLITE_PRAGMAS)
    flush_folder_of(cursor)
    cursor.close()


def _set_up_sqlite_to_read(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    _tell(connection, _SQLITE_TO_READ).close()


def _tell(connection: DBAPIConnection, pragmas: Iterable[str]) -> DBAPICursor:
    # Otherwise the driver begins transactions by itself, and later than we want.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(pragma)
    return cursor


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


def _relax_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _relax_postgresql(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("SET synchronous_commit = off")
    cursor.close()
    connection.commit()
