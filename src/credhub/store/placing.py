"""Giving entries their places: numbers, times and hashes, in the order in which they come."""

from dataclasses import dataclass, field
from typing import Final

from credhub.ledger.entry import LedgerEntry, chain_hash, leaf_hash
from credhub.ledger.merkle import Frontier
from credhub.store.bulk import Rows
from credhub.store.hubs import HubNumber
from credhub.store.tables import ledger_entry, ledger_node, ledger_opening
from credhub.store.unit import PendingEntry, Unit

_ENTRY: Final = (
    "hub_id",
    "log",
    "seq",
    "kind",
    "time_ms",
    "entry",
    "leaf_hash",
    "prev_hash",
    "chain_hash",
)
_NODE: Final = ("hub_id", "log", "level", "idx", "hash")
_OPENING: Final = ("hub_id", "log", "seq", "entry_id", "inner_kind", "learner_id", "sealed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where the entries of one unit were put."""

    hub: HubNumber
    log: str
    seqs: tuple[int, ...]
    time_ms: int


@dataclass(slots=True, kw_only=True)
class Tail:
    """The growing end of one log.

    Attributes:
        old_size: How many entries the log had.
        chain: The hash of the chain so far.
        time_ms: The time that the new entries get.
    """

    hub: HubNumber
    log: str
    old_size: int
    chain: bytes
    time_ms: int
    frontier: Frontier = field(repr=False)

    def place(self, unit: Unit, rows: Rows) -> Placed:
        """Give a unit's entries their places, and collect the rows that say so."""
        seqs = tuple([self._add(entry, rows) for entry in unit.entries])
        for row in unit.inserts:
            if row.entry is not None:
                rows.add(row.table, {**row.values, "log": self.log, "seq": seqs[row.entry]})
        return Placed(hub=self.hub, log=self.log, seqs=seqs, time_ms=self.time_ms)

    def _add(self, pending: PendingEntry, rows: Rows) -> int:
        hub, log, kind, time_ms = self.hub, self.log, pending.kind, self.time_ms
        entry = LedgerEntry(
            kind=kind, time_ms=time_ms, commitment=pending.commitment, public=pending.public
        ).encode()
        seq, previous, leaf = self.frontier.size, self.chain, leaf_hash(entry)
        self.chain = chain = chain_hash(previous, leaf)
        rows.of(ledger_entry, _ENTRY).append(
            (hub, log, seq, int(kind), time_ms, entry, leaf, previous, chain)
        )
        for node in self.frontier.push(leaf):
            rows.of(ledger_node, _NODE).append((hub, log, node.level, node.idx, node.hash))
        opened = pending.opening
        if opened is not None:
            rows.of(ledger_opening, _OPENING).append(
                (
                    hub,
                    log,
                    seq,
                    opened.entry_id,
                    int(opened.inner_kind),
                    opened.learner_id,
                    opened.sealed,
                )
            )
        return seq
