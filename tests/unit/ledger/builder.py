"""A ledger in memory, built with the public functions: rows for the audit, tiles for proofs."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub.ledger.audit import AuditSummary, WalkAhead, audit_log
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.commitment import InnerKind, opening
from credhub.ledger.entry import NO_HASH, Kind, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import TILE_WIDTH, Frontier
from credhub.ledger.merkle_proofs import inclusion_proof
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import PrivateOpening, Receipt
from credhub.ledger.rows import (
    CheckpointRow,
    EntryColumns,
    EntryRow,
    HeadRow,
    LogRow,
    NodeRow,
)
from credhub.ledger.span import LEVELS

ORIGIN = "hub.example/ledger/riverside/2026"


class KeyOf:
    """A private key made from a name, so that tests need no randomness."""

    def __init__(self, name: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


LEDGER_KEY = KeyOf("ledger")
VKEY = VerifierKey(name=ORIGIN, public_key=LEDGER_KEY.public_key)


Row = TypeVar("Row", LogRow, EntryRow, NodeRow, HeadRow, CheckpointRow)


def changed(row: Row, column: str, value: object) -> Row:
    """Put another value into one column."""
    assert column in row._fields
    members = zip(row._fields, row, strict=True)
    return type(row)._make(value if name == column else member for name, member in members)


class Tiles:
    """A node source over leaf hashes that refuses to give what a tree of its size has not."""

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        self._levels: dict[int, list[bytes]] = {0: list(leaf_hashes)}
        frontier = Frontier()
        for leaf in leaf_hashes:
            for node in frontier.push(leaf):
                level = self._levels.setdefault(node.level, [])
                assert len(level) == node.idx
                level.append(node.hash)

    def tile(self, level: int, index: int, width: int) -> Sequence[bytes]:
        start = index * TILE_WIDTH
        hashes = self._levels[level][start : start + width]
        assert len(hashes) == width <= TILE_WIDTH
        return hashes


class Ledger:
    """One log."""

    def __init__(self, log: str = "2026") -> None:
        self.log = LogRow(log, ORIGIN, VKEY.text())
        self.entries: list[EntryRow] = []
        self.nodes: list[NodeRow] = []
        self.checkpoints: list[CheckpointRow] = []
        self.frontier = Frontier()

    @property
    def chain(self) -> bytes:
        return self.entries[-1].chain_hash if self.entries else NO_HASH

    @property
    def head(self) -> HeadRow:
        last_ms = self.entries[-1].time_ms if self.entries else 0
        return HeadRow(self.frontier.size, self.chain, self.frontier.encode(), last_ms)

    def append(self, entry: LedgerEntry) -> None:
        data = entry.encode()
        leaf = leaf_hash(data)
        link = chain_hash(self.chain, leaf)
        number = len(self.entries)
        self.entries.append(
            EntryRow(self.log.log, number, entry.kind, entry.time_ms, data, leaf, self.chain, link)
        )
        self.nodes += [NodeRow(*node) for node in self.frontier.push(leaf)]

    def append_private(
        self, payload: bytes, *, kind: InnerKind = InnerKind.ISSUE
    ) -> PrivateOpening:
        number = len(self.entries)
        opened = PrivateOpening(
            time_ms=1_000 * number,
            opening=opening(b"k" * 32, number.to_bytes(16, "big")),
            inner_kind=kind,
            payload=payload,
        )
        self.append(opened.entry())
        return opened

    def append_public(self, payload: bytes, *, kind: Kind) -> None:
        self.append(
            LedgerEntry(
                kind=kind,
                time_ms=1_000 * len(self.entries),
                commitment=NO_HASH,
                public=payload,
            )
        )

    def sign(self) -> str:
        note = signed(self.frontier.size, self.frontier.root())
        row = CheckpointRow(self.frontier.size, self.frontier.root(), note, 0)
        self.checkpoints.append(row)
        return note

    def receipt(self, index: int, extra: bytes) -> Receipt:
        size = self.frontier.size
        tiles = Tiles([row.leaf_hash for row in self.entries])
        return Receipt(
            index=index,
            proof=inclusion_proof(index, size, tiles),
            checkpoint=signed(size, self.frontier.root()),
            extra=extra,
        )

    def audit(
        self, *kept: str, ahead: WalkAhead | None = None, levels: int = LEVELS
    ) -> AuditSummary:
        return audit_log(self.log, self.rows(), kept=kept, ahead=ahead, levels=levels)

    def rows(self, head: HeadRow | None = None) -> "MemoryRows":
        return MemoryRows(self, head or self.head)


class MemoryRows:
    """The rows of a ledger in memory, as an audit asks for them; a database sorts them."""

    def __init__(self, ledger: Ledger, head: HeadRow) -> None:
        self._ledger = ledger
        self._head = head

    def head(self) -> HeadRow:
        return self._head

    def entries(self, start: int, end: int) -> Iterator[Sequence[EntryColumns]]:
        # Rows are taken in the order they are in: a test puts them into a wrong one.
        rows = [row[1:] for row in self._ledger.entries if start <= row.seq < end]
        for first in range(0, len(rows), TILE_WIDTH):
            yield rows[first : first + TILE_WIDTH]

    def nodes(self, level: int, start: int, end: int) -> Sequence[tuple[int, bytes]]:
        rows = [node for node in self._ledger.nodes if node.level == level]
        return sorted((node.idx, node.hash) for node in rows if start <= node.idx < end)

    def checkpoints(self, after: int, end: int) -> Sequence[CheckpointRow]:
        return [row for row in self._ledger.checkpoints if after < row.size <= end]

    def entry_outside(self, size: int) -> int | None:
        seqs = (row.seq for row in self._ledger.entries)
        return next((seq for seq in seqs if not 0 <= seq < size), None)

    def node_outside(self, size: int) -> NodeRow | None:
        nodes = (n for n in self._ledger.nodes if not 0 <= n.idx < size >> 8 * n.level)
        return next(nodes, None)


def signed(size: int, root: bytes, *, origin: str = ORIGIN, key: KeyOf = LEDGER_KEY) -> str:
    return sign_checkpoint(
        Checkpoint(origin=origin, size=size, root=root),
        public_key=key.public_key,
        sign=key.sign,
    )


def ledger_of(size: int, *, every: int = 100) -> Ledger:
    """Build a ledger of private entries, signed after every hundredth and at its end."""
    ledger = Ledger()
    for number in range(size):
        ledger.append_private(b"entry %d" % number)
        if (number + 1) % every == 0:
            ledger.sign()
    if size % every or not size:
        ledger.sign()
    return ledger
