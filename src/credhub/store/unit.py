"""What a caller wants recorded in one step: entries of the ledger and the rows that go with them.

A unit is prepared without holding a connection and written by the sequencer alone. Its inserts
and changes come from the functions of the repository modules, so nobody above sees SQL.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Delete, Table, Update

from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.entry import NO_HASH, Kind
from credhub.ledger.growth import Growth
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingOpening:
    """What opens a private entry later.

    Attributes:
        entry_id: 16 random bytes.
        inner_kind: What the entry is about.
        learner_id: Whose key sealed the payload; none means the key of the hub.
        sealed: The payload, sealed.
    """

    entry_id: bytes
    inner_kind: InnerKind
    learner_id: str | None
    sealed: bytes

    def __post_init__(self) -> None:
        if len(self.entry_id) != ENTRY_ID_LENGTH:
            raise ValueError("an entry id has 16 bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """A ledger entry that has no place and no time yet."""

    kind: Kind
    commitment: bytes = NO_HASH
    public: bytes = b""
    opening: PendingOpening | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """One new row.

    Attributes:
        table: Where it goes.
        values: Every column but ``log`` and ``seq``.
        entry: Which of the unit's entries gives the row its ``log`` and ``seq``; none for a
            table without them.
    """

    table: Table
    values: Mapping[str, object]
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An update or a removal that must touch exactly one row."""

    hub: HubNumber
    table: Table
    statement: Update | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """All that is recorded together, of one hub.

    Attributes:
        ends_log: The hub's open log as it is with these entries: it takes none after them.
        begins_log: The log whose first entries these are. The hub has no other open log, or one
            that a change of this unit ends.
    """

    hub: HubNumber
    entries: tuple[PendingEntry, ...]
    inserts: tuple[Insert, ...] = ()
    changes: tuple[Change, ...] = ()
    ends_log: LedgerLog | None = None
    begins_log: LedgerLog | None = None

    def __post_init__(self) -> None:
        if not self.entries:
            raise ValueError("a unit without an entry needs no sequencer")
        hubs = {row.values["hub_id"] for row in self.inserts} | {row.hub for row in self.changes}
        if not hubs <= {self.hub}:
            raise ValueError("a unit writes to one hub")
        if self.begins_log is not None and self.begins_log.hub != self.hub:
            raise ValueError("a unit begins a log of its own hub")
        if self.ends_log is not None and self.ends_log.frozen_at is None:
            raise ValueError("a log that ends has ended at some time")
        if any(row.entry not in (None, *range(len(self.entries))) for row in self.inserts):
            raise ValueError("a row names an entry that its unit does not have")

    @property
    def is_alone(self) -> bool:
        """Whether it shares no transaction with other units, because it moves them elsewhere."""
        return self.ends_log is not None or self.begins_log is not None


def joined(first: Unit, second: Unit) -> Unit:
    """Record what two units record, all of it or nothing; the entries of the first come first."""
    before = len(first.entries)
    moved = (
        row if row.entry is None else replace(row, entry=row.entry + before)
        for row in second.inserts
    )
    return Unit(
        hub=first.hub,
        entries=first.entries + second.entries,
        inserts=(*first.inserts, *moved),
        changes=first.changes + second.changes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedGrowth:
    """The newest entries of a log and the checkpoint that was signed over them.

    Attributes:
        note: The signed checkpoint.
        growth: Proves each of the entries in its tree.
    """

    note: str
    growth: Growth = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a unit's entries came to stand.

    Attributes:
        log: The log of the hub that was open.
        seqs: One for each entry, in the order of the unit.
        time_ms: When they were made.
        checkpoint_size: The size of a signed checkpoint that covers them all.
        signed: What proves them; none when the checkpoint of another process serves.
    """

    log: str
    seqs: tuple[int, ...]
    time_ms: int
    checkpoint_size: int
    signed: SignedGrowth | None = None
