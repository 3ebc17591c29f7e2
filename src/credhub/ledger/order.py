"""The order of published trees: each is part of the tree that is here, or nothing may follow.

What was published is in the second store or with a witness. A tree that is not a part of the one
here means that the database was put back, that a copy of it went on, or that it was changed.
"""

from collections.abc import Callable, Iterable, Sequence

from credhub.errors import LedgerIntegrityError, MerkleProofError, RollbackDetectedError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import EMPTY_ROOT
from credhub.ledger.merkle_proofs import verify_consistency

Prove = Callable[[int, int], Sequence[bytes]]
"""Makes a consistency proof between two sizes, from the tree that is here."""


def check_published(published: Iterable[Checkpoint], here: Checkpoint, prove: Prove) -> None:
    """Check that every published tree of a log is part of the tree that is here.

    Raises:
        RollbackDetectedError: One has more entries than there are here.
        LedgerIntegrityError: One has other entries, or is of another log.
    """
    largest_first = sorted(published, key=lambda checkpoint: -checkpoint.size)
    for checkpoint in largest_first:
        _check_part(checkpoint, here, prove)


def _check_part(published: Checkpoint, here: Checkpoint, prove: Prove) -> None:
    if published.origin != here.origin:
        raise LedgerIntegrityError(f"What was published of {here.origin} is of another log.")
    if published.size > here.size:
        raise RollbackDetectedError(here.origin, published=published.size, here=here.size)
    if published.size == 0 and published.root == EMPTY_ROOT:
        return
    try:
        proof = prove(published.size, here.size) if published.size < here.size else ()
        verify_consistency(published.size, here.size, proof, published.root, here.root)
    except MerkleProofError as error:
        raise LedgerIntegrityError(
            f"The first {published.size} entries of {here.origin} are not those that were published."
        ) from error
