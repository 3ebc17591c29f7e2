"""What was published of our own logs: the last checkpoint of each, in the second store."""

from collections.abc import Iterable
from typing import Final

from credhub.errors import CheckpointError, LedgerIntegrityError
from credhub.ledger.checkpoint import Checkpoint
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.protocol import SecondStore

_PREFIX: Final = "log/"


class Published:
    """The last checkpoint of each log, remembered between swaps. Used by one thread.

    The key is the log's verifier key: a new hub under an old address is another log.
    """

    def __init__(self, second_store: SecondStore, witnessed: Iterable[Checkpoint] = ()) -> None:
        self._second_store = second_store
        self._witnessed = tuple(witnessed)
        self._checked = set[str]()
        self._last: dict[str, str | None] = {}

    def last(self, row: LedgerLog) -> Checkpoint | None:
        """Give what was published last, as far as this process knows.

        Whoever swaps has committed before, so rows that are read after this hold that tree.

        Raises:
            SecondStoreUnavailableError: It cannot be asked.
            LedgerIntegrityError: What it holds is no checkpoint.
        """
        if row.vkey not in self._last:
            self._last[row.vkey] = self._second_store.read(_PREFIX + row.vkey)
        text = self._last[row.vkey]
        try:
            return None if text is None else Checkpoint.parse(text)
        except CheckpointError as error:
            raise LedgerIntegrityError(
                f"What the second store holds of {row.origin} is no checkpoint."
            ) from error

    def witnessed(self, row: LedgerLog) -> tuple[Checkpoint, ...]:
        """Give what witnesses hold of a log, until it was checked: they only go forward."""
        if row.vkey in self._checked:
            return ()
        return tuple(it for it in self._witnessed if it.origin == row.origin)

    def swap(self, row: LedgerLog, new: Checkpoint) -> None:
        """Put a checkpoint in the place of the last one that is known here.

        Raises:
            SecondStoreConflictError: Another process was faster; ``last`` then asks again.
            SecondStoreUnavailableError: It may have happened; ``last`` then asks again.
        """
        old = self._last.pop(row.vkey, None)
        self._second_store.swap(_PREFIX + row.vkey, old=old, new=new.text())
        self._last[row.vkey] = new.text()

    def checked(self, row: LedgerLog) -> None:
        """Remember that what witnesses hold is part of the log."""
        self._checked.add(row.vkey)
