"""The files by which a log grew from one tree to the next, proved up to the signed root."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

from credhub.errors import LedgerError, PublicationRefusedError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import TILE_HEIGHT, TILE_WIDTH, TileNode
from credhub.ledger.tiles import EntryBundle, Tile, new_bundles, new_tiles
from credhub.services.tiles import encoded
from credhub.store.ledger import LedgerLog
from credhub.store.read_back import frontier_of
from credhub.store.store import Store
from credhub.store.tiles import LogTiles

Advance = Callable[[int], None]

_CHUNK: Final = 32


class File(NamedTuple):
    """One file that never changes."""

    path: str
    data: bytes


class NewFiles:
    """What the tree of a checkpoint has and the tree of ``before`` entries has not."""

    def __init__(self, store: Store, log: LedgerLog, before: Checkpoint, after: Checkpoint) -> None:
        self._store = store
        self._log = log
        self._before = before
        self._after = after

    def steps(self) -> int:
        """Count about how often ``advance`` will be told of a step."""
        before, after = self._before.size, self._after.size
        bundles = sum(1 for _ in new_bundles(before, after))
        return 2 * bundles + sum(1 for _ in new_tiles(before, after))

    def prove(self, advance: Advance) -> None:
        """Hash the new entries up to the signed root, and compare every stored hash on the way.

        Args:
            advance: Told of each bundle.

        Raises:
            PublicationRefusedError: The rows are not those that were signed.
        """
        with self._store.read() as tx:
            tiles = tx.ledger.tiles(self._log.hub, self._log.log)
            try:
                frontier = frontier_of(self._before.size, tiles)
            except LedgerError as error:
                raise self._refused("entries are missing.") from error
        if frontier.root() != self._before.root:
            raise self._refused("what is published is not how this log began.")
        for bundle in new_bundles(self._before.size, self._after.size):
            new = self._leaf_hashes(bundle)
            nodes = [node for leaf in new for node in frontier.push(leaf)]
            self._check_nodes(nodes)
            advance(1)
        if frontier.root() != self._after.root:
            raise self._refused("the entries do not lead to the signed root.")

    def tiles(self) -> Iterator[list[File]]:
        """Read the new tiles, some at a time."""
        counts = (self._owed(level) for level in range(self._levels))
        owed = (
            Tile(level=level, index=count // TILE_WIDTH, width=count % TILE_WIDTH)
            for level, widths in enumerate(counts)
            for count in widths
        )
        return self._read(chain(owed, new_tiles(self._before.size, self._after.size)))

    def bundles(self) -> Iterator[list[File]]:
        """Read the new entry bundles, some at a time."""
        owed = (
            EntryBundle(index=count // TILE_WIDTH, width=count % TILE_WIDTH)
            for count in self._owed(0)
        )
        return self._read(chain(owed, new_bundles(self._before.size, self._after.size)))

    @property
    def _levels(self) -> int:
        return -(-self._after.size.bit_length() // TILE_HEIGHT)

    def _owed(self, level: int) -> tuple[int, ...]:
        """Find how many hashes of a level each tree had that was signed in between.

        Their partial tiles are due until the full tile is there (C2SP tlog-tiles, "Partial
        Tiles"), so only those in the last tile count, and a full one needs none.
        """
        height = level * TILE_HEIGHT
        last = self._after.size >> height
        first = max(last - last % TILE_WIDTH, self._before.size >> height) + 1
        with self._store.read() as tx:
            tiles = tx.ledger.tiles(self._log.hub, self._log.log)
            return tiles.signed_counts(1 << height, first, last)

    def _read(self, places: Iterable[Tile | EntryBundle]) -> Iterator[list[File]]:
        remaining = iter(places)
        while chunk := list(islice(remaining, _CHUNK)):
            with self._store.read() as tx:
                tiles = tx.ledger.tiles(self._log.hub, self._log.log)
                files = [File(it.path, encoded(tiles, it)) for it in chunk]
            yield files

    def _leaf_hashes(self, bundle: EntryBundle) -> list[bytes]:
        """Hash the entries of a bundle that are new."""
        known = max(self._before.size - bundle.index * TILE_WIDTH, 0)
        with self._store.read() as tx:
            tiles = tx.ledger.tiles(self._log.hub, self._log.log)
            try:
                entries = tiles.entries(bundle.index, bundle.width)
                stored = tiles.tile(0, bundle.index, bundle.width)
            except LedgerError as error:
                raise self._refused("entries are missing.") from error
        hashes = list(map(leaf_hash, entries))
        if hashes != list(stored):
            raise self._refused(f"an entry of bundle {bundle.index} is not what was written.")
        return hashes[known:]

    def _check_nodes(self, nodes: list[TileNode]) -> None:
        if not nodes:
            return
        with self._store.read() as tx:
            tiles = tx.ledger.tiles(self._log.hub, self._log.log)
            for node in nodes:
                index, offset = divmod(node.idx, TILE_WIDTH)
                if _last_of(tiles, node.level, index, offset + 1) != node.hash:
                    raise self._refused(f"node {node.level}/{node.idx} is not what was written.")

    def _refused(self, message: str) -> PublicationRefusedError:
        return PublicationRefusedError(self._log.origin, message)


def _last_of(tiles: LogTiles, level: int, index: int, width: int) -> bytes | None:
    try:
        return tiles.tile(level, index, width)[-1]
    except LedgerError:
        return None
