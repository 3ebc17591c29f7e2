"""The stored hashes and entries of one log, as tiles and entry bundles."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Select, bindparam, select

from credhub.errors import NotInTreeError
from credhub.ledger.merkle import TILE_WIDTH, subtree_levels
from credhub.ledger.merkle_proofs import Subtrees
from credhub.recent import Recent
from credhub.store.hubs import HubNumber
from credhub.store.tables import ledger_checkpoint, ledger_entry, ledger_node

_RANGE: Final = (
    ledger_entry.c.hub_id == bindparam("hub"),
    ledger_entry.c.log == bindparam("log"),
    ledger_entry.c.seq >= bindparam("start"),
    ledger_entry.c.seq < bindparam("end"),
)
_LEAVES: Final = select(ledger_entry.c.leaf_hash).where(*_RANGE).order_by(ledger_entry.c.seq)
_ENTRIES: Final = select(ledger_entry.c.entry).where(*_RANGE).order_by(ledger_entry.c.seq)
_NODES: Final = (
    select(ledger_node.c.hash)
    .where(
        ledger_node.c.hub_id == bindparam("hub"),
        ledger_node.c.log == bindparam("log"),
        ledger_node.c.level == bindparam("level"),
        ledger_node.c.idx >= bindparam("start"),
        ledger_node.c.idx < bindparam("end"),
    )
    .order_by(ledger_node.c.idx)
)

_SIGNED: Final = select(ledger_checkpoint.c.size).where(
    ledger_checkpoint.c.hub_id == bindparam("hub"), ledger_checkpoint.c.log == bindparam("log")
)


RecentTiles = Recent[tuple[HubNumber, str, int, int], Subtrees]
"""By hub, log, level and index. What is committed of a tile never changes: it only gets wider."""


class LogTiles:
    """The tiles of one log: a ``NodeSource`` over rows."""

    def __init__(self, connection: Connection, hub: HubNumber, log: str) -> None:
        self._connection = connection
        self._hub = hub
        self._log = log

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        """Give the first ``width`` hashes of one tile; level 0 holds leaf hashes.

        Raises:
            NotInTreeError: The tree is not that large.
        """
        hashes = self._tile(level, index, width)
        if len(hashes) != width:
            raise self._too_narrow(level, index)
        return hashes

    def subtrees(self, level: int, index: int, width: int, recent: RecentTiles) -> Subtrees:
        """Give the subtrees of one tile that is at least so wide, from memory if they are there.

        Raises:
            NotInTreeError: The tree is not that large.
        """
        subtrees = recent.get(
            (self._hub, self._log, level, index),
            lambda: subtree_levels(self._tile(level, index, TILE_WIDTH)),
            fits=lambda known: len(known[0]) >= width,
        )
        if len(subtrees[0]) < width:
            raise self._too_narrow(level, index)
        return subtrees

    def entries(self, index: int, width: int) -> Sequence[bytes]:
        """Give the first ``width`` entries of one bundle.

        Raises:
            NotInTreeError: The tree is not that large.
        """
        entries = self._row(_ENTRIES, index, width)
        if len(entries) != width:
            raise NotInTreeError(f"Bundle {index} of log {self._log} is not that wide.")
        return entries

    def signed_counts(self, leaves: int, first: int, end: int) -> tuple[int, ...]:
        """Find how many nodes over so many leaves signed trees had, if at least ``first``."""
        place = {"hub": self._hub, "log": self._log}
        count = ledger_checkpoint.c.size // leaves
        statement = _SIGNED.with_only_columns(count.label("count")).where(
            ledger_checkpoint.c.size >= first * leaves, ledger_checkpoint.c.size < end * leaves
        )
        rows = self._connection.execute(statement.distinct().order_by("count"), place)
        return tuple(rows.scalars())

    def _tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        if level:
            return self._row(_NODES, index, width, level=level)
        return self._row(_LEAVES, index, width)

    def _too_narrow(self, level: int, index: int) -> NotInTreeError:
        return NotInTreeError(f"Tile {level}/{index} of log {self._log} is not that wide.")

    def _row(
        self, statement: Select[bytes], index: int, width: int, **more: int
    ) -> Sequence[bytes]:
        start = index * TILE_WIDTH
        place = {"hub": self._hub, "log": self._log, "start": start, "end": start + width}
        return self._connection.execute(statement, place | more).scalars().all()
