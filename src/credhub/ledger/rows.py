"""The rows of one log as the audit reads them; plain tuples, because there are many."""

from typing import NamedTuple


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
