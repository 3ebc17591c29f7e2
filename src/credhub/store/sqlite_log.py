"""SQLite's write-ahead log, moved to the database where errors of it are seen.

What SQLite does by itself after a commit, or when the last connection closes, keeps an error of the
disk to itself, and so does its flush of the folder that a new log is in. We do both: the log is
moved by a statement of ours, and the folder is flushed before anything is written. SQLite's own
attempts then find nothing left to do.

Nobody but SQLite may open the database or its ``-shm``: closing them would drop its locks.
There are none on the log.
"""

import errno
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, Literal

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from credhub.store.disk_faults import is_disk_fault
from credhub.store.read_only import only_reads

PAGES: Final = 8000
"""32 megabytes at once: a large batch alone writes two, and a move costs three flushes."""

_PATIENCE_MS: Final = 100
"""How long writers wait for those who read in it, so that it can begin anew."""

_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_PAGE_SIZE: Final = slice(8, 12)
_SALTS: Final = slice(16, 24)
_SALTS_OF_FRAME: Final = slice(8, 16)
"""Frames of the log as it is now have the salts of its header (SQLite's "WAL-mode file format")."""

_NO_FLUSH_HERE: Final = frozenset({errno.EINVAL, errno.ENOTSUP})
"""How a file system says that its folders need none."""

_logger: Final = logging.getLogger(__name__)


class SqliteLog:
    """The log of one database. On PostgreSQL, which has its own, there is nothing to do."""

    def __init__(self, engine: Engine, *, pages: int = PAGES) -> None:
        self._engine = engine
        self._is_there = engine.dialect.name == "sqlite"
        self._pages = pages
        self._busy = Lock()
        self._database: str | None = None
        self._salts = b""
        self._due = pages

    def move_when_long(self) -> None:
        """Move it when it has grown long. For after a commit; one thread does it for all.

        Raises:
            DatabaseError: The disk failed.
        """
        if self._is_there and self._busy.acquire(blocking=False):
            try:
                if self._is_long():
                    moved = self.move()
                    self._checkpoint("RESTART")
                    self._due = max(moved, self._pages) + self._pages
            finally:
                self._busy.release()

    def move(self) -> int:
        """Move all of it that no reader needs, and give how many pages it has.

        Without room for them nothing is lost, and it is done later.

        Raises:
            DatabaseError: The disk failed.
        """
        return self._checkpoint("PASSIVE")

    def close(self) -> None:
        """Move it, and close all connections that are not in use.

        Raises:
            DatabaseError: The disk failed.
        """
        pool = self._engine.pool
        try:
            if isinstance(pool, QueuePool) and pool.checkedin():
                self.move()
        finally:
            self._engine.dispose()

    def _checkpoint(self, mode: Literal["PASSIVE", "RESTART"]) -> int:
        """Move it as far as nobody is held up, or so that the next writer begins it anew.

        While a batch is issued there is always somebody who reads when somebody writes. If nobody
        ever waited a moment for them, the log would grow with the batch.
        """
        try:
            if not self._is_there or not self._is_writable():
                return 0
            with self._engine.connect() as connection, _impatient(connection):
                moved = connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})").one()
        except DatabaseError as error:
            if is_disk_fault(error.orig):
                raise
            _logger.warning("what SQLite wrote stays in its log for now: %s", error.orig)
            return 0
        return int(moved[1])

    def _is_long(self) -> bool:
        """Say whether the page at which it is due was written since it last began."""
        try:
            file = os.open(f"{self._find()}-wal", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            header = os.pread(file, _HEADER, 0)
            if header[_SALTS] != self._salts:
                self._salts, self._due = header[_SALTS], self._pages
            size = int.from_bytes(header[_PAGE_SIZE], "big") + _FRAME_HEADER
            frame = os.pread(file, _FRAME_HEADER, _HEADER + (self._due - 1) * size)
        finally:
            os.close(file)
        return bool(frame) and frame[_SALTS_OF_FRAME] == self._salts

    def _is_writable(self) -> bool:
        """Say whether moving could work; one that cannot write calls it an error of the disk."""
        return not only_reads(self._engine.url) and os.access(self._find(), os.W_OK)

    def _find(self) -> str:
        if self._database is None:
            with self._engine.connect() as connection:
                databases = connection.exec_driver_sql("PRAGMA database_list").all()
            self._database = str(databases[0][2])
        return self._database


@contextmanager
def _impatient(connection: Connection) -> Iterator[None]:
    usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE_MS}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={usual}")


def flush_folder_of(cursor: DBAPICursor) -> None:
    """Make sure that a log that is new can be found after a power cut.

    Raises:
        sqlite3.OperationalError: The disk failed.
    """
    cursor.execute("PRAGMA database_list")
    database = cursor.fetchall()[0][2]
    if database:  # Else it is in memory.
        flush_folder(Path(database).parent)


def flush_folder(folder: Path) -> None:
    """Make sure that what was made in a folder can be found after a power cut.

    Raises:
        sqlite3.OperationalError: The disk failed.
    """
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as error:
        if error.errno not in _NO_FLUSH_HERE:
            raise _failed(error) from error


def _failed(error: OSError) -> sqlite3.OperationalError:
    failed = sqlite3.OperationalError(f"disk I/O error: the folder: {error.strerror}")
    failed.sqlite_errorcode = sqlite3.SQLITE_IOERR_DIR_FSYNC
    return failed
