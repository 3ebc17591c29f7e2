"""The stored hashes of one log, as tiles that proofs are made from."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, select

from credhub.errors import NotInTreeError
from credhub.ledger.merkle import TILE_WIDTH
from credhub.store.hubs import HubNumber
from credhub.store.tables import ledger_entry, ledger_node

_LEAVES: Final = (
    select(ledger_entry.c.leaf_hash)
    .where(
        ledger_entry.c.hub_id == bindparam("hub"),
        ledger_entry.c.log == bindparam("log"),
        ledger_entry.c.seq >= bindparam("start"),
        ledger_entry.c.seq < bindparam("end"),
    )
    .order_by(ledger_entry.c.seq)
)
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
        start = index * TILE_WIDTH
        place = {"hub": self._hub, "log": self._log, "start": start, "end": start + width}
        if level:
            rows = self._connection.execute(_NODES, place | {"level": level})
        else:
            rows = self._connection.execute(_LEAVES, place)
        hashes = rows.scalars().all()
        if len(hashes) != width:
            raise NotInTreeError(f"Tile {level}/{index} of log {self._log} is not that wide.")
        return hashes
