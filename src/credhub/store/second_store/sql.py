"""A second store in one table of a SQLite file or a PostgreSQL database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from credhub.errors import SecondStoreConflictError, SecondStoreUnavailableError
from credhub.store.engine import check_settings, make_engine, writing

_CONNECTIONS: Final = 2

_metadata: Final = MetaData()
_table: Final = Table(
    "credhub_second_store",
    _metadata,
    Column("key", Text, primary_key=True),
    Column("text", Text, nullable=False),
)


class SqlSecondStore:
    """Texts in a table. Each swap is one commit, which reaches the disk before it returns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = writing(engine)

    @classmethod
    def open(cls, url: str) -> Self:
        """Connect, and make the table when it is missing.

        Raises:
            SecondStoreUnavailableError: It cannot be reached.
            UnsafeSettingsError: It may lose what it acknowledges.
        """
        store = cls(make_engine(url, pool_size=_CONNECTIONS))
        try:
            with store._connected(store._engine) as connection:
                check_settings(connection)
            store._make_table()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open_file(cls, path: Path) -> Self:
        """Open a SQLite file, which is made for its owner alone.

        Raises:
            SecondStoreUnavailableError: It cannot be opened.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
        except OSError as error:
            raise SecondStoreUnavailableError from error
        return cls.open(f"sqlite:///{path}")

    def read(self, key: str) -> str | None:
        """Read a text."""
        with self._connected(self._engine) as connection:
            text: str | None = connection.execute(
                select(_table.c.text).where(_table.c.key == key)
            ).scalar_one_or_none()
        return text

    def swap(self, key: str, *, old: str | None, new: str) -> None:
        """Replace a text that is still ``old``."""
        change = _create if old is None else _replace
        with self._connected(self._writing) as connection, connection.begin():
            change(connection, key, old, new)

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    def _make_table(self) -> None:
        # Two processes that start together may both make it; one of them is refused.
        with suppress(SecondStoreUnavailableError), self._connected(self._writing) as connection:
            _metadata.create_all(connection)
            connection.commit()
        self.read("")

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeoutError) as error:
            raise SecondStoreUnavailableError from error


def _create(connection: Connection, key: str, _old: str | None, new: str) -> None:
    try:
        connection.execute(insert(_table).values(key=key, text=new))
    except IntegrityError as error:
        raise SecondStoreConflictError(key) from error


def _replace(connection: Connection, key: str, old: str | None, new: str) -> None:
    statement = update(_table).where(_table.c.key == key, _table.c.text == old).values(text=new)
    if connection.execute(statement).rowcount != 1:
        raise SecondStoreConflictError(key)
