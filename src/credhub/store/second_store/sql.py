"""A second store in one table of a SQLite file or a PostgreSQL database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from credhub.errors import SecondStoreConflictError, SecondStoreUnavailableError
from credhub.store.disk_faults import OnDiskFault, watch
from credhub.store.engine import check_settings, make_engine, writing
from credhub.store.read_only import is_read_only
from credhub.store.sqlite_log import SqliteLog

_CONNECTIONS: Final = 2

_logger: Final = logging.getLogger(__name__)

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
        self._log = SqliteLog(engine)
        self._is_ready = False

    @classmethod
    def open(cls, url: str, *, on_disk_fault: OnDiskFault | None = None) -> Self:
        """Find a database. It is connected to when it is used, and may come up later."""
        engine = make_engine(url, pool_size=_CONNECTIONS)
        if on_disk_fault is not None:
            watch(engine, on_disk_fault)
        return cls(engine)

    @classmethod
    def open_file(cls, path: Path, *, on_disk_fault: OnDiskFault | None = None) -> Self:
        """Find or make a SQLite file, for its owner alone.

        Raises:
            SecondStoreUnavailableError: It cannot be made.
        """
        url = f"sqlite:///{path}"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (path.exists() and is_read_only(url)):
                path.touch(mode=0o600)
        except OSError as error:
            _logger.error("%s: %s; CREDHUB_SECOND_STORE names another place", path, error.strerror)  # noqa: TRY400 - the operator needs no trace
            raise SecondStoreUnavailableError from error
        return cls.open(url, on_disk_fault=on_disk_fault)

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
        with _translated():
            self._log.move_when_long()

    def close(self) -> None:
        """Move SQLite's log, and close all connections that are not in use.

        Raises:
            SecondStoreUnavailableError: The disk failed, and nobody ended the process for it.
        """
        with _translated():
            self._log.close()

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        with _translated():
            if not self._is_ready:
                self._prepare()
                self._is_ready = True
            with engine.connect() as connection:
                yield connection

    def _prepare(self) -> None:
        """Make the table, unless another process is making it: then that is found or repeated.

        Raises:
            UnsafeSettingsError: The database may lose what it acknowledges.
        """
        with self._engine.connect() as connection:
            check_settings(connection)
        with suppress(IntegrityError, ProgrammingError), self._writing.begin() as connection:
            _metadata.create_all(connection)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
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
