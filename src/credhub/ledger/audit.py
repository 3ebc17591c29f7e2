"""The audit: recompute one log from its rows, and name the first that is not what was written.

A hash or a signature covers every column but these, in which nobody can be caught: when a
checkpoint was signed, and when a log was made and frozen. A rewrite of everything by somebody who
holds the ledger's key is found only against a checkpoint that was kept elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from credhub.errors import EntryError, LedgerFaultError
from credhub.ledger.entry import (
    CHAIN_PREFIX,
    NO_HASH,
    LedgerEntry,
    chain_hash,
    leaf_hash,
)
from credhub.ledger.merkle import TILE_WIDTH, Frontier
from credhub.ledger.rows import CheckpointRow, EntryRow, HeadRow, LogRow, NodeRow
from credhub.ledger.signed_sizes import SignedSizes

_KIND: Final = slice(4, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSummary:
    """A log without a fault.

    Attributes:
        size: How many entries it has.
        root: The root over all of them.
        checkpoints: How many signed checkpoints, of the log's own and kept ones, agree with it.
        signed_size: The size of the largest; entries beyond it are not signed yet.
        last_ms: The time of its last entry; zero without one.
    """

    log: str
    origin: str
    size: int
    root: bytes
    checkpoints: int
    signed_size: int
    last_ms: int


def audit_log(  # noqa: PLR0913 - one argument per table
    log: LogRow,
    *,
    entries: Iterable[EntryRow],
    nodes: Iterable[NodeRow],
    head: HeadRow,
    checkpoints: Iterable[CheckpointRow],
    kept: Iterable[str] = (),
) -> AuditSummary:
    """Recompute a log.

    Args:
        log: Its row.
        entries: Its entries in the order of ``seq``, as tuples. They are read once.
        nodes: Its tile roots, in any order.
        head: Its head.
        checkpoints: Its checkpoints in the order of ``size``.
        kept: Signed notes of the log that were kept where its database cannot be changed.

    Raises:
        LedgerFaultError: Something is not what was written; the first such thing.
        NoteError, CheckpointError: A kept note is not a signed checkpoint of this log.
    """
    signed = SignedSizes(log, checkpoints, kept)
    walk = _Walk(log.log, signed)
    walk.entries(entries)
    walk.check_head(head)
    signed.finish(walk.frontier.size)
    walk.check_nodes(nodes)
    return AuditSummary(
        log=log.log,
        origin=log.origin,
        size=walk.frontier.size,
        root=walk.frontier.root(),
        checkpoints=signed.count,
        signed_size=signed.last_size,
        last_ms=walk.last_ms,
    )


class _Walk:
    """What the audit knows after the entries that it has read."""

    def __init__(self, log: str, signed: SignedSizes) -> None:
        self._log = log
        self._signed = signed
        self._nodes: dict[tuple[int, int], bytes] = {}
        self.frontier = Frontier()
        self.chain = NO_HASH
        self.last_ms = 0

    def entries(self, rows: Iterable[EntryRow]) -> None:
        """Walk over all entries. This loop is the cost of an audit, so it calls little."""
        name, push, hash_of = self._log, self.frontier.push, sha256
        chain, last_ms = self.chain, self.last_ms
        next_size = self._signed.compare(0, self.frontier.root())
        for size, row in enumerate(rows):
            log, seq, kind, time_ms, entry, leaf, prev, link = row
            if (
                log != name
                or seq != size
                or prev != chain
                or time_ms < last_ms
                or hash_of(b"\x00" + entry).digest() != leaf
                or hash_of(CHAIN_PREFIX + prev + leaf).digest() != link
                or not _says(entry, kind, time_ms)
            ):
                raise _entry_fault(name, EntryRow._make(row), size, chain, last_ms)
            for node in push(leaf):
                self._nodes[node.level, node.idx] = node.hash
            chain, last_ms = link, time_ms
            if size + 1 == next_size:
                next_size = self._signed.compare(next_size, self.frontier.root())
        self.chain, self.last_ms = chain, last_ms

    def check_head(self, head: HeadRow) -> None:
        """Compare the head with the entries."""
        size = self.frontier.size
        if head.size > size:
            raise LedgerFaultError(
                table="ledger_entry",
                log=self._log,
                seq=size,
                column="seq",
                message=f"the entry is missing: the head counts {head.size}.",
            )
        expected = HeadRow(size, self.chain, self.frontier.encode(), self.last_ms)
        for column, found, right in zip(HeadRow._fields, head, expected, strict=True):
            if found != right:
                raise LedgerFaultError(
                    table="ledger_head",
                    log=self._log,
                    seq=None,
                    column=column,
                    message="it does not follow from the entries.",
                )

    def check_nodes(self, nodes: Iterable[NodeRow]) -> None:
        """Compare the stored tile roots with the entries."""
        missing = self._nodes
        for level, idx, stored in nodes:
            right = missing.pop((level, idx), None)
            if right is None:
                raise self._node_fault(
                    level, idx, "idx", "no such tile is full, or it is there twice."
                )
            if stored != right:
                raise self._node_fault(level, idx, "hash", "it does not follow from the entries.")
        if missing:
            level, idx = min(missing)
            raise self._node_fault(level, idx, "idx", "the node is missing.")

    def _node_fault(self, level: int, idx: int, column: str, message: str) -> LedgerFaultError:
        return LedgerFaultError(
            table="ledger_node",
            log=self._log,
            seq=idx * TILE_WIDTH**level,
            column=column,
            message=f"level {level}, index {idx}: {message}",
        )


def _says(entry: bytes, kind: int, time_ms: int) -> bool:
    """Compare the columns beside an entry with its bytes."""
    try:
        parsed = LedgerEntry.parse(entry)
    except EntryError:
        return False
    return parsed.kind == kind and parsed.time_ms == time_ms


def _entry_fault(
    log: str, row: EntryRow, size: int, chain: bytes, last_ms: int
) -> LedgerFaultError:
    """Find out which column of a faulty row was changed.

    The chain hash covers the leaf hash, so where both agree the bytes of the entry are the fault.
    """
    leaf = leaf_hash(row.entry)
    link = chain_hash(row.prev_hash, row.leaf_hash)
    suspects = (
        ("log", row.log != log),
        ("seq", row.seq != size),
        ("prev_hash", row.prev_hash != chain),
        ("entry", leaf != row.leaf_hash and link == row.chain_hash),
        ("leaf_hash", leaf != row.leaf_hash),
        ("chain_hash", link != row.chain_hash),
        ("time_ms", row.time_ms < last_ms),
        ("entry", not _parses(row.entry)),
        ("kind", row.kind != int.from_bytes(row.entry[_KIND])),
        ("time_ms", True),
    )
    column = next(column for column, guilty in suspects if guilty)
    message = (
        f"the row has the number {row.seq}." if column == "seq" else "it does not fit the rest."
    )
    return LedgerFaultError(table="ledger_entry", log=log, seq=size, column=column, message=message)


def _parses(entry: bytes) -> bool:
    try:
        LedgerEntry.parse(entry)
    except EntryError:
        return False
    return True
