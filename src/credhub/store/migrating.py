"""Bringing a database to the tables of this version, and refusing one that is not there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from credhub.errors import SchemaNotCurrentError, StoreUnavailableError
from credhub.store.disk_faults import OnDiskFault, watch
from credhub.store.engine import make_engine, writing
from credhub.store.sqlite_log import SqliteLog

_PACKAGE: Final = Path(__file__).parent.parent
_PLACES: Final = (_PACKAGE / "migrations", _PACKAGE.parent.parent / "migrations")
"""In a wheel, then in a checkout."""

_LOCK: Final = 0x63726564  # "cred"


def upgrade(url: str, revision: str = "head", *, on_disk_fault: OnDiskFault | None = None) -> None:
    """Bring a database forward, in one transaction. Several processes may try at once.

    Args:
        url: Where it is.
        revision: Which version to bring it to.
        on_disk_fault: Called when the disk fails under SQLite.

    Raises:
        StoreUnavailableError: It cannot be used.
    """
    with _alone(url, on_disk_fault) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back, in one transaction. Data of the tables that go are lost."""
    with _alone(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str, *, on_disk_fault: OnDiskFault | None = None) -> str | None:
    """Say which version a database is at.

    Raises:
        StoreUnavailableError: It cannot be reached.
    """
    try:
        with _opened(url, on_disk_fault) as engine, engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        raise StoreUnavailableError from error


def head() -> str:
    """Say which version this program needs."""
    revision = ScriptDirectory(str(_folder())).get_current_head()
    if revision is None:
        raise FileNotFoundError(_folder() / "versions")
    return revision


def check_up_to_date(url: str, *, on_disk_fault: OnDiskFault | None = None) -> None:
    """Refuse a database that an older or newer program made.

    Raises:
        SchemaNotCurrentError: Its tables are not those of this version.
    """
    found, expected = current(url, on_disk_fault=on_disk_fault), head()
    if found != expected:
        raise SchemaNotCurrentError(found, expected)


@contextmanager
def _opened(url: str, on_disk_fault: OnDiskFault | None) -> Iterator[Engine]:
    engine = make_engine(url, pool_size=1)
    if on_disk_fault is not None:
        watch(engine, on_disk_fault)
    with closing(SqliteLog(engine)):
        yield engine


@contextmanager
def _alone(url: str, on_disk_fault: OnDiskFault | None = None) -> Iterator[Connection]:
    try:
        # The write lock of SQLite keeps others out; PostgreSQL has one for such purposes.
        with _opened(url, on_disk_fault) as engine, writing(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
    except OperationalError as error:
        raise StoreUnavailableError from error


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _folder() -> Path:
    for place in _PLACES:
        if (place / "env.py").is_file():
            return place
    raise FileNotFoundError(_PLACES[0])
