"""Connections to SQLite and PostgreSQL, set up so that what is acknowledged is durable."""

from typing import Final, Literal

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from credhub.errors import UnsafeSettingsError

POOL_SIZE: Final = 40
"""As many as there are threads that answer requests."""

_OVERFLOW: Final = 8
"""For the sequencer and the background loops: requests can never starve them."""

_BEGIN: Final = "credhub_begin"
# Every writer says for itself how durable it is, because connections are used again.
_BEGIN_WRITE: Final = ("PRAGMA synchronous=FULL", "BEGIN IMMEDIATE")
_BEGIN_NOTE: Final = ("PRAGMA synchronous=NORMAL", "BEGIN IMMEDIATE")

_SQLITE_PRAGMAS: Final = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",
    "PRAGMA foreign_keys=ON",
    # REPLACE then fires the triggers that refuse deletion.
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
    # What is erased is overwritten.
    "PRAGMA secure_delete=ON",
)
_SQLITE_EXPECTED: Final = {
    "journal_mode": ("wal",),
    "synchronous": ("2", "3"),
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
    """Make an engine for a SQLite file or a PostgreSQL database."""
    address = _with_driver(make_url(url))
    engine = create_engine(
        address,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=_OVERFLOW,
        # Values never reach a log or an error message.
        hide_parameters=True,
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def writing(engine: Engine) -> Engine:
    """Give the same engine for writers: SQLite's write lock is taken when a transaction begins."""
    return engine.execution_options(**{_BEGIN: _BEGIN_WRITE})


def noting(engine: Engine) -> Engine:
    """Give the same engine for notes: what can be made again after a power cut.

    Their commits need not reach the disk at once. Later ones of writers carry them along.
    """
    return engine.execution_options(**{_BEGIN: _BEGIN_NOTE})


def reading(engine: Engine) -> Engine:
    """Give the same engine, whose transactions see one state of the database throughout."""
    if engine.dialect.name == "sqlite":
        return engine
    level: Literal["REPEATABLE READ"] = "REPEATABLE READ"
    return engine.execution_options(isolation_level=level, postgresql_readonly=True)


def check_settings(connection: Connection) -> None:
    """Read back the settings that durability and the guards rest on.

    Raises:
        UnsafeSettingsError: One of them is not as it must be.
    """
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
    # Otherwise the driver begins transactions by itself, and later than we want.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    for statement in connection.get_execution_options().get(_BEGIN, ("BEGIN",)):
        connection.exec_driver_sql(statement)


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_BEGIN) is _BEGIN_NOTE:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
