"""Inclusion and consistency proofs: made from tiles, checked against signed roots."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from credhub.errors import MerkleProofError
from credhub.ledger.merkle import (
    EMPTY_ROOT,
    HASH_LENGTH,
    TILE_HEIGHT,
    TILE_WIDTH,
    Frontier,
    hash_children,
    split,
    subtree_levels,
)

MAX_PROOF: Final = 63
"""A tree of at most 2^63 leaves has no longer path."""


class NodeSource(Protocol):
    """Where stored hashes come from: rows, files, or somebody else's tiles."""

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Give the first ``width`` hashes of one tile; level 0 holds leaf hashes."""
        ...


Subtrees = Sequence[Sequence[bytes]]
"""The roots of the subtrees of one tile: ``subtrees[h]`` are those over ``2**h`` of its hashes."""

Recall = Callable[[int, int, int], Subtrees]
"""Gives the subtrees of a tile by level and index that is at least so wide, as from memory."""


def inclusion_proof(
    index: int, size: int, source: NodeSource, recall: Recall | None = None
) -> tuple[bytes, ...]:
    """Prove that leaf ``index`` is in the tree of ``size`` leaves.

    Args:
        index: Which leaf.
        size: How many leaves the tree has.
        source: Where its tiles are.
        recall: Is asked for them instead, if given.

    Returns:
        The sibling hashes from the leaf upwards.

    Source:
        RFC 6962, section 2.1.1.
    """
    if not 0 <= index < size:
        raise MerkleProofError("The tree has no such leaf.")
    tree = _Tree(size, source, recall)
    siblings = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            siblings.append(tree.hash_of(middle, end))
            end = middle
        else:
            siblings.append(tree.hash_of(start, middle))
            start = middle
    return tuple(reversed(siblings))


def verify_inclusion(
    leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf is in the tree that a root stands for.

    Raises:
        MerkleProofError: It is not proved.

    Source:
        RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        raise MerkleProofError("The tree has no such leaf.")
    _check_hashes(leaf_hash, root, *proof)
    inner = (index ^ (size - 1)).bit_length()
    _check_length(proof, inner + (index >> inner).bit_count())
    node = _climb(leaf_hash, index, proof[:inner])
    if _climb_edge(node, proof[inner:]) != root:
        raise MerkleProofError("The inclusion proof does not lead to the root.")


def consistency_proof(old_size: int, new_size: int, source: NodeSource) -> tuple[bytes, ...]:
    """Prove that the first ``old_size`` leaves of the tree of ``new_size`` are the old tree.

    Source:
        RFC 6962, section 2.1.2.
    """
    if not 0 < old_size <= new_size:
        raise MerkleProofError("There is no proof between trees of these sizes.")
    tree = _Tree(new_size, source)
    hashes = []
    start, end = 0, new_size
    while end != old_size:
        middle = start + split(end - start)
        if old_size <= middle:
            hashes.append(tree.hash_of(middle, end))
            end = middle
        else:
            hashes.append(tree.hash_of(start, middle))
            start = middle
    if start > 0:
        hashes.append(tree.hash_of(start, end))
    return tuple(reversed(hashes))


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of ``new_root`` begins with the tree of ``old_root``.

    Raises:
        MerkleProofError: It is not proved.

    Source:
        RFC 9162, section 2.1.4.2. Every tree begins with the empty one, so nothing proves that.
    """
    if old_size == new_size:
        if proof or old_root != new_root or (new_size == 0 and new_root != EMPTY_ROOT):
            raise MerkleProofError("Two trees of one size are not the same.")
        return
    if not 0 < old_size < new_size:
        raise MerkleProofError("There is no proof between trees of these sizes.")
    _check_hashes(old_root, new_root, *proof)
    if _consistent_roots(old_size, new_size, proof, old_root) != (old_root, new_root):
        raise MerkleProofError("The consistency proof does not lead to both roots.")


def _consistent_roots(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes]:
    """Compute the roots of both trees from the largest subtree at the end of the old one.

    The proof begins with the hash of that subtree, unless it is the whole old tree.
    """
    last = old_size - 1
    height = (old_size & -old_size).bit_length() - 1
    inner = (last ^ (new_size - 1)).bit_length() - height
    edge = (last >> height >> inner).bit_count()
    path = [old_root, *proof] if old_size == 1 << height else proof
    _check_length(path, 1 + inner + edge)
    seed, below, above = path[0], path[1 : 1 + inner], path[1 + inner :]
    position = last >> height
    inside = [sibling for bit, sibling in enumerate(below) if position >> bit & 1]
    old_node = _climb_edge(seed, inside)
    new_node = _climb(seed, position, below)
    return _climb_edge(old_node, above), _climb_edge(new_node, above)


def _climb(node: bytes, position: int, siblings: Sequence[bytes]) -> bytes:
    """Hash upwards where every node has a sibling: the bits of its position say on which side."""
    for bit, sibling in enumerate(siblings):
        left, right = (sibling, node) if position >> bit & 1 else (node, sibling)
        node = hash_children(left, right)
    return node


def _climb_edge(node: bytes, siblings: Sequence[bytes]) -> bytes:
    """Hash upwards along the right edge of a tree, where every sibling is on the left."""
    for sibling in siblings:
        node = hash_children(sibling, node)
    return node


def _check_length(proof: Sequence[bytes], length: int) -> None:
    if len(proof) != length:
        raise MerkleProofError("The proof is too short or too long.")


def _check_hashes(*hashes: bytes) -> None:
    if len(hashes) > MAX_PROOF + 2:
        raise MerkleProofError("The proof is too long.")
    if any(len(item) != HASH_LENGTH for item in hashes):
        raise MerkleProofError("A hash of the proof has the wrong length.")


def frontier_of(size: int, source: NodeSource) -> Frontier:
    """Rebuild the frontier of a tree from as many tiles as its size has digits to base 256."""
    tree = _Tree(size, source)
    hashes = []
    start = 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            end = start + (1 << height)
            hashes.append(tree.hash_of(start, end))
            start = end
    return Frontier.decode(size, b"".join(hashes))


class _Tree:
    """The hashes of one tree, computed from as few stored tiles as possible."""

    def __init__(self, size: int, source: NodeSource, recall: Recall | None = None) -> None:
        self._size = size
        self._source = source
        self._recall = recall or self._read
        self._tiles: dict[tuple[int, int], Subtrees] = {}

    def hash_of(self, start: int, end: int) -> bytes:
        """Compute the hash over the leaves from ``start`` to ``end``: a subtree of the tree."""
        height = (end - start).bit_length() - 1
        node = self._perfect(start, height)
        middle = start + (1 << height)
        return node if middle == end else hash_children(node, self.hash_of(middle, end))

    def _perfect(self, start: int, height: int) -> bytes:
        level, height_in_tile = divmod(height, TILE_HEIGHT)
        index, offset = divmod(start >> (level * TILE_HEIGHT), TILE_WIDTH)
        return self._subtrees(level, index)[height_in_tile][offset >> height_in_tile]

    def _subtrees(self, level: int, index: int) -> Subtrees:
        if (level, index) not in self._tiles:
            stored = self._size >> (level * TILE_HEIGHT)
            width = min(TILE_WIDTH, stored - index * TILE_WIDTH)
            self._tiles[level, index] = self._recall(level, index, width)
        return self._tiles[level, index]

    def _read(self, level: int, index: int, width: int) -> Subtrees:
        return subtree_levels(self._source.tile(level, index, width))
