"""Settle the rows of a part: together while that helps, and one by one when it does not.

A part that is tried for ever would keep a place among the batches of its hub for ever. So errors
that pass are waited out, and of errors that do not the last try finds out whose they are.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from credhub.errors import (
    ConflictError,
    ContendedError,
    CredhubError,
    KeyStoreError,
    LedgerError,
    RecordDamagedError,
    StoreError,
)
from credhub.store.batch_queue import Chunk

_Row = TypeVar("_Row")

ROUNDS: Final = 20
"""Each settles all rows but those of which somebody took something in that moment."""

MOST_TRIES: Final = 5
"""After so many tries that ended in errors that do not pass, a part is tried no more."""

_PASSING: Final = (StoreError, LedgerError, KeyStoreError)
_OF_ROWS: Final = (ConflictError, RecordDamagedError)


def passes(error: CredhubError) -> bool:
    """Say whether an error is of what we stand on, which comes back, and not of some row."""
    return isinstance(error, _PASSING) and not isinstance(error, _OF_ROWS)


def settle(
    chunk: Chunk,
    rows: Sequence[_Row],
    settle_some: Callable[[Sequence[_Row]], Sequence[_Row]],
    fail: Callable[[_Row, CredhubError], None],
) -> None:
    """Settle all rows, or with the last try all that can be.

    Args:
        chunk: The part that they are of.
        rows: Of which nothing has become yet.
        settle_some: Does so once, and gives the rows that are to be tried again.
        fail: Says with what a row fails for good.

    Raises:
        CredhubError: It could not be done now. Nothing of what was done is lost.
    """
    if chunk.faults + 1 < MOST_TRIES:
        _in_rounds(rows, settle_some)
        return
    for row in rows:
        try:
            _in_rounds((row,), settle_some)
        except CredhubError as error:
            if passes(error):
                raise
            fail(row, error)


def _in_rounds(
    rows: Sequence[_Row], settle_some: Callable[[Sequence[_Row]], Sequence[_Row]]
) -> None:
    for _ in range(ROUNDS):
        if not rows:
            return
        rows = settle_some(rows)
    if rows:
        raise ContendedError
