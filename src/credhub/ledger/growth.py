"""How a tree grew: enough to prove each new leaf, without reading anything."""

from collections.abc import Sequence

from credhub.errors import MerkleProofError
from credhub.ledger.merkle import Frontier, hash_children, split


class Growth:
    """The leaves that came to a tree, and the perfect subtrees that it had before.

    What stands left of a new leaf in its proof is one of those subtrees or has new leaves in it,
    and so has all that stands right of it. Safe between threads: what two compute is the same.
    """

    def __init__(self, before: Frontier, leaf_hashes: Sequence[bytes]) -> None:
        self._before = before.size
        self.size = before.size + len(leaf_hashes)
        self._hashes = dict(before.subtrees())
        for index, leaf_hash in enumerate(leaf_hashes, before.size):
            self._hashes[index, index + 1] = leaf_hash

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """Prove that a new leaf is in the grown tree.

        Returns:
            The sibling hashes from the leaf upwards.

        Raises:
            MerkleProofError: The leaf is not a new one.

        Source:
            RFC 6962, section 2.1.1.
        """
        if not self._before <= index < self.size:
            raise MerkleProofError("The leaf is not one of the new ones.")
        siblings = []
        start, end = 0, self.size
        while end - start > 1:
            middle = start + split(end - start)
            if index < middle:
                siblings.append(self._hash_of(middle, end))
                end = middle
            else:
                siblings.append(self._hash_of(start, middle))
                start = middle
        return tuple(reversed(siblings))

    def _hash_of(self, start: int, end: int) -> bytes:
        known = self._hashes.get((start, end))
        if known is None:
            middle = start + split(end - start)
            known = hash_children(self._hash_of(start, middle), self._hash_of(middle, end))
            self._hashes[start, end] = known
        return known
