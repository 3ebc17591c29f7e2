"""Faults of the disk under SQLite: the process ends at once, and the next start audits first.

After a failed ``fsync`` nobody knows what the disk holds, and trying again may be told a lie: the
operating system has given up the pages and says so once. PostgreSQL ends itself for the same
reason. A full disk is no such fault: nothing was written, and it can be emptied.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, ExceptionContext, event

from credhub.store.standing import LogStanding, Trouble

EXIT_CODE: Final = 74
"""``EX_IOERR`` of BSD's sysexits."""

MARK: Final = "audit-needed"
"""The name of the file that says so."""

_FATAL: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT})
_PRIMARY: Final = 0xFF
"""The low byte of an extended code says what sort of error it is."""

_OF_MEMORY: Final = frozenset({sqlite3.SQLITE_IOERR_NOMEM, sqlite3.SQLITE_IOERR_SHMSIZE})
"""Called I/O errors by SQLite, but nothing was written to the disk."""

OnDiskFault = Callable[[BaseException], None]

_logger: Final = logging.getLogger(__name__)


def is_disk_fault(error: BaseException | None) -> bool:
    """Say whether SQLite tells that it cannot know what the disk holds."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in _FATAL and code not in _OF_MEMORY


def watch(engine: Engine, on_fault: OnDiskFault) -> None:
    """Have a function called for every fault of the disk, before anybody handles the error."""

    def handle(context: ExceptionContext) -> None:
        if is_disk_fault(context.original_exception):
            on_fault(context.original_exception)

    event.listen(engine, "handle_error", handle)


class AuditMark:
    """Files that say that the ledgers must be audited before they take entries."""

    def __init__(self, places: Iterable[Path]) -> None:
        self._places = tuple(places)

    def leave(self, reason: str) -> None:
        """Make the files, as far as that is possible on a disk that fails."""
        for place in self._places:
            try:
                place.write_text(f"{reason}\n", encoding="utf-8")
            except OSError:
                _logger.exception("%s cannot be written", place)

    def found(self) -> bool:
        """Say whether a start before this one left it."""
        return any(place.exists() for place in self._places)

    def settle(self, refused: Iterable[LogStanding]) -> None:
        """Remove the files after an audit that found nothing."""
        if self.found() and not any(it.trouble is Trouble.UNSOUND for it in refused):
            _logger.warning("the ledgers were audited after a fault of the disk, and are sound")
            for place in self._places:
                _remove(place)


def _remove(place: Path) -> None:
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        _logger.warning("%s cannot be removed: %s", place, error.strerror)


class Ending:
    """Ends the process: says why, leaves the mark, and runs nothing that could write any more."""

    def __init__(self, mark: AuditMark, end: Callable[[int], None]) -> None:
        self._mark = mark
        self._end = end

    def __call__(self, error: BaseException) -> None:
        """End the process. When that returns, as in a test, so does this."""
        _logger.critical(
            "the disk failed under SQLite; the process ends, and the next start audits: %s", error
        )
        self._mark.leave(str(error))
        self._end(EXIT_CODE)
