"""Signing checkpoints: only over rows that were read back and hashed again.

Nothing here comes from the code that wrote the rows. What is known of a log is a frontier of our
own, grown from the last signed checkpoint by the bytes that the database gives back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import EntryError, LedgerError, LedgerIntegrityError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from credhub.ledger.entry import NO_HASH, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import TILE_HEIGHT, TILE_WIDTH, Frontier, TileNode, root
from credhub.ledger.note import VerifierKey
from credhub.ledger.rows import CheckpointRow, HeadRow
from credhub.proofs.signer import Signer
from credhub.store.hubs import HubNumber
from credhub.store.ledger import Ledger, LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.store import Store
from credhub.store.tables import ledger_checkpoint, ledger_entry, ledger_head, ledger_node
from credhub.store.tiles import LogTiles

Clock = Callable[[], datetime]
LogSigner = Callable[[HubNumber], Signer]

_CHUNK: Final = 1000
_NEW_ENTRIES: Final = (
    select(
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
    )
    .order_by(ledger_entry.c.seq)
    .execution_options(yield_per=_CHUNK)
)
_NODE: Final = select(ledger_node.c.hash).where(
    ledger_node.c.hub_id == bindparam("hub"),
    ledger_node.c.log == bindparam("log"),
    ledger_node.c.level == bindparam("level"),
    ledger_node.c.idx == bindparam("idx"),
)
_SIGNED_SIZE: Final = (
    select(func.coalesce(func.max(ledger_checkpoint.c.size), 0))
    .where(
        ledger_checkpoint.c.hub_id == ledger_head.c.hub_id,
        ledger_checkpoint.c.log == ledger_head.c.log,
    )
    .scalar_subquery()
)
_UNSIGNED: Final = (
    select(ledger_head.c.hub_id, ledger_head.c.log)
    .where(ledger_head.c.size > _SIGNED_SIZE)
    .order_by(ledger_head.c.hub_id, ledger_head.c.log)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogName:
    """One log of one hub."""

    hub: HubNumber
    log: str


@dataclass(slots=True, kw_only=True)
class _Known:
    """What was read back of one log, up to its last signed checkpoint."""

    row: LedgerLog
    frontier: Frontier = field(repr=False)
    chain: bytes
    last_ms: int

    def copy(self) -> "_Known":
        return _Known(
            row=self.row,
            frontier=self.frontier.copy(),
            chain=self.chain,
            last_ms=self.last_ms,
        )


class CheckpointSigner:
    """Signs the trees of all logs. Used by one thread."""

    def __init__(self, store: Store, *, clock: Clock, log_signer: LogSigner) -> None:
        self._store = store
        self._clock = clock
        self._log_signer = log_signer
        self._known: dict[LogName, _Known] = {}

    def unsigned(self) -> tuple[LogName, ...]:
        """List the logs with entries that no checkpoint covers, as a crash leaves them."""
        with self._store.connect_to_read() as connection:
            rows = connection.execute(_UNSIGNED).all()
        return tuple(LogName(hub=HubNumber(hub), log=log) for hub, log in rows)

    def sign(self, name: LogName) -> int:
        """Sign the tree of a log as the database gives it back.

        (1) Read the new rows and hash them again, starting from the last signed tree.
        (2) Compare the result with the head and with the stored nodes.
        (3) Sign and record. When another process has signed a larger tree, that one serves.

        The second store of checkpoints has its place between (2) and (3).

        Returns:
            The size of a signed checkpoint that covers all rows that were there.

        Raises:
            LedgerIntegrityError: The rows are not what was written.
        """
        # (1), (2): read back and compare
        with self._store.connect_to_read() as connection:
            known = self._known.get(name) or _start(connection, name)
            fresh = _read_back(connection, name, known)
        if fresh.frontier.size > known.frontier.size:
            # (3): sign and record
            self._record(name, fresh)
        self._known[name] = fresh
        return fresh.frontier.size

    def _record(self, name: LogName, fresh: _Known) -> None:
        signer = self._log_signer(name.hub)
        tree = Checkpoint(
            origin=fresh.row.origin, size=fresh.frontier.size, root=fresh.frontier.root()
        )
        note = sign_checkpoint(tree, public_key=signer.public_key, sign=signer.sign)
        # A signer with another key, or one that errs, must not speak for this log.
        _open(fresh.row, note)
        values = {
            "hub_id": name.hub,
            "log": name.log,
            "size": tree.size,
            "root": tree.root,
            "note": note,
            "signed_ms": to_ms(self._clock()),
        }
        try:
            with self._store.connect_to_write() as connection:
                connection.execute(insert(ledger_checkpoint).inline(), values)
        except IntegrityError as error:
            with self._store.connect_to_read() as connection:
                latest = Ledger(connection).latest_checkpoint(name.hub, name.log)
            if latest is None or latest.size < tree.size:
                raise LedgerIntegrityError(
                    f"The checkpoint of log {name.log} is refused."
                ) from error


def _start(connection: Connection, name: LogName) -> _Known:
    """Find the last signed tree, whose root proves the hashes that it is rebuilt from."""
    ledger = Ledger(connection)
    row = ledger.log(name.hub, name.log)
    if row is None:
        raise LedgerIntegrityError(f"Log {name.log} is gone.")
    latest = ledger.latest_checkpoint(name.hub, name.log)
    if latest is None or latest.size == 0:
        return _Known(row=row, frontier=Frontier(), chain=NO_HASH, last_ms=0)
    last = ledger.entry(name.hub, name.log, latest.size - 1)
    if last is None:
        raise LedgerIntegrityError(f"Log {name.log} is shorter than its checkpoint.")
    frontier = _signed_frontier(row, latest, ledger.tiles(name.hub, name.log))
    return _Known(row=row, frontier=frontier, chain=last.chain_hash, last_ms=last.time_ms)


def _signed_frontier(row: LedgerLog, latest: CheckpointRow, tiles: LogTiles) -> Frontier:
    signed = _open(row, latest.note)
    try:
        frontier = _frontier_of(latest.size, tiles)
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


def _frontier_of(size: int, tiles: LogTiles) -> Frontier:
    """Rebuild the frontier of a tree: one hash for each 1 bit of its size, largest first."""
    hashes = []
    start = 0
    for height in reversed(range(size.bit_length())):
        if size >> height & 1:
            level, inner = divmod(height, TILE_HEIGHT)
            index, offset = divmod(start >> level * TILE_HEIGHT, TILE_WIDTH)
            end = offset + (1 << inner)
            hashes.append(root(tiles.tile(level, index, end)[offset:]))
            start += 1 << height
    return Frontier.decode(size, b"".join(hashes))


def _read_back(connection: Connection, name: LogName, known: _Known) -> _Known:
    fresh = known.copy()
    nodes: list[TileNode] = []
    place = {"hub": name.hub, "log": name.log}
    for row in connection.execute(_NEW_ENTRIES, place | {"start": fresh.frontier.size}):
        seq, kind, time_ms, entry, leaf, prev, link = row
        if (
            seq != fresh.frontier.size
            or leaf_hash(entry) != leaf
            or prev != fresh.chain
            or chain_hash(prev, leaf) != link
            or time_ms < fresh.last_ms
            or not _says(entry, kind, time_ms)
        ):
            raise LedgerIntegrityError(f"Entry {seq} of log {name.log} is not what was written.")
        nodes.extend(fresh.frontier.push(leaf))
        fresh.chain, fresh.last_ms = link, time_ms
    _check_nodes(connection, name, nodes)
    _check_head(connection, name, fresh)
    return fresh


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


def _check_head(connection: Connection, name: LogName, fresh: _Known) -> None:
    frontier = fresh.frontier
    right = HeadRow(frontier.size, fresh.chain, frontier.encode(), fresh.last_ms)
    if Ledger(connection).head(name.hub, name.log) != right:
        raise LedgerIntegrityError(f"The head of log {name.log} is not what was written.")
