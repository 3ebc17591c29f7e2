"""The rows that a receipt is made of, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, select

from credhub.ledger.commitment import InnerKind
from credhub.store.hubs import HubNumber
from credhub.store.tables import (
    ledger_checkpoint,
    ledger_cosignature,
    ledger_entry,
    ledger_log,
    ledger_opening,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedCheckpoint:
    """A signed checkpoint, and the lines of all witnesses that saw it so far."""

    size: int
    note: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateEntry:
    """A private entry with what opens it, and what proves it.

    Attributes:
        vkey: The key of its log (C2SP signed-note).
        entry: The public bytes.
        entry_id: Gives the opening, together with the learner's key.
        inner_kind: What kind of payload it hides.
        sealed: The payload, sealed with the learner's key; none after erasure.
        covering: The first checkpoint whose tree holds it; none for a moment after a crash.
    """

    vkey: str
    entry: bytes
    entry_id: bytes
    inner_kind: InnerKind
    sealed: bytes | None = field(repr=False)
    covering: CosignedCheckpoint | None


_first = (
    select(ledger_checkpoint)
    .where(
        ledger_checkpoint.c.hub_id == bindparam("hub"),
        ledger_checkpoint.c.log == bindparam("log"),
        ledger_checkpoint.c.size > bindparam("seq"),
    )
    .order_by(ledger_checkpoint.c.size)
    .limit(1)
    .subquery("first")
)
_seen = and_(
    ledger_cosignature.c.hub_id == _first.c.hub_id,
    ledger_cosignature.c.log == _first.c.log,
    ledger_cosignature.c.size == _first.c.size,
)
_COVERING: Final = (
    select(_first.c.size, _first.c.note, ledger_cosignature.c.line)
    .select_from(_first.outerjoin(ledger_cosignature, _seen))
    .order_by(ledger_cosignature.c.witness)
)
_PRIVATE: Final = (
    select(
        ledger_log.c.vkey,
        ledger_entry.c.entry,
        ledger_opening.c.entry_id,
        ledger_opening.c.inner_kind,
        ledger_opening.c.sealed,
        _first.c.size,
        _first.c.note,
        ledger_cosignature.c.line,
    )
    .select_from(
        ledger_entry.join(
            ledger_log,
            and_(
                ledger_log.c.hub_id == ledger_entry.c.hub_id,
                ledger_log.c.log == ledger_entry.c.log,
            ),
        )
        .join(
            ledger_opening,
            and_(
                ledger_opening.c.hub_id == ledger_entry.c.hub_id,
                ledger_opening.c.log == ledger_entry.c.log,
                ledger_opening.c.seq == ledger_entry.c.seq,
            ),
        )
        .outerjoin(_first, _first.c.hub_id == ledger_entry.c.hub_id)
        .outerjoin(ledger_cosignature, _seen)
    )
    .where(
        ledger_entry.c.hub_id == bindparam("hub"),
        ledger_entry.c.log == bindparam("log"),
        ledger_entry.c.seq == bindparam("seq"),
    )
    .order_by(ledger_cosignature.c.witness)
)


class ReceiptRows:
    """Entries with their openings, and checkpoints with their cosignatures."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def private(self, hub: HubNumber, log: str, seq: int) -> PrivateEntry | None:
        """Read a private entry that has its opening."""
        values = {"hub": hub, "log": log, "seq": seq}
        rows = self._connection.execute(_PRIVATE, values).all()
        if not rows:
            return None
        row = rows[0]
        return PrivateEntry(
            vkey=row.vkey,
            entry=row.entry,
            entry_id=row.entry_id,
            inner_kind=InnerKind(row.inner_kind),
            sealed=row.sealed,
            covering=None if row.size is None else _cosigned(rows),
        )

    def covering(self, hub: HubNumber, log: str, seq: int) -> CosignedCheckpoint | None:
        """Read the first checkpoint whose tree holds an entry; none for a moment after a crash."""
        values = {"hub": hub, "log": log, "seq": seq}
        rows = self._connection.execute(_COVERING, values).all()
        return _cosigned(rows) if rows else None


def _cosigned(rows: Sequence[Row[*tuple[Any, ...]]]) -> CosignedCheckpoint:
    return CosignedCheckpoint(
        size=rows[0].size,
        note=rows[0].note,
        lines=tuple(row.line for row in rows if row.line is not None),
    )
