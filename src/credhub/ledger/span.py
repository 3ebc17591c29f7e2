"""One span of a log recomputed from its rows, wherever it begins.

A span begins at a multiple of 65,536, the width of a tile of tiles. Whoever has no rows before it
takes its first ``prev_hash`` on trust; linking the spans compares that.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from struct import Struct
from typing import Final, NamedTuple

from credhub.errors import EntryError, LedgerFaultError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import CHAIN_PREFIX, MAGIC, Kind, LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import TILE_HEIGHT, Frontier, TileNode, subtree_levels, subtrees
from credhub.ledger.rows import EntryColumns, LogRow, LogRows, SpanEntry
from credhub.ledger.signed_sizes import key_of, opened

LEVELS: Final = 2
"""A span has 256 to this power entries, unless a test wants smaller ones."""

_KIND: Final = slice(4, 5)
_HEAD: Final = Struct(">4sBQ")
_PRIVATE_LENGTH: Final = 47
_NO_PUBLIC_BYTES: Final = bytes(2)


class Span(NamedTuple):
    """Entries ``start`` to before ``end``.

    Attributes:
        sizes: Where a root is asked for, besides at the checkpoints in the span.
        levels: How many levels of nodes lie in a full span.
    """

    start: int
    end: int
    sizes: tuple[int, ...] = ()
    levels: int = LEVELS


class Boundary(NamedTuple):
    """What a span follows: the chain hash and time of the entry before it."""

    chain: bytes
    last_ms: int


class WalkedSpan(NamedTuple):
    """A span without a fault of its own.

    Attributes:
        before: What it says it follows: the first ``prev_hash``, and its own first time.
        after: What follows it.
        hashes: The perfect subtrees of its entries, largest first.
        signed: The checkpoints of sizes in it, opened.
        roots: For each size asked for, the hash over the span's entries below it.
    """

    before: Boundary
    after: Boundary
    hashes: bytes
    signed: tuple[Checkpoint, ...]
    roots: dict[int, bytes]


def walk_span(log: LogRow, rows: LogRows, span: Span, before: Boundary | None) -> WalkedSpan:
    """Recompute a span.

    Args:
        log: Whose span.
        rows: Where the rows are.
        span: Which.
        before: What it follows; none when that is taken on trust.

    Raises:
        LedgerFaultError: The first thing in the span that is not what was written: of its
            entries, then of its nodes, then of its checkpoints.
    """
    checkpoints = rows.checkpoints(span.start, span.end)
    walk = _Walk(log.log, span, before, {row.size for row in checkpoints})
    for chunk in rows.entries(span.start, span.end):
        walk.take(chunk)
    walk.check_end()
    for level in range(1, span.levels + 1):
        shift = TILE_HEIGHT * level
        found = rows.nodes(level, span.start >> shift, span.end >> shift)
        check_nodes(log.log, level, span.start >> shift, found, walk.nodes_of(level))
    return WalkedSpan(
        before=walk.before,
        after=Boundary(walk.chain, walk.last_ms),
        hashes=walk.frontier.encode(),
        signed=tuple(opened(log, key_of(log), checkpoints)),
        roots=walk.roots,
    )


def check_nodes(
    log: str, level: int, start: int, found: Sequence[tuple[int, bytes]], right: Sequence[bytes]
) -> None:
    """Compare stored nodes of one level, from index ``start``, with those that were computed.

    Raises:
        LedgerFaultError: One is missing, there twice, or another.
    """
    for place, expected in enumerate(right):
        index = start + place
        if place >= len(found) or found[place][0] > index:
            raise node_fault(log, level, index, "idx", "the node is missing.")
        if found[place][0] < index:
            raise node_fault(log, level, found[place][0], "idx", "the node is there twice.")
        if found[place][1] != expected:
            raise node_fault(log, level, index, "hash", "it does not follow from the entries.")
    if len(found) > len(right):
        raise node_fault(log, level, found[len(right)][0], "idx", "the node is there twice.")


def node_fault(log: str, level: int, idx: int, column: str, message: str) -> LedgerFaultError:
    """Name a node by level and index, and by the first entry under it."""
    return LedgerFaultError(
        table="ledger_node",
        log=log,
        seq=idx << TILE_HEIGHT * level,
        column=column,
        message=f"level {level}, index {idx}: {message}",
    )


class _Walk:
    """What is known after some chunks of 256 entries."""

    def __init__(self, log: str, span: Span, before: Boundary | None, sizes: set[int]) -> None:
        self._log = log
        self._span = span
        self._asked = sorted(sizes.union(span.sizes), reverse=True)
        self._nodes: list[TileNode] = []
        self._trusted = before is None
        self.before = before or Boundary(b"", 0)
        self.chain, self.last_ms = self.before
        self.frontier = Frontier()
        self.roots: dict[int, bytes] = {}

    def take(self, chunk: Sequence[EntryColumns]) -> None:
        """Check the next 256 entries, or the last ones."""
        start = self._span.start + self.frontier.size
        if self._trusted:
            self._trusted = False
            self.before = Boundary(chunk[0][5], chunk[0][2])
            self.chain, self.last_ms = self.before
        leaves, (self.chain, self.last_ms) = check_entries(
            self._log, chunk, start, Boundary(self.chain, self.last_ms)
        )
        levels = subtree_levels(leaves)
        while self._asked and self._asked[-1] <= start + len(leaves):
            size = self._asked.pop()
            self.roots[size] = self._root_at(levels, size - start)
        for root, height in subtrees(levels, len(leaves)):
            self._nodes.extend(self.frontier.push_subtree(root, height))

    def check_end(self) -> None:
        """Make sure that the span has all its entries."""
        end = self._span.start + self.frontier.size
        if end != self._span.end:
            message = "the entry is missing: the head counts more."
            raise _fault(self._log, end, "seq", message)

    def nodes_of(self, level: int) -> list[bytes]:
        """Give the hashes of the nodes of one level."""
        return [node.hash for node in self._nodes if node.level == level]

    def _root_at(self, levels: Sequence[Sequence[bytes]], count: int) -> bytes:
        part = Frontier()
        for root, height in subtrees(levels, count):
            part.push_subtree(root, height)
        return self.frontier.root_with(part.root())


def check_entries(
    log: str, chunk: Sequence[EntryColumns], start: int, before: Boundary
) -> tuple[Sequence[bytes], Boundary]:
    """Check some entries column by column. This is the cost of an audit, so it loops in C.

    Returns:
        Their leaf hashes, and what follows them.

    Raises:
        LedgerFaultError: The first that is not what was written.
    """
    seqs, kinds, times, entries, leaves, prevs, links = zip(*chunk, strict=True)
    if (
        list(seqs) != list(range(start, start + len(chunk)))
        or prevs[0] != before.chain
        or prevs[1:] != links[:-1]
        or [sha256(b"\x00" + entry).digest() for entry in entries] != list(leaves)
        or [
            sha256(CHAIN_PREFIX + prev + leaf).digest()
            for prev, leaf in zip(prevs, leaves, strict=True)
        ]
        != list(links)
        or times[0] < before.last_ms
        or list(times) != sorted(times)
        or not all(map(_says, entries, kinds, times))
    ):
        raise _first_fault(log, chunk, start, before)
    return leaves, Boundary(links[-1], times[-1])


def _says(entry: bytes, kind: int, time_ms: int) -> bool:
    """Compare the columns beside an entry with its bytes; most entries are private ones."""
    if (
        kind == Kind.PRIVATE
        and len(entry) == _PRIVATE_LENGTH
        and entry[45:] == _NO_PUBLIC_BYTES
        and time_ms >= 0
        and entry[:13] == _HEAD.pack(MAGIC, kind, time_ms)
        and any(entry[13:45])
    ):
        return True
    try:
        parsed = LedgerEntry.parse(entry)
    except EntryError:
        return False
    return parsed.kind == kind and parsed.time_ms == time_ms


def _first_fault(
    log: str, chunk: Iterable[EntryColumns], start: int, before: Boundary
) -> LedgerFaultError:
    """Find the first faulty row, and which of its columns was changed.

    The chain hash covers the leaf hash, so where both agree the bytes of the entry are the fault.
    """
    rows = [SpanEntry._make(row) for row in chunk]
    befores = (before, *(Boundary(row.chain_hash, row.time_ms) for row in rows))
    checked = (
        (size, row, _changed_column(row, size, known))
        for size, (row, known) in enumerate(zip(rows, befores, strict=False), start)
    )
    size, row, column = next(one for one in checked if one[2] is not None)
    number = f"the row has the number {row.seq}."
    message = number if column == "seq" else "it does not fit the rest."
    return _fault(log, size, str(column), message)


def _changed_column(row: SpanEntry, size: int, before: Boundary) -> str | None:
    leaf = leaf_hash(row.entry)
    link = chain_hash(row.prev_hash, row.leaf_hash)
    suspects = (
        ("seq", row.seq != size),
        ("prev_hash", row.prev_hash != before.chain),
        ("entry", leaf != row.leaf_hash and link == row.chain_hash),
        ("leaf_hash", leaf != row.leaf_hash),
        ("chain_hash", link != row.chain_hash),
        ("time_ms", row.time_ms < before.last_ms),
        ("entry", not _parses(row.entry)),
        ("kind", row.kind != int.from_bytes(row.entry[_KIND])),
        ("time_ms", not _says(row.entry, row.kind, row.time_ms)),
    )
    return next((column for column, guilty in suspects if guilty), None)


def _fault(log: str, seq: int, column: str, message: str) -> LedgerFaultError:
    return LedgerFaultError(table="ledger_entry", log=log, seq=seq, column=column, message=message)


def _parses(entry: bytes) -> bool:
    try:
        LedgerEntry.parse(entry)
    except EntryError:
        return False
    return True
