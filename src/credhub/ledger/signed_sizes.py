"""The sizes at which a log was signed: opened where they are read, compared where a tree is whole.

A span of a log knows only the hash over its own entries, so comparing waits for what is before it.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from credhub.errors import LedgerError, LedgerFaultError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import CheckpointRow, LogRow
from credhub.ledger.spelling import MAX_SIZE

TABLE: Final = "ledger_checkpoint"


def key_of(log: LogRow) -> VerifierKey:
    """Read the key that signs a log.

    Raises:
        LedgerFaultError: The key of the log's row is not one, or not named after its origin.
    """
    try:
        key = VerifierKey.parse(log.vkey)
    except LedgerError as error:
        raise _log_fault(log, "vkey", str(error)) from error
    if key.name != log.origin:
        raise _log_fault(log, "origin", "the key of the log has another name.")
    return key


def opened(log: LogRow, key: VerifierKey, rows: Iterable[CheckpointRow]) -> Iterator[Checkpoint]:
    """Read checkpoint rows in the order of their sizes.

    Raises:
        LedgerFaultError: A row is not what the key of the log signed.
    """
    previous = -1
    for row in rows:
        try:
            checkpoint = open_checkpoint(row.note, (key,))
        except LedgerError as error:
            raise _fault(log, row, "note", str(error)) from error
        if checkpoint.size != row.size:
            raise _fault(log, row, "size", "the note says another size.")
        if checkpoint.root != row.root:
            raise _fault(log, row, "root", "the note says another root.")
        if row.size <= previous:
            raise _fault(log, row, "size", "the size is not larger than the one before.")
        previous = row.size
        yield checkpoint


class SignedSizes:
    """Checkpoints compared with the tree as it is linked together.

    Attributes:
        count: How many agree, of the log's own and kept ones.
        last_size: The size of the largest of them.
    """

    def __init__(self, log: LogRow, kept: Iterable[str]) -> None:
        """Take the notes of this log that were kept elsewhere, in any order.

        Raises:
            LedgerFaultError: The log has no key.
            NoteError, CheckpointError: A kept note is not a checkpoint of this log.
        """
        self._log = log
        self.key = key_of(log)
        notes = (open_checkpoint(note, (self.key,)) for note in kept)
        self._kept = sorted(notes, key=attrgetter("size"))
        self.count = 0
        self.last_size = 0

    def kept_sizes(self, after: int, end: int) -> tuple[int, ...]:
        """Give the sizes of kept checkpoints over ``after`` and up to ``end``."""
        return tuple(note.size for note in self._kept if after < note.size <= end)

    def compare(
        self, signed: Iterable[Checkpoint], after: int, end: int, root_at: dict[int, bytes]
    ) -> None:
        """Compare the checkpoints of sizes over ``after`` and up to ``end`` with the tree.

        Raises:
            LedgerFaultError: The tree is not the one that was signed.
        """
        kept = (note for note in self._kept if after < note.size <= end)
        by_size = attrgetter("size")
        for size, checkpoints in groupby(sorted((*signed, *kept), key=by_size), key=by_size):
            for checkpoint in checkpoints:
                if checkpoint.root != root_at[size]:
                    raise self._rewritten(size)
                self.count += 1
            self.last_size = size

    def finish(self, size: int, larger: Iterable[CheckpointRow]) -> None:
        """Check that nothing larger than the log was ever signed.

        Raises:
            LedgerFaultError: Entries are missing at the end, or a row is not what was signed.
        """
        own = list(opened(self._log, self.key, larger))
        sizes = [one.size for one in own] + list(self.kept_sizes(size, MAX_SIZE))
        if sizes:
            raise LedgerFaultError(
                table="ledger_entry",
                log=self._log.log,
                seq=size,
                column="seq",
                message=f"the entry is missing: a log of {min(sizes)} entries was signed.",
            )

    def _rewritten(self, size: int) -> LedgerFaultError:
        return LedgerFaultError(
            table="ledger_entry",
            log=self._log.log,
            seq=self.last_size,
            column="entry",
            message=f"the entries from here to {size - 1} are not those that were signed.",
        )


def _fault(log: LogRow, row: CheckpointRow, column: str, message: str) -> LedgerFaultError:
    return LedgerFaultError(table=TABLE, log=log.log, seq=row.size, column=column, message=message)


def _log_fault(log: LogRow, column: str, message: str) -> LedgerFaultError:
    return LedgerFaultError(
        table="ledger_log", log=log.log, seq=None, column=column, message=message
    )
