"""Reading back what was written: the rows of a log hashed again, by a path of its own.

Nothing here comes from the code that wrote the rows. A known tree starts from the last signed
checkpoint and grows by the bytes that the database gives back.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Self

from sqlalchemy import Connection, bindparam, select

from credhub.errors import EntryError, LedgerError, LedgerIntegrityError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.entry import NO_HASH, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import Frontier, TileNode
from credhub.ledger.merkle_proofs import frontier_of
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import CheckpointRow, EntryRow, HeadRow
from credhub.store.hubs import HubNumber
from credhub.store.ledger import Ledger, LedgerLog
from credhub.store.tables import ledger_entry, ledger_node
from credhub.store.tiles import LogTiles

_CHUNK: Final = 1000
_NEW_ENTRIES: Final = (
    select(
        ledger_entry.c.log,
        ledger_entry.c.seq,
        ledger_entry.c.kind,
        ledger_entry.c.time_ms,
        ledger_entry.c.entry,
        ledger_entry.c.leaf_hash,
        ledger_entry.c.prev_hash,
        ledger_entry.c.chain_hash,
    )
    .where(
        ledger_entry.c.hub_id == bindparam("hub"),
        ledger_entry.c.log == bindparam("log"),
        ledger_entry.c.seq >= bindparam("start"),
        ledger_entry.c.seq < bindparam("end"),
    )
    .order_by(ledger_entry.c.seq)
    .limit(_CHUNK)
)
_NODE: Final = select(ledger_node.c.hash).where(
    ledger_node.c.hub_id == bindparam("hub"),
    ledger_node.c.log == bindparam("log"),
    ledger_node.c.level == bindparam("level"),
    ledger_node.c.idx == bindparam("idx"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogName:
    """One log of one hub."""

    hub: HubNumber
    log: str


@dataclass(slots=True, kw_only=True)
class KnownTree:
    """What was read back of one log.

    Attributes:
        leaf_hashes: Those that were read since the tree was copied.
    """

    name: LogName
    row: LedgerLog
    frontier: Frontier = field(repr=False)
    chain: bytes
    last_ms: int
    leaf_hashes: list[bytes] = field(default_factory=list, repr=False)

    @classmethod
    def last_signed(cls, connection: Connection, name: LogName) -> Self:
        """Find the last signed tree, whose root proves the hashes that it is rebuilt from.

        Raises:
            LedgerIntegrityError: The rows are not those that were signed.
        """
        ledger = Ledger(connection)
        row = ledger.log(name.hub, name.log)
        if row is None:
            raise LedgerIntegrityError(f"Log {name.log} is gone.")
        latest = ledger.latest_checkpoint(name.hub, name.log)
        if latest is None or latest.size == 0:
            return cls(name=name, row=row, frontier=Frontier(), chain=NO_HASH, last_ms=0)
        last = ledger.entry(name.hub, name.log, latest.size - 1)
        if last is None:
            raise LedgerIntegrityError(f"Log {name.log} is shorter than its checkpoint.")
        return cls(
            name=name,
            row=row,
            frontier=_signed_frontier(row, latest, ledger.tiles(name.hub, name.log)),
            chain=last.chain_hash,
            last_ms=last.time_ms,
        )

    def copy(self) -> Self:
        """Make a tree that grows apart from this one."""
        return replace(self, frontier=self.frontier.copy(), leaf_hashes=[])

    def read_on(self, connection: Connection) -> None:
        """Grow by the rows that came since, and compare the result with head and nodes.

        Rows of the ledger never change, so this needs no snapshot: the head is read first, and
        then what it counts.

        Raises:
            LedgerIntegrityError: The rows are not what was written; the tree is of no more use.
        """
        head = Ledger(connection).head(self.name.hub, self.name.log)
        nodes: list[TileNode] = []
        while self.frontier.size < head.size:
            for row in _entries_between(connection, self.name, self.frontier.size, head.size):
                nodes.extend(self._take(row))
                self.leaf_hashes.append(row.leaf_hash)
        _check_nodes(connection, self.name, nodes)
        right = HeadRow(self.frontier.size, self.chain, self.frontier.encode(), self.last_ms)
        if head != right:
            raise LedgerIntegrityError(f"The head of log {self.name.log} is not what was written.")

    def checkpoint(self) -> Checkpoint:
        """Say what this tree is, unsigned."""
        return Checkpoint(
            origin=self.row.origin, size=self.frontier.size, root=self.frontier.root()
        )

    def open(self, note: str) -> Checkpoint:
        """Read a checkpoint that the key of this log signed.

        Raises:
            LedgerIntegrityError: Another key signed it.
        """
        return _open(self.row, note)

    def _take(self, row: EntryRow) -> tuple[TileNode, ...]:
        leaf = leaf_hash(row.entry)
        link = chain_hash(self.chain, leaf)
        expected = (self.frontier.size, leaf, self.chain, link)
        if (
            (row.seq, row.leaf_hash, row.prev_hash, row.chain_hash) != expected
            or row.time_ms < self.last_ms
            or not _says(row.entry, row.kind, row.time_ms)
        ):
            raise LedgerIntegrityError(
                f"Entry {row.seq} of log {self.name.log} is not what was written."
            )
        self.chain, self.last_ms = link, row.time_ms
        return self.frontier.push(leaf)


def _entries_between(connection: Connection, name: LogName, start: int, end: int) -> list[EntryRow]:
    place = {"hub": name.hub, "log": name.log, "start": start, "end": end}
    rows = list(map(EntryRow._make, connection.execute(_NEW_ENTRIES, place)))
    if not rows:
        raise LedgerIntegrityError(f"Entry {start} of log {name.log} is missing.")
    return rows


def _signed_frontier(row: LedgerLog, latest: CheckpointRow, tiles: LogTiles) -> Frontier:
    signed = _open(row, latest.note)
    try:
        frontier = frontier_of(latest.size, tiles)
    except LedgerError as error:
        raise LedgerIntegrityError(f"Log {row.log} is shorter than its checkpoint.") from error
    if (signed.size, signed.root) != (frontier.size, frontier.root()):
        raise LedgerIntegrityError(f"Log {row.log} is not the one that was signed.")
    return frontier


def _open(row: LedgerLog, note: str) -> Checkpoint:
    try:
        return open_checkpoint(note, (VerifierKey.parse(row.vkey),))
    except LedgerError as error:
        raise LedgerIntegrityError(f"The key of log {row.log} is another one.") from error


def _says(entry: bytes, kind: int, time_ms: int) -> bool:
    try:
        parsed = LedgerEntry.parse(entry)
    except EntryError:
        return False
    return (parsed.kind, parsed.time_ms) == (kind, time_ms)


def _check_nodes(connection: Connection, name: LogName, nodes: list[TileNode]) -> None:
    for node in nodes:
        place = {"hub": name.hub, "log": name.log, "level": node.level, "idx": node.idx}
        if connection.execute(_NODE, place).scalar_one_or_none() != node.hash:
            raise LedgerIntegrityError(f"A node of log {name.log} is not what was written.")
