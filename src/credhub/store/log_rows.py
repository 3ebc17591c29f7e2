"""All rows of one log for its audit, by the fastest way that each driver has.

Entries are read past SQLAlchemy: a row as an object costs more than its three hashes.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import Connection, Row, Select, bindparam, select

from credhub.errors import LedgerFaultError
from credhub.ledger.merkle import TILE_HEIGHT, TILE_WIDTH
from credhub.ledger.rows import CheckpointRow, EntryColumns, HeadRow, NodeRow
from credhub.store.hubs import HubNumber
from credhub.store.tables import ledger_checkpoint, ledger_entry, ledger_head, ledger_node

if TYPE_CHECKING:
    import psycopg

_COLUMNS: Final = "seq, kind, time_ms, entry, leaf_hash, prev_hash, chain_hash"
_SELECT: Final = (
    f"SELECT {_COLUMNS} FROM ledger_entry"  # noqa: S608 - names of our own
    " WHERE hub_id = {0} AND log = {0} AND seq >= {0} AND seq < {0} ORDER BY seq"
)
_SQLITE_ENTRIES: Final = _SELECT.format("?")
_POSTGRESQL_ENTRIES: Final = _SELECT.format("%s").encode()
_STEP: Final = 32 * TILE_WIDTH
"""So many rows are in memory at once; PostgreSQL gives a whole result, and fast, in binary."""

_HEAD: Final = select(
    ledger_head.c.size, ledger_head.c.chain_hash, ledger_head.c.frontier, ledger_head.c.last_ms
).where(ledger_head.c.hub_id == bindparam("hub"), ledger_head.c.log == bindparam("log"))
_NODES: Final = (
    select(ledger_node.c.idx, ledger_node.c.hash)
    .where(
        ledger_node.c.hub_id == bindparam("hub"),
        ledger_node.c.log == bindparam("log"),
        ledger_node.c.level == bindparam("level"),
        ledger_node.c.idx >= bindparam("start"),
        ledger_node.c.idx < bindparam("end"),
    )
    .order_by(ledger_node.c.idx)
)
_CHECKPOINTS: Final = (
    select(
        ledger_checkpoint.c.size,
        ledger_checkpoint.c.root,
        ledger_checkpoint.c.note,
        ledger_checkpoint.c.signed_ms,
    )
    .where(
        ledger_checkpoint.c.hub_id == bindparam("hub"),
        ledger_checkpoint.c.log == bindparam("log"),
        ledger_checkpoint.c.size > bindparam("after"),
        ledger_checkpoint.c.size <= bindparam("end"),
    )
    .order_by(ledger_checkpoint.c.size)
)
_OWN_ENTRIES: Final = (
    select(ledger_entry.c.seq)
    .where(ledger_entry.c.hub_id == bindparam("hub"), ledger_entry.c.log == bindparam("log"))
    .limit(1)
)
# Two queries, so that each is a look at one end of the primary key.
_ENTRY_BEYOND: Final = _OWN_ENTRIES.where(ledger_entry.c.seq >= bindparam("size"))
_ENTRY_BEFORE: Final = _OWN_ENTRIES.where(ledger_entry.c.seq < 0)

_LEVELS: Final = range(1, 8)
_OWN_NODES: Final = (
    select(ledger_node.c.level, ledger_node.c.idx, ledger_node.c.hash)
    .where(ledger_node.c.hub_id == bindparam("hub"), ledger_node.c.log == bindparam("log"))
    .order_by(ledger_node.c.level, ledger_node.c.idx)
    .limit(1)
)
# A query for each end of each level: one with "or" between them reads every row.
_LEVEL_BELOW: Final = _OWN_NODES.where(ledger_node.c.level < _LEVELS.start)
_LEVEL_ABOVE: Final = _OWN_NODES.where(ledger_node.c.level >= _LEVELS.stop)
_OF_LEVEL: Final = _OWN_NODES.where(ledger_node.c.level == bindparam("level"))
_NODE_BEFORE: Final = _OF_LEVEL.where(ledger_node.c.idx < 0)
_NODE_BEYOND: Final = _OF_LEVEL.where(ledger_node.c.idx >= bindparam("end"))


class StoredLogRows:
    """The rows of one log: ``LogRows`` over a connection."""

    def __init__(self, connection: Connection, hub: HubNumber, log: str) -> None:
        self._connection = connection
        self._place: dict[str, object] = {"hub": hub, "log": log}
        self._hub = hub
        self._log = log

    def head(self) -> HeadRow:
        """Read the head.

        Raises:
            LedgerFaultError: It is missing.
        """
        row = self._connection.execute(_HEAD, self._place).one_or_none()
        if row is None:
            raise LedgerFaultError(
                table=ledger_head.name,
                log=self._log,
                seq=None,
                column=None,
                message="the row is missing.",
            )
        return HeadRow._make(row)

    def entries(self, start: int, end: int) -> Iterator[Sequence[EntryColumns]]:
        """Read the entries of a span in chunks of 256."""
        driver = cast(
            "psycopg.Connection | sqlite3.Connection",
            self._connection.connection.driver_connection,
        )
        for first in range(start, end, _STEP):
            place = (self._hub, self._log, first, min(first + _STEP, end))
            rows = _rows_of(driver, place)
            for offset in range(0, len(rows), TILE_WIDTH):
                yield rows[offset : offset + TILE_WIDTH]

    def nodes(self, level: int, start: int, end: int) -> Sequence[tuple[int, bytes]]:
        """Read the nodes of a level."""
        rows = self._rows(_NODES, level=level, start=start, end=end)
        return [(row.idx, row.hash) for row in rows]

    def checkpoints(self, after: int, end: int) -> Sequence[CheckpointRow]:
        """Read the checkpoints of some sizes."""
        return [CheckpointRow._make(row) for row in self._rows(_CHECKPOINTS, after=after, end=end)]

    def entry_outside(self, size: int) -> int | None:
        """Find an entry that no log of this size has."""
        rows = [*self._rows(_ENTRY_BEFORE), *self._rows(_ENTRY_BEYOND, size=size)]
        return next((row.seq for row in rows), None)

    def node_outside(self, size: int) -> NodeRow | None:
        """Find a node that no log of this size has."""
        return next(map(NodeRow._make, self._stray_nodes(size)), None)

    def _stray_nodes(self, size: int) -> Iterator[Row[*tuple[Any, ...]]]:
        yield from self._rows(_LEVEL_BELOW)
        for level in _LEVELS:
            yield from self._rows(_NODE_BEFORE, level=level)
            yield from self._rows(_NODE_BEYOND, level=level, end=size >> TILE_HEIGHT * level)
        yield from self._rows(_LEVEL_ABOVE)

    def _rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(statement, self._place | values).all()


def _rows_of(
    driver: "psycopg.Connection | sqlite3.Connection", place: tuple[int, str, int, int]
) -> list[EntryColumns]:
    if isinstance(driver, sqlite3.Connection):
        return driver.execute(_SQLITE_ENTRIES, place).fetchall()
    with driver.cursor(binary=True) as cursor:
        return cursor.execute(_POSTGRESQL_ENTRIES, place).fetchall()
