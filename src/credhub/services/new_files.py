"""The files by which a log grew from one tree to the next, proved up to the signed root."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Final, TypeVar

from credhub.errors import NotInTreeError, PublicationRefusedError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import leaf_hash
from credhub.ledger.merkle import TILE_HEIGHT, TILE_WIDTH, Frontier, TileNode, subtree_levels
from credhub.ledger.merkle_proofs import frontier_of
from credhub.ledger.tiles import EntryBundle, Tile, new_bundles, new_tiles
from credhub.services.tiles import encoded
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store
from credhub.store.tiles import LogTiles

Advance = Callable[[int], None]
Place = TypeVar("Place", Tile, EntryBundle, Tile | EntryBundle)

_CHUNK: Final = 64


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
            advance: Told how many bundles were hashed.

        Raises:
            PublicationRefusedError: The rows are not those that were signed.
        """
        with self._tiles() as tiles:
            frontier = frontier_of(self._before.size, tiles)
        if frontier.root() != self._before.root:
            raise self._refused("what is published is not how this log began.")
        for some in _some_of(new_bundles(self._before.size, self._after.size)):
            with self._tiles() as tiles:
                nodes = [node for it in some for node in self._grow(frontier, tiles, it)]
                self._check_nodes(tiles, nodes)
            advance(len(some))
        if frontier.root() != self._after.root:
            raise self._refused("the entries do not lead to the signed root.")

    def tiles(self) -> Iterator[dict[str, bytes]]:
        """Read the new tiles, some at a time."""
        counts = (self._owed(level) for level in range(self._levels))
        owed = (
            Tile(level=level, index=count // TILE_WIDTH, width=count % TILE_WIDTH)
            for level, widths in enumerate(counts)
            for count in widths
        )
        return self._read(chain(owed, new_tiles(self._before.size, self._after.size)))

    def bundles(self) -> Iterator[dict[str, bytes]]:
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
        with self._tiles() as tiles:
            return tiles.signed_counts(1 << height, first, last)

    def _read(self, places: Iterable[Tile | EntryBundle]) -> Iterator[dict[str, bytes]]:
        for some in _some_of(places):
            with self._tiles() as tiles:
                files = {place.path: encoded(tiles, place) for place in some}
            yield files

    def _grow(
        self, frontier: Frontier, tiles: LogTiles, bundle: EntryBundle
    ) -> tuple[TileNode, ...]:
        """Push the new entries of a bundle, and give the tile roots that they complete."""
        hashes = list(map(leaf_hash, tiles.entries(bundle.index, bundle.width)))
        if hashes != list(tiles.tile(0, bundle.index, bundle.width)):
            raise self._refused(f"an entry of bundle {bundle.index} is not what was written.")
        known = frontier.size - bundle.index * TILE_WIDTH
        if known == 0 and bundle.width == TILE_WIDTH:
            return frontier.push_subtree(subtree_levels(hashes)[-1][0], TILE_HEIGHT)
        return tuple(node for leaf in hashes[known:] for node in frontier.push(leaf))

    def _check_nodes(self, tiles: LogTiles, nodes: list[TileNode]) -> None:
        widths = {(it.level, it.idx // TILE_WIDTH): it.idx % TILE_WIDTH + 1 for it in nodes}
        stored = {place: tiles.tile(*place, width) for place, width in widths.items()}
        for node in nodes:
            index, offset = divmod(node.idx, TILE_WIDTH)
            if stored[node.level, index][offset] != node.hash:
                raise self._refused(f"node {node.level}/{node.idx} is not what was written.")

    @contextmanager
    def _tiles(self) -> Iterator[LogTiles]:
        """Read for a moment. Rows of a ledger never change, so this needs no snapshot."""
        with self._store.read() as tx:
            try:
                yield tx.ledger.tiles(self._log.hub, self._log.log)
            except NotInTreeError as error:
                raise self._refused("rows are missing.") from error

    def _refused(self, message: str) -> PublicationRefusedError:
        return PublicationRefusedError(self._log.origin, message)


def _some_of(places: Iterable[Place]) -> Iterator[list[Place]]:
    remaining = iter(places)
    while some := list(islice(remaining, _CHUNK)):
        yield some
