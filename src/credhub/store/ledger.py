"""Reading the ledger: logs, entries, tiles, checkpoints, openings, and all rows for the audit.

Entries are written by the sequencer alone. Only the start of a log is written here.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, insert, select

from credhub.errors import NotInTreeError
from credhub.ledger.audit import AuditSummary, WalkAhead, audit_log
from credhub.ledger.audit_since import audit_since
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import NO_HASH
from credhub.ledger.merkle import Frontier
from credhub.ledger.merkle_proofs import Subtrees, inclusion_proof
from credhub.ledger.rows import CheckpointRow, EntryRow, HeadRow, LogRow, NodeRow
from credhub.ledger.span import LEVELS
from credhub.store.hubs import HubNumber
from credhub.store.log_rows import StoredLogRows
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.streaming import stream
from credhub.store.tables import (
    ledger_checkpoint,
    ledger_entry,
    ledger_head,
    ledger_log,
    ledger_node,
)
from credhub.store.tiles import LogTiles, RecentTiles


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLog:
    """One log of a hub. A frozen one takes no more entries.

    Attributes:
        hub: Whose log it is.
        log: Its label, such as ``2026``.
        origin: Its name for the world, such as ``hub.example/ledger/demo/2026``.
        vkey: The key that its checkpoints are checked with (C2SP signed-note).
        created_at: When it began.
        frozen_at: When it ended.
    """

    hub: HubNumber
    log: str
    origin: str
    vkey: str
    created_at: datetime
    frozen_at: datetime | None = None


_LOGS: Final = select(ledger_log).order_by(
    ledger_log.c.hub_id, ledger_log.c.created_ms, ledger_log.c.log
)
_LOGS_OF: Final = _LOGS.where(ledger_log.c.hub_id == bindparam("hub"))
_OPEN_LOG: Final = _LOGS_OF.where(ledger_log.c.frozen_ms.is_(None))
_LOG: Final = _LOGS_OF.where(ledger_log.c.log == bindparam("log"))
_SIZES: Final = select(ledger_head.c.hub_id, ledger_head.c.log, ledger_head.c.size)
_ENTRIES: Final = (
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
    .where(ledger_entry.c.hub_id == bindparam("hub"), ledger_entry.c.log == bindparam("log"))
    .order_by(ledger_entry.c.seq)
)
_ENTRY: Final = _ENTRIES.where(ledger_entry.c.seq == bindparam("seq"))
_NODES: Final = (
    select(ledger_node.c.level, ledger_node.c.idx, ledger_node.c.hash)
    .where(ledger_node.c.hub_id == bindparam("hub"), ledger_node.c.log == bindparam("log"))
    .order_by(ledger_node.c.level, ledger_node.c.idx)
)
_CHECKPOINTS: Final = select(
    ledger_checkpoint.c.size,
    ledger_checkpoint.c.root,
    ledger_checkpoint.c.note,
    ledger_checkpoint.c.signed_ms,
).where(ledger_checkpoint.c.hub_id == bindparam("hub"), ledger_checkpoint.c.log == bindparam("log"))
_ALL_CHECKPOINTS: Final = _CHECKPOINTS.order_by(ledger_checkpoint.c.size)
_LATEST_CHECKPOINT: Final = _CHECKPOINTS.order_by(ledger_checkpoint.c.size.desc()).limit(1)
_COVERING_CHECKPOINT: Final = (
    _CHECKPOINTS.where(ledger_checkpoint.c.size > bindparam("seq"))
    .order_by(ledger_checkpoint.c.size)
    .limit(1)
)


class Ledger:
    """The tables ``ledger_*``.

    Args:
        recent: Remembers tiles for proofs. Only for a connection that sees nothing uncommitted.
    """

    def __init__(self, connection: Connection, recent: RecentTiles | None = None) -> None:
        self._connection = connection
        self._recent = RecentTiles(0) if recent is None else recent

    def insert_log(self, log: LedgerLog) -> None:
        """Begin a log, empty."""
        place = {"hub_id": log.hub, "log": log.log}
        values = {
            "origin": log.origin,
            "vkey": log.vkey,
            "created_ms": to_ms(log.created_at),
            "frozen_ms": to_ms_or_none(log.frozen_at),
        }
        head = {"size": 0, "chain_hash": NO_HASH, "frontier": b"", "last_ms": 0}
        self._connection.execute(insert(ledger_log), place | values)
        self._connection.execute(insert(ledger_head), place | head)

    def sizes(self) -> dict[tuple[HubNumber, str], int]:
        """Count the entries of every log, signed or not yet."""
        return {(HubNumber(hub), log): size for hub, log, size in self._rows(_SIZES)}

    def all_logs(self) -> tuple[LedgerLog, ...]:
        """List the logs of all hubs, oldest first within a hub."""
        return tuple(map(_log_of, self._rows(_LOGS)))

    def logs(self, hub: HubNumber) -> tuple[LedgerLog, ...]:
        """List the logs of a hub, oldest first."""
        return tuple(map(_log_of, self._rows(_LOGS_OF, hub=hub)))

    def log(self, hub: HubNumber, log: str) -> LedgerLog | None:
        """Find one log."""
        return next(map(_log_of, self._rows(_LOG, hub=hub, log=log)), None)

    def open_log(self, hub: HubNumber) -> LedgerLog | None:
        """Find the one log of a hub that takes entries."""
        return next(map(_log_of, self._rows(_OPEN_LOG, hub=hub)), None)

    def head(self, hub: HubNumber, log: str) -> HeadRow:
        """Read where a log ends.

        Raises:
            LedgerFaultError: The row is missing.
        """
        return StoredLogRows(self._connection, hub, log).head()

    def tree(self, log: LedgerLog) -> Checkpoint:
        """Say what a log is now, without a signature.

        Raises:
            LedgerError: The head is missing, or does not fit together.
        """
        head = self.head(log.hub, log.log)
        root = Frontier.decode(head.size, head.frontier).root()
        return Checkpoint(origin=log.origin, size=head.size, root=root)

    def entry(self, hub: HubNumber, log: str, seq: int) -> EntryRow | None:
        """Read one entry."""
        return next(map(EntryRow._make, self._rows(_ENTRY, hub=hub, log=log, seq=seq)), None)

    def latest_checkpoint(self, hub: HubNumber, log: str) -> CheckpointRow | None:
        """Read the checkpoint of the largest signed tree."""
        return next(
            map(CheckpointRow._make, self._rows(_LATEST_CHECKPOINT, hub=hub, log=log)), None
        )

    def checkpoint_covering(self, hub: HubNumber, log: str, seq: int) -> CheckpointRow | None:
        """Read the first checkpoint whose tree holds an entry; none for a moment after a crash."""
        rows = self._rows(_COVERING_CHECKPOINT, hub=hub, log=log, seq=seq)
        return next(map(CheckpointRow._make, rows), None)

    def tiles(self, hub: HubNumber, log: str) -> LogTiles:
        """Give the stored hashes of a log."""
        return LogTiles(self._connection, hub, log)

    def inclusion(self, hub: HubNumber, log: str, seq: int, size: int) -> tuple[bytes, ...]:
        """Prove that an entry is in the tree of a size.

        Raises:
            NotInTreeError: It is not, or the log is smaller than that.
        """
        if not 0 <= seq < size:
            raise NotInTreeError(f"Entry {seq} is not in the tree of size {size}.")

        tiles = self.tiles(hub, log)

        def recall(level: int, index: int, width: int) -> Subtrees:
            return tiles.subtrees(level, index, width, self._recent)

        return inclusion_proof(seq, size, tiles, recall)

    def entries(self, hub: HubNumber, log: str) -> Iterator[EntryRow]:
        """Read all entries in order, a chunk at a time."""
        return map(EntryRow._make, self._stream(_ENTRIES, hub, log))

    def nodes(self, hub: HubNumber, log: str) -> Iterator[NodeRow]:
        """Read all tile roots by level and index, a chunk at a time."""
        return map(NodeRow._make, self._stream(_NODES, hub, log))

    def checkpoints(self, hub: HubNumber, log: str) -> Iterator[CheckpointRow]:
        """Read all checkpoints by size, a chunk at a time."""
        return map(CheckpointRow._make, self._stream(_ALL_CHECKPOINTS, hub, log))

    def audit(
        self,
        log: LedgerLog,
        *,
        kept: Iterable[str] = (),
        ahead: WalkAhead | None = None,
        advance: Callable[[int], None] = lambda _: None,
        levels: int = LEVELS,
    ) -> AuditSummary:
        """Recompute a log from its rows, a span at a time.

        Args:
            log: Which log.
            kept: Signed notes of it that were kept elsewhere.
            ahead: Processes that walk spans ahead.
            advance: Told how many entries were checked.
            levels: A span has ``256**levels`` entries.

        Raises:
            LedgerFaultError: The first row that is not what was written.
            NoteError, CheckpointError: A kept note is not a signed checkpoint of this log.
        """
        return audit_log(
            row_of(log),
            StoredLogRows(self._connection, log.hub, log.log),
            kept=kept,
            ahead=ahead,
            advance=advance,
            levels=levels,
        )

    def audit_since(self, log: LedgerLog, note: str) -> AuditSummary:
        """Check a log against a kept checkpoint, and all that came since; as ``audit_since``."""
        rows = StoredLogRows(self._connection, log.hub, log.log)
        return audit_since(row_of(log), rows, self.tiles(log.hub, log.log), note)

    def _rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> Iterator[Row[*tuple[Any, ...]]]:
        return iter(self._connection.execute(statement, values).all())

    def _stream(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, log: str
    ) -> Iterator[Row[*tuple[Any, ...]]]:
        return iter(stream(self._connection, statement, {"hub": hub, "log": log}))


def row_of(log: LedgerLog) -> LogRow:
    """Give the row of a log as the audit reads it."""
    return LogRow(log=log.log, origin=log.origin, vkey=log.vkey)


def _log_of(row: Row[*tuple[Any, ...]]) -> LedgerLog:
    return LedgerLog(
        hub=HubNumber(row.hub_id),
        log=row.log,
        origin=row.origin,
        vkey=row.vkey,
        created_at=from_ms(row.created_ms),
        frozen_at=from_ms_or_none(row.frozen_ms),
    )
