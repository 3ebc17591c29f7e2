"""The rows of one log as the audit reads them; plain tuples, because there are many."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class LogRow(NamedTuple):
    """The row of ``ledger_log``."""

    log: str
    origin: str
    vkey: str


class EntryRow(NamedTuple):
    """A row of ``ledger_entry``."""

    log: str
    seq: int
    kind: int
    time_ms: int
    entry: bytes
    leaf_hash: bytes
    prev_hash: bytes
    chain_hash: bytes


class NodeRow(NamedTuple):
    """A row of ``ledger_node``."""

    level: int
    idx: int
    hash: bytes


class HeadRow(NamedTuple):
    """The row of ``ledger_head``."""

    size: int
    chain_hash: bytes
    frontier: bytes
    last_ms: int


class CheckpointRow(NamedTuple):
    """A row of ``ledger_checkpoint``."""

    size: int
    root: bytes
    note: str
    signed_ms: int


class SpanEntry(NamedTuple):
    """A row of ``ledger_entry`` without its log, which whoever reads it has chosen.

    Readers may give plain tuples: a named one costs as much time as a hash.
    """

    seq: int
    kind: int
    time_ms: int
    entry: bytes
    leaf_hash: bytes
    prev_hash: bytes
    chain_hash: bytes


EntryColumns = tuple[int, int, int, bytes, bytes, bytes, bytes]


class LogRows(Protocol):
    """The rows of one log, a part at a time: from a database, or built in a test."""

    def head(self) -> HeadRow:
        """Give the head."""
        ...

    def entries(self, start: int, end: int) -> Iterable[Sequence[EntryColumns]]:
        """Give the entries from ``start`` to before ``end`` by ``seq``, in chunks of 256.

        Only the last chunk may be shorter.
        """
        ...

    def nodes(self, level: int, start: int, end: int) -> Sequence[tuple[int, bytes]]:
        """Give index and hash of the nodes of a level, by index."""
        ...

    def checkpoints(self, after: int, end: int) -> Sequence[CheckpointRow]:
        """Give the checkpoints of sizes over ``after`` and up to ``end``, by size."""
        ...

    def entry_outside(self, size: int) -> int | None:
        """Find an entry that no log of this size has."""
        ...

    def node_outside(self, size: int) -> NodeRow | None:
        """Find a node that no log of this size has."""
        ...
