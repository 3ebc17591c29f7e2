"""The RFC 6962 Merkle tree: how it grows, and the root that stands for all its leaves.

A node of height ``h`` covers ``2**h`` leaves. A tile holds 256 nodes whose height is a
multiple of eight (C2SP tlog-tiles), so a tree is stored as its leaf hashes and the root of
every full tile.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple, Self

from credhub.errors import LedgerError

HASH_LENGTH: Final = 32
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 2**TILE_HEIGHT
EMPTY_ROOT: Final = sha256(b"").digest()


class TileNode(NamedTuple):
    """The root of one full tile: ``idx`` counts the tiles of level ``level - 1``."""

    level: int
    idx: int
    hash: bytes


def hash_children(left: bytes, right: bytes) -> bytes:
    """Compute the hash of a node.

    Source:
        RFC 6962, section 2.1.
    """
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Find the largest power of two that is smaller than ``size``: where a tree is divided.

    Source:
        RFC 6962, section 2.1.
    """
    return 1 << ((size - 1).bit_length() - 1)


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Compute the root of the tree with these leaves."""
    frontier = Frontier()
    for leaf_hash in leaf_hashes:
        frontier.push(leaf_hash)
    return frontier.root()


def subtree_levels(leaf_hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    """Hash the perfect subtrees of some leaves, level by level: ``levels[h]`` has height ``h``."""
    level = leaf_hashes
    levels = [level]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        levels.append(level)
    return levels


def subtrees(levels: Sequence[Sequence[bytes]], count: int) -> Iterator[tuple[bytes, int]]:
    """Give the perfect subtrees of the first ``count`` leaves with their heights, largest first."""
    start = 0
    for height in reversed(range(count.bit_length())):
        if count >> height & 1:
            yield levels[height][start >> height], height
            start += 1 << height


class Frontier:
    """The roots of the perfect subtrees that make up a tree: all that is needed to append to it.

    One per 1 bit of ``size``, largest first. ``push`` changes the frontier; take a ``copy`` where
    the step may have to be undone.
    """

    __slots__ = ("_hashes", "size")

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []

    def push(self, leaf_hash: bytes) -> tuple[TileNode, ...]:
        """Append one leaf.

        Returns:
            The tile roots that this leaf completes, lowest level first; mostly none.
        """
        hashes = self._hashes
        node = leaf_hash
        height = 0
        position = self.size
        self.size = position + 1
        completed: tuple[TileNode, ...] = ()
        while position & 1:
            node = sha256(b"\x01" + hashes.pop() + node).digest()
            position >>= 1
            height += 1
            if not height % TILE_HEIGHT:
                completed += (TileNode(height // TILE_HEIGHT, position, node),)
        hashes.append(node)
        return completed

    def push_subtree(self, node: bytes, height: int) -> tuple[TileNode, ...]:
        """Append a perfect subtree of ``2**height`` leaves by its root.

        Returns:
            The tile roots that it is or completes, lowest level first; not those inside it.

        Raises:
            LedgerError: No subtree of this height begins where the tree ends.
        """
        if self.size % (1 << height):
            raise LedgerError("No subtree of this height begins here.")
        position = self.size >> height
        self.size += 1 << height
        completed: tuple[TileNode, ...] = ()
        while True:
            if height and not height % TILE_HEIGHT:
                completed += (TileNode(height // TILE_HEIGHT, position, node),)
            if not position & 1:
                break
            node = sha256(b"\x01" + self._hashes.pop() + node).digest()
            position >>= 1
            height += 1
        self._hashes.append(node)
        return completed

    def root_with(self, rest: bytes) -> bytes:
        """Compute the root of the tree that goes on with leaves whose own root is ``rest``.

        They are fewer than the smallest subtree here has, or as many.
        """
        node = rest
        for left in reversed(self._hashes):
            node = sha256(b"\x01" + left + node).digest()
        return node

    def root(self) -> bytes:
        """Compute the root of the tree; the hash of nothing when it is empty."""
        if not self._hashes:
            return EMPTY_ROOT
        node = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            node = sha256(b"\x01" + left + node).digest()
        return node

    def copy(self) -> Self:
        """Make a frontier that grows apart from this one."""
        return self.decode(self.size, self.encode())

    def subtrees(self) -> Iterator[tuple[tuple[int, int], bytes]]:
        """List the perfect subtrees: first leaf and end, and the root over them."""
        start = 0
        for root_hash in self._hashes:
            end = start + (1 << (self.size - start).bit_length() - 1)
            yield (start, end), root_hash
            start = end

    def encode(self) -> bytes:
        """Write the hashes one after another, largest subtree first."""
        return b"".join(self._hashes)

    @classmethod
    def decode(cls, size: int, data: bytes) -> Self:
        """Read what ``encode`` wrote for a tree of this size.

        Raises:
            LedgerError: The number of hashes does not fit the size.
        """
        if size < 0 or len(data) != size.bit_count() * HASH_LENGTH:
            raise LedgerError("The frontier does not fit its size.")
        frontier = cls()
        frontier.size = size
        frontier._hashes = [
            data[start : start + HASH_LENGTH] for start in range(0, len(data), HASH_LENGTH)
        ]
        return frontier
