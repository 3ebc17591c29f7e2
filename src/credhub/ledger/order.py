"""The order of published trees: each is part of the tree that is here, or nothing may follow.

What was published is in the second store or with a witness. A tree that is not a part of the one
here means that the database was put back, that a copy of it went on, or that it was changed.
"""

from collections.abc import Callable, Iterable, Sequence

from credhub.errors import LedgerError, RollbackDetectedError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.merkle_proofs import verify_consistency

Prove = Callable[[int, int], Sequence[bytes]]
"""Makes a consistency proof between two sizes, from the tree that is here."""


def check_published(published: Iterable[Checkpoint], here: Checkpoint, prove: Prove) -> None:
    """Check that every published tree of a log is part of the tree that is here.

    Args:
        published: Checkpoints of this log, from elsewhere.
        here: The whole tree that the database holds.
        prove: Makes proofs from what the database holds; it may fail with a ``LedgerError``.

    Raises:
        RollbackDetectedError: One has more entries than there are here, or others. It names the
            largest of them.
    """
    for checkpoint in sorted(published, key=lambda checkpoint: -checkpoint.size):
        try:
            _check_part(checkpoint, here, prove)
        except LedgerError as error:
            raise RollbackDetectedError(
                here.origin, published=checkpoint.size, here=here.size
            ) from error


def _check_part(published: Checkpoint, here: Checkpoint, prove: Prove) -> None:
    if published.origin != here.origin:
        raise LedgerError("The checkpoint is of another log.")
    if (published.size, published.root) == (0, EMPTY_ROOT):
        return  # Every tree begins with the empty one.
    if not 0 < published.size <= here.size:
        raise LedgerError("The database does not hold a tree of this size.")
    proof = prove(published.size, here.size) if published.size < here.size else ()
    verify_consistency(published.size, here.size, proof, published.root, here.root)
