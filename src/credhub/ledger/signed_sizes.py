"""The sizes at which a log was signed, compared with the tree while the audit walks along."""

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import attrgetter
from typing import Final

from credhub.errors import LedgerError, LedgerFaultError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import CheckpointRow, LogRow

TABLE: Final = "ledger_checkpoint"


class SignedSizes:
    """All checkpoints of a log, from its rows and from elsewhere, in the order of their sizes.

    ``next_size`` is the size of the next one; ``None`` after the last.
    """

    def __init__(self, log: LogRow, rows: Iterable[CheckpointRow], kept: Iterable[str]) -> None:
        """Take the rows in the order of their sizes, and notes in any order.

        Raises:
            LedgerFaultError: The key of the log's row is not one, or not named after its origin.
            NoteError, CheckpointError: A kept note is not a checkpoint of this log.
        """
        self._log = log
        self._key = _key_of(log)
        notes = sorted((self._open(note) for note in kept), key=attrgetter("size"))
        self._ahead = merge(self._read(rows), notes, key=attrgetter("size"))
        self._next = next(self._ahead, None)
        self.count = 0
        self.last_size = 0

    @property
    def next_size(self) -> int | None:
        """The size of the next checkpoint."""
        return None if self._next is None else self._next.size

    def compare(self, size: int, root: bytes) -> int | None:
        """Compare all checkpoints of one size with the tree, and give the next size.

        Raises:
            LedgerFaultError: The tree is not the one that was signed.
        """
        while self._next is not None and self._next.size == size:
            if self._next.root != root:
                raise self._rewritten(size)
            self.count += 1
            self._next = next(self._ahead, None)
        self.last_size = size
        return self.next_size

    def finish(self, size: int) -> None:
        """Check that nothing larger than the log was ever signed.

        Raises:
            LedgerFaultError: Entries are missing at the end.
        """
        if self._next is not None:
            raise LedgerFaultError(
                table="ledger_entry",
                log=self._log.log,
                seq=size,
                column="seq",
                message=f"the entry is missing: a log of {self._next.size} entries was signed.",
            )

    def _rewritten(self, size: int) -> LedgerFaultError:
        return LedgerFaultError(
            table="ledger_entry",
            log=self._log.log,
            seq=self.last_size,
            column="entry",
            message=f"the entries from here to {size - 1} are not those that were signed.",
        )

    def _open(self, note: str) -> Checkpoint:
        return open_checkpoint(note, (self._key,))

    def _read(self, rows: Iterable[CheckpointRow]) -> Iterator[Checkpoint]:
        previous = -1
        for row in rows:
            try:
                checkpoint = self._open(row.note)
            except LedgerError as error:
                raise self._fault(row, "note", str(error)) from error
            if checkpoint.size != row.size:
                raise self._fault(row, "size", "the note says another size.")
            if checkpoint.root != row.root:
                raise self._fault(row, "root", "the note says another root.")
            if row.size <= previous:
                raise self._fault(row, "size", "the size is not larger than the one before.")
            previous = row.size
            yield checkpoint

    def _fault(self, row: CheckpointRow, column: str, message: str) -> LedgerFaultError:
        return LedgerFaultError(
            table=TABLE, log=self._log.log, seq=row.size, column=column, message=message
        )


def _key_of(log: LogRow) -> VerifierKey:
    try:
        key = VerifierKey.parse(log.vkey)
    except LedgerError as error:
        raise _log_fault(log, "vkey", str(error)) from error
    if key.name != log.origin:
        raise _log_fault(log, "origin", "the key of the log has another name.")
    return key


def _log_fault(log: LogRow, column: str, message: str) -> LedgerFaultError:
    return LedgerFaultError(
        table="ledger_log", log=log.log, seq=None, column=column, message=message
    )
