"""The audit: recompute one log from its rows, and name the first that is not what was written.

The log is walked in spans of 65,536 entries. Others may walk them ahead, each on its own; here
they are linked in order, and one that has a fault or does not fit is walked again with what is
known by then. So the first fault is the same, however many walked.

A hash or a signature covers every column but these, in which nobody can be caught: when a
checkpoint was signed, and when a log was made and frozen. A rewrite of everything by somebody who
holds the ledger's key is found only against a checkpoint that was kept elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import NamedTuple

from credhub.errors import LedgerFaultError
from credhub.ledger.entry import NO_HASH
from credhub.ledger.merkle import HASH_LENGTH, TILE_WIDTH, Frontier
from credhub.ledger.rows import HeadRow, LogRow, LogRows
from credhub.ledger.signed_sizes import SignedSizes, opened
from credhub.ledger.span import (
    LEVELS,
    Boundary,
    Span,
    WalkedSpan,
    check_nodes,
    node_fault,
    walk_span,
)
from credhub.ledger.spelling import MAX_SIZE

WalkAhead = Callable[[Iterator[Span]], Iterator[WalkedSpan | None]]
"""Walks spans ahead and gives them in order, none for one that has a fault."""


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


class KnownTree(NamedTuple):
    """A tree that is known to begin a log, and what follows it. Its size is a multiple of 256."""

    frontier: Frontier
    after: Boundary


def audit_log(  # noqa: PLR0913 - what is audited, from where, and who helps
    log: LogRow,
    rows: LogRows,
    *,
    kept: Iterable[str] = (),
    ahead: WalkAhead | None = None,
    advance: Callable[[int], None] = lambda _: None,
    known: KnownTree | None = None,
    levels: int = LEVELS,
) -> AuditSummary:
    """Recompute a log.

    Args:
        log: Its row.
        rows: Its other rows, in one state.
        kept: Signed notes of the log that were kept where its database cannot be changed.
        ahead: Who walks spans ahead; without it all are walked here.
        advance: Told how many entries were checked.
        known: Where to begin; the whole log without it.
        levels: A span has ``256**levels`` entries.

    Raises:
        LedgerFaultError: Something is not what was written; the first such thing.
        NoteError, CheckpointError: A kept note is not a signed checkpoint of this log.
    """
    head = rows.head()
    signed = SignedSizes(log, kept)
    link = _Linked(log, rows, signed, known or KnownTree(Frontier(), Boundary(NO_HASH, 0)))
    spans = partial(_spans, link.frontier.size, head.size, levels, signed)
    link.begin()
    walked = repeat(None) if ahead is None else ahead(spans())
    for span, result in zip(spans(), walked, strict=False):
        link.add(span, result)
        advance(span.end - span.start)
    link.finish(head)
    return AuditSummary(
        log=log.log,
        origin=log.origin,
        size=link.frontier.size,
        root=link.frontier.root(),
        checkpoints=signed.count,
        signed_size=signed.last_size,
        last_ms=link.after.last_ms,
    )


def _spans(start: int, size: int, levels: int, signed: SignedSizes) -> Iterator[Span]:
    while start < size:
        # Spans of one tile, until a wider one may begin.
        level = 1 if start % TILE_WIDTH**levels else levels
        end = min(start + TILE_WIDTH**level, size)
        yield Span(start, end, signed.kept_sizes(start, end), level)
        start = end


class _Linked:
    """What is known after the spans that were linked."""

    def __init__(self, log: LogRow, rows: LogRows, signed: SignedSizes, known: KnownTree) -> None:
        self._log = log
        self._rows = rows
        self._signed = signed
        self.frontier, self.after = known

    def begin(self) -> None:
        """Compare what was signed of the tree that all begins with; mostly the empty one."""
        size = self.frontier.size
        rows = self._rows.checkpoints(size - 1 if size else -MAX_SIZE, size)
        own = opened(self._log, self._signed.key, rows)
        self._signed.compare(own, size - 1, size, {size: self.frontier.root()})

    def add(self, span: Span, walked: WalkedSpan | None) -> None:
        """Link the next span, after walking it here unless that was done and it fits."""
        if walked is None or not self._fits(walked):
            walked = walk_span(self._log, self._rows, span, self.after)
        roots = {size: self.frontier.root_with(root) for size, root in walked.roots.items()}
        self._grow(span, walked.hashes)
        self._signed.compare(walked.signed, span.start, span.end, roots)
        self.after = walked.after

    def finish(self, head: HeadRow) -> None:
        """Compare the end of the log with its head, and look for what lies beyond."""
        size = self.frontier.size
        if self._rows.entry_outside(size) is not None:
            raise self._head_fault("size", "there are entries that it does not count.")
        expected = HeadRow(size, self.after.chain, self.frontier.encode(), self.after.last_ms)
        for column, found, right in zip(HeadRow._fields, head, expected, strict=True):
            if found != right:
                raise self._head_fault(column, "it does not follow from the entries.")
        self._signed.finish(size, self._rows.checkpoints(size, MAX_SIZE))
        stray = self._rows.node_outside(size)
        if stray is not None:
            raise node_fault(self._log.log, stray.level, stray.idx, "idx", "no such tile is full.")

    def _fits(self, walked: WalkedSpan) -> bool:
        said, known = walked.before, self.after
        return said.chain == known.chain and said.last_ms >= known.last_ms

    def _grow(self, span: Span, hashes: bytes) -> None:
        count = span.end - span.start
        heights = (h for h in reversed(range(count.bit_length())) if count >> h & 1)
        starts = range(0, len(hashes), HASH_LENGTH)
        for height, start in zip(heights, starts, strict=True):
            for node in self.frontier.push_subtree(hashes[start : start + HASH_LENGTH], height):
                if node.level > span.levels:
                    found = self._rows.nodes(node.level, node.idx, node.idx + 1)
                    check_nodes(self._log.log, node.level, node.idx, found, (node.hash,))

    def _head_fault(self, column: str, message: str) -> LedgerFaultError:
        return LedgerFaultError(
            table="ledger_head", log=self._log.log, seq=None, column=column, message=message
        )
