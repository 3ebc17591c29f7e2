"""Bringing a database to the tables of this version, and refusing one that is not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, OperationalError

from credhub.errors import SchemaNotCurrentError, StoreUnavailableError
from credhub.store.engine import make_engine, writing

_PACKAGE: Final = Path(__file__).parent.parent
_PLACES: Final = (_PACKAGE / "migrations", _PACKAGE.parent.parent / "migrations")
"""In a wheel, then in a checkout."""

_LOCK: Final = 0x63726564  # "cred"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database forward, in one transaction. Several processes may try at once."""
    with _alone(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back, in one transaction. Data of the tables that go are lost."""
    with _alone(url) as connection:
        command.downgrade(_config(connection), revision)


def current(url: str) -> str | None:
    """Say which version a database is at.

    Raises:
        StoreUnavailableError: It cannot be reached.
    """
    engine = make_engine(url, pool_size=1)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        raise StoreUnavailableError from error
    finally:
        engine.dispose()


def head() -> str:
    """Say which version this program needs."""
    revision = ScriptDirectory(str(_folder())).get_current_head()
    if revision is None:
        raise FileNotFoundError(_folder() / "versions")
    return revision


def check_up_to_date(url: str) -> None:
    """Refuse a database that an older or newer program made.

    Raises:
        SchemaNotCurrentError: Its tables are not those of this version.
    """
    found, expected = current(url), head()
    if found != expected:
        raise SchemaNotCurrentError(found, expected)


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    engine = make_engine(url, pool_size=1)
    try:
        # The write lock of SQLite keeps others out; PostgreSQL has one for such purposes.
        with writing(engine).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
    except OperationalError as error:
        raise StoreUnavailableError from error
    finally:
        engine.dispose()


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
