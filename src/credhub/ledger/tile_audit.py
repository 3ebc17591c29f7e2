"""The audit of published files: a log rebuilt from its checkpoint, entry bundles and tiles alone.

Every file of the tree under the checkpoint is read once, in the order of the entries, and each
tile is compared with what the entries give. What comes out is the head that a database of the log
has: root, chain and frontier over all entries.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, NoReturn

from credhub.errors import EntryError, PublishedFaultError, TileError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import NO_HASH, LedgerEntry, chain_hash
from credhub.ledger.merkle import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Frontier,
    subtree_levels,
    subtrees,
)
from credhub.ledger.rows import HeadRow
from credhub.ledger.tiles import (
    EntryBundle,
    Tile,
    bundles_of,
    decode_entries,
    decode_hashes,
)

_Decode = Callable[[bytes, int], tuple[bytes, ...]]

CHECKPOINT: Final = "checkpoint"
"""Where the signed note is, below the address of its log."""

Read = Callable[[str], bytes | None]
"""Reads a file by its path below the address of the log; none where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLog:
    """A published log without a fault.

    Attributes:
        checkpoint: What is signed.
        head: What the row of ``ledger_head`` is, or was, when the log had this size.
        files: How many tiles and bundles were read.
    """

    checkpoint: Checkpoint
    head: HeadRow
    files: int


def audit_tiles(
    read: Read,
    open_note: Callable[[str], Checkpoint],
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> PublishedLog:
    """Rebuild a log from its files.

    Args:
        read: Reads them.
        open_note: Reads the checkpoint, if a key and witnesses that we believe signed it.
        advance: Told how many entries were read.

    Raises:
        PublishedFaultError: A file is missing, or is not what the entries give; the first such.
        NoteError, CheckpointError, PolicyError: Nobody that we believe signed the checkpoint.
    """
    note = read(CHECKPOINT)
    if note is None:
        raise PublishedFaultError(
            origin="the log", path=CHECKPOINT, seq=None, message="the file is missing."
        )
    checkpoint = open_note(note.decode(errors="replace"))
    log = _Rebuilt(checkpoint, read)
    for bundle in bundles_of(checkpoint.size):
        log.add(bundle)
        advance(bundle.width)
    return log.finished()


class _Rebuilt:
    """What is known after the bundles that were read."""

    def __init__(self, checkpoint: Checkpoint, read: Read) -> None:
        self._checkpoint = checkpoint
        self._read = read
        self._frontier = Frontier()
        self._chain = NO_HASH
        self._last_ms = 0
        self._files = 0
        self._row: dict[int, list[bytes]] = defaultdict(list)

    def add(self, bundle: EntryBundle) -> None:
        """Read the next entries, and compare all tiles that they fill."""
        entries = self._file(bundle, decode_entries)
        leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
        for seq, entry in enumerate(entries, self._frontier.size):
            self._check(bundle, seq, entry)
        for leaf in leaves:
            self._chain = chain_hash(self._chain, leaf)
        self._compare(Tile(level=0, index=bundle.index, width=bundle.width), leaves)
        for root, height in subtrees(subtree_levels(leaves), len(leaves)):
            for node in self._frontier.push_subtree(root, height):
                row = self._row[node.level]
                row.append(node.hash)
                if len(row) == TILE_WIDTH:
                    self._compare(Tile(level=node.level, index=node.idx // TILE_WIDTH), row)
                    row.clear()

    def finished(self) -> PublishedLog:
        """Compare the tiles that are not full, and the root."""
        size, root = self._frontier.size, self._frontier.root()
        for level, row in sorted(self._row.items()):
            if row:
                index = (size >> level * TILE_HEIGHT) // TILE_WIDTH
                self._compare(Tile(level=level, index=index, width=len(row)), row)
        if root != self._checkpoint.root:
            self._refuse(CHECKPOINT, None, "the entries give another root than was signed.")
        return PublishedLog(
            checkpoint=self._checkpoint,
            head=HeadRow(size, self._chain, self._frontier.encode(), self._last_ms),
            files=self._files,
        )

    def _compare(self, tile: Tile, right: Sequence[bytes]) -> None:
        hashes = self._file(tile, decode_hashes)
        for place, (found, expected) in enumerate(zip(hashes, right, strict=True)):
            if found != expected:
                seq = tile.index * TILE_WIDTH + place << tile.level * TILE_HEIGHT
                self._refuse(tile.path, seq, f"hash {place} is not what the entries give.")

    def _file(self, place: Tile | EntryBundle, decode: _Decode) -> tuple[bytes, ...]:
        """Read a file, or the beginning of the full one that has replaced it since."""
        file, data = place, self._read(place.path)
        if data is None and place.width < TILE_WIDTH:
            file = replace(place, width=TILE_WIDTH)
            data = self._read(file.path)
        seq = self._frontier.size
        if data is None:
            self._refuse(place.path, seq, "the file is missing.")
        self._files += 1
        try:
            return decode(data, file.width)[: place.width]
        except TileError as error:
            self._refuse(file.path, seq, str(error))

    def _check(self, bundle: EntryBundle, seq: int, data: bytes) -> None:
        try:
            entry = LedgerEntry.parse(data)
        except EntryError as error:
            self._refuse(bundle.path, seq, str(error))
        if entry.time_ms < self._last_ms:
            self._refuse(bundle.path, seq, "the entry is older than the one before it.")
        self._last_ms = entry.time_ms

    def _refuse(self, path: str, seq: int | None, message: str) -> NoReturn:
        origin = self._checkpoint.origin
        raise PublishedFaultError(origin=origin, path=path, seq=seq, message=message)
