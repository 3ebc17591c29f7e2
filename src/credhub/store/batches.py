"""Batches: what a hub sent to be issued together.

A batch arrives in parts and counts once it is queued; what did not get so far is removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store import batch_counts
from credhub.store.batch_counts import NONE, Counts
from credhub.store.batch_results import Outcome
from credhub.store.bulk import insert_values
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms
from credhub.store.tables import batch as table
from credhub.store.tables import batch_chunk, batch_row


class Ending(StrEnum):
    """How a batch ended."""

    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class BatchKind(StrEnum):
    """What a batch does with each of its rows."""

    ISSUE = "issue"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"
    LIFT = "lift"
    REISSUE = "reissue"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBatch:
    """One batch.

    Attributes:
        achievement_id: What is issued; other kinds are about credentials of any achievement.
        actor: The API key or the command that sent it.
        report: What the reader recognised, as JSON.
        rows: How many there are; unknown until all have arrived.
        queued_at: When all had arrived.
        started_at: When somebody took the first of them.
        ended_at: When nothing was left to do.
        counts: How many rows of parts that are done became what.
        pruned_at: When the results of rows that gave nothing new were removed.
    """

    hub: HubNumber
    batch_id: str
    kind: BatchKind = BatchKind.ISSUE
    achievement_id: str | None = None
    achievement_version: int | None = None
    actor: str
    created_at: datetime
    report: str | None = None
    rows: int | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    counts: Counts = field(default_factory=lambda: NONE)
    pruned_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether rows of it may be issued."""
        return self.queued_at is not None and self.ended_at is None

    @property
    def achievement(self) -> tuple[str, int]:
        """What a batch that issues is about: the id and the version."""
        assert self.achievement_id is not None  # noqa: S101 - a constraint of the table
        assert self.achievement_version is not None  # noqa: S101 - as above
        return self.achievement_id, self.achievement_version


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRow:
    """What one row wants, sealed with the hub's secret."""

    row: int
    sealed: bytes = field(repr=False)


_OWN: Final = (table.c.hub_id == bindparam("hub"), table.c.batch_id == bindparam("batch"))
_BY_ID: Final = select(table).where(*_OWN)
_PAGE: Final = (
    select(table)
    .where(table.c.hub_id == bindparam("hub"), table.c.queued_ms.is_not(None))
    .order_by(table.c.batch_id.desc())
    .limit(bindparam("limit"))
)
_PAGE_BEFORE: Final = _PAGE.where(table.c.batch_id < bindparam("before"))
_ISSUES: Final = table.c.kind == BatchKind.ISSUE.value
_OPEN: Final = (
    select(func.count())
    .select_from(table)
    .where(
        table.c.hub_id == bindparam("hub"),
        # What a crash left of batches that never arrived keeps nobody from sending them again.
        table.c.queued_ms.is_not(None),
        table.c.ended_ms.is_(None),
    )
)
_COUNT_ISSUING: Final = _OPEN.where(_ISSUES)
_COUNT_CHANGING: Final = _OPEN.where(~_ISSUES)
_STALE: Final = select(table.c.hub_id, table.c.batch_id).where(
    table.c.queued_ms.is_(None), table.c.ended_ms.is_(None), table.c.created_ms < bindparam("then")
)

_ROW: Final = ("hub_id", "batch_id", "row", "sealed")


class Batches:
    """The tables ``batch`` and ``batch_row``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, batch: StoredBatch) -> None:
        """Begin to take a batch in."""
        values = {
            "hub_id": batch.hub,
            "batch_id": batch.batch_id,
            "kind": batch.kind.value,
            "achievement_id": batch.achievement_id,
            "achievement_version": batch.achievement_version,
            "actor": batch.actor,
            "created_ms": to_ms(batch.created_at),
        }
        self._connection.execute(insert(table), values)

    def add_rows(self, hub: HubNumber, batch_id: str, rows: Sequence[SealedRow]) -> None:
        """Take in some rows, in the order of their numbers, as one part of the work.

        Raises:
            ConflictError: The batch was removed meanwhile.
        """
        values = [(hub, batch_id, row.row, row.sealed) for row in rows]
        try:
            insert_values(self._connection, batch_row, _ROW, values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error
        chunk = {
            "hub_id": hub,
            "batch_id": batch_id,
            "first_row": rows[0].row,
            "last_row": rows[-1].row,
            "rows": len(rows),
            "leased_until_ms": 0,
            "faults": 0,
        }
        self._connection.execute(insert(batch_chunk), chunk)

    def queue(self, hub: HubNumber, batch_id: str, *, rows: int, report: str, at: datetime) -> None:
        """Say that all rows are in: from now on they are issued.

        Raises:
            ConflictError: The batch was removed meanwhile.
        """
        values = {"rows": rows, "report": report, "queued_ms": to_ms(at)}
        if self._change(hub, batch_id, values) != 1:
            raise ConflictError(table.name)

    def discard(self, hub: HubNumber, batch_id: str) -> None:
        """Remove a batch of which not all rows arrived."""
        self._remove_rows(hub, batch_id)
        own = (table.c.hub_id == hub) & (table.c.batch_id == batch_id)
        self._connection.execute(delete(table).where(own))

    def left_over(self, before: datetime) -> tuple[tuple[HubNumber, str], ...]:
        """List the batches that began to arrive before a moment and are not all in."""
        rows = self._connection.execute(_STALE, {"then": to_ms(before)})
        return tuple((HubNumber(row.hub_id), row.batch_id) for row in rows)

    def by_id(self, hub: HubNumber, batch_id: str) -> StoredBatch | None:
        """Find one batch."""
        values = {"hub": hub, "batch": batch_id}
        row = self._connection.execute(_BY_ID, values).mappings().one_or_none()
        return None if row is None else _batch_of(row)

    def page(self, hub: HubNumber, *, before: str | None, limit: int) -> tuple[StoredBatch, ...]:
        """List batches that are all in, newest first."""
        statement = _PAGE if before is None else _PAGE_BEFORE
        values = {"hub": hub, "before": before, "limit": limit}
        return tuple(map(_batch_of, self._connection.execute(statement, values).mappings()))

    def count_open(self, hub: HubNumber, kind: BatchKind = BatchKind.ISSUE) -> int:
        """Count the batches of a hub that have not ended: those that issue, or all others."""
        counting = _COUNT_ISSUING if kind is BatchKind.ISSUE else _COUNT_CHANGING
        return self._connection.execute(counting, {"hub": hub}).scalar_one()

    def end(self, hub: HubNumber, batch_id: str, ending: Ending, at: datetime) -> None:
        """End a batch, unless it has ended: nothing more becomes of its rows.

        The parts of it that are left are taken first, as everybody does, and then the batch.
        """
        parts = (batch_chunk.c.hub_id == hub) & (batch_chunk.c.batch_id == batch_id)
        taken = select(batch_chunk.c.first_row).where(parts).order_by(batch_chunk.c.first_row)
        self._connection.execute(taken.with_for_update()).all()
        # Whoever records rows holds the batch until then: all that they did is counted.
        own = (table.c.hub_id == hub) & (table.c.batch_id == batch_id)
        self._connection.execute(select(table.c.batch_id).where(own).with_for_update()).all()
        counted = batch_counts.under_way(self._connection, hub, [batch_id])[batch_id]
        ended: dict[str, object] = {"ended_ms": to_ms(at), "ending": ending.value}
        self._change(hub, batch_id, ended | batch_counts.more(counted))
        self._remove_rows(hub, batch_id)

    def start(self, hub: HubNumber, batch_id: str, at: datetime) -> None:
        """Say when the first part of a batch was taken."""
        own = (table.c.hub_id == hub, table.c.batch_id == batch_id, table.c.started_ms.is_(None))
        self._connection.execute(update(table).where(*own).values(started_ms=to_ms(at)))

    def finish_if_done(self, hub: HubNumber, batch_id: str, at: datetime) -> None:
        """End a batch of which no part is left.

        On PostgreSQL the batch is locked before it is looked at: of two that finish the last two
        parts at once, the second one sees what the first one did.
        """
        own = (table.c.hub_id == hub) & (table.c.batch_id == batch_id)
        self._connection.execute(select(table.c.batch_id).where(own).with_for_update()).all()
        part = exists().where(batch_chunk.c.hub_id == hub, batch_chunk.c.batch_id == batch_id)
        ended = {"ended_ms": to_ms(at), "ending": Ending.FINISHED.value}
        done = update(table).where(own, table.c.ended_ms.is_(None), ~part).values(ended)
        self._connection.execute(done)

    def _change(self, hub: HubNumber, batch_id: str, values: Mapping[str, object]) -> int:
        own = (table.c.hub_id == hub, table.c.batch_id == batch_id, table.c.ended_ms.is_(None))
        return self._connection.execute(update(table).where(*own).values(values)).rowcount

    def _remove_rows(self, hub: HubNumber, batch_id: str) -> None:
        for waiting in (batch_chunk, batch_row):
            own = (waiting.c.hub_id == hub) & (waiting.c.batch_id == batch_id)
            self._connection.execute(delete(waiting).where(own))


def _batch_of(row: RowMapping) -> StoredBatch:
    return StoredBatch(
        hub=HubNumber(row["hub_id"]),
        batch_id=row["batch_id"],
        kind=BatchKind(row["kind"]),
        achievement_id=row["achievement_id"],
        achievement_version=row["achievement_version"],
        actor=row["actor"],
        created_at=from_ms(row["created_ms"]),
        report=row["report"],
        rows=row["rows"],
        queued_at=from_ms_or_none(row["queued_ms"]),
        started_at=from_ms_or_none(row["started_ms"]),
        ended_at=from_ms_or_none(row["ended_ms"]),
        ending=None if row["ending"] is None else Ending(row["ending"]),
        counts={outcome: row[outcome.value] for outcome in Outcome},
        pruned_at=from_ms_or_none(row["pruned_ms"]),
    )
