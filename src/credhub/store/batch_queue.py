"""The parts of batches that wait for a worker, and whose turn each of them is.

A part is taken for a while. Whoever is not done by then has lost it to others, and harms nobody:
a row is done once, whoever tries. Whoever locks both locks the part first and then its batch.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from credhub.errors import ConflictError
from credhub.store import batch_counts
from credhub.store.batch_counts import Counts
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind, SealedRow
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.tables import batch, batch_chunk, batch_result, batch_row

LONGEST_LEASE: Final = timedelta(minutes=5)
"""Nobody takes a part for longer, so whoever seems to has a clock that is ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some rows of a batch, next to each other.

    Attributes:
        kind: What is done with each of them.
        rows: How many there are between the first and the last, both included.
        faults: How often they were tried and ended in an error that does not pass.
        leased_until_ms: Until when whoever took it has it.
    """

    hub: HubNumber
    batch_id: str
    kind: BatchKind
    first_row: int
    last_row: int
    rows: int
    faults: int
    leased_until_ms: int


def _within(table: Table) -> ColumnElement[bool]:
    return (
        (table.c.hub_id == bindparam("of_hub"))
        & (table.c.batch_id == bindparam("of_batch"))
        & table.c.row.between(bindparam("from_row"), bindparam("to_row"))
    )


_GOES_ON: Final = (batch.c.queued_ms.is_not(None), batch.c.ended_ms.is_(None))
_HUBS: Final = select(batch.c.hub_id).where(*_GOES_ON).distinct().order_by(batch.c.hub_id)
_NEXT: Final = (
    select(batch_chunk, batch.c.kind)
    .join(
        batch,
        (batch.c.hub_id == batch_chunk.c.hub_id) & (batch.c.batch_id == batch_chunk.c.batch_id),
    )
    .where(
        batch_chunk.c.hub_id == bindparam("hub"),
        batch.c.hub_id == bindparam("hub"),
        *_GOES_ON,
        or_(
            batch_chunk.c.leased_until_ms <= bindparam("now"),
            batch_chunk.c.leased_until_ms > bindparam("too_late"),
        ),
    )
    # A revocation does not wait until everything that is to be issued was.
    .order_by(
        batch.c.kind == BatchKind.ISSUE.value, batch_chunk.c.batch_id, batch_chunk.c.first_row
    )
    .limit(1)
    .with_for_update(of=batch_chunk, skip_locked=True)
)
_NEXT_OF: Final = _NEXT.where(batch_chunk.c.batch_id == bindparam("batch"))
_PART: Final = (
    batch_chunk.c.hub_id == bindparam("of_hub"),
    batch_chunk.c.batch_id == bindparam("of_batch"),
    batch_chunk.c.first_row == bindparam("from_row"),
)
_TAKE: Final = update(batch_chunk).where(*_PART).values(leased_until_ms=bindparam("until"))
_GIVE_BACK: Final = (
    update(batch_chunk)
    .where(*_PART)
    .values(
        leased_until_ms=bindparam("until"), faults=batch_chunk.c.faults + bindparam("more_faults")
    )
)
_FIRST_LEFT: Final = select(func.min(batch_chunk.c.first_row)).where(
    batch_chunk.c.hub_id == bindparam("hub"), batch_chunk.c.batch_id == bindparam("batch")
)
_IS_TAKEN: Final = (
    select(batch_chunk.c.first_row)
    .where(*_PART, batch_chunk.c.leased_until_ms == bindparam("taken_until"))
    .with_for_update()
)
_IS_THERE: Final = select(batch_chunk.c.first_row).where(*_PART).with_for_update()
_REMOVE: Final = delete(batch_chunk).where(*_PART)
_RESULTS: Final = _within(batch_result)
_WANTED: Final = (
    select(batch_row.c.row, batch_row.c.sealed).where(_within(batch_row)).order_by(batch_row.c.row)
)
_DONE: Final = select(batch_result.c.row).where(_RESULTS)
_COUNT_DONE: Final = (
    select(batch_result.c.outcome, func.count().label("rows"))
    .where(_RESULTS)
    .group_by(batch_result.c.outcome)
)
_REMOVE_ROWS: Final = delete(batch_row).where(_within(batch_row))


class BatchQueue:
    """The table ``batch_chunk``, and the rows that its parts hold."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hubs(self) -> tuple[HubNumber, ...]:
        """List the hubs that have something to do."""
        return tuple(map(HubNumber, self._connection.execute(_HUBS).scalars()))

    def take(
        self, hub: HubNumber, *, now: datetime, until: datetime, batch_id: str | None = None
    ) -> Chunk | None:
        """Take the next part of a hub, or of one batch, that nobody has; none when there is none.

        Args:
            hub: Whose.
            now: Whoever's time is over by now has it no more.
            until: Nobody else takes it before then.
            batch_id: Of which batch, when it is not all the same.
        """
        statement = _NEXT if batch_id is None else _NEXT_OF
        values = {"hub": hub, "batch": batch_id, "now": to_ms(now)} | {
            "too_late": to_ms(now + LONGEST_LEASE)
        }
        row = self._connection.execute(statement, values).mappings().one_or_none()
        if row is None:
            return None
        chunk = Chunk(
            hub=hub,
            batch_id=row["batch_id"],
            kind=BatchKind(row["kind"]),
            first_row=row["first_row"],
            last_row=row["last_row"],
            rows=row["rows"],
            faults=row["faults"],
            leased_until_ms=to_ms(until),
        )
        self._connection.execute(_TAKE, _named(chunk) | {"until": chunk.leased_until_ms})
        return chunk

    def give_back(self, chunk: Chunk, *, until: datetime, faults: int = 0) -> None:
        """Let others have a part from a moment on."""
        values = {"until": to_ms(until), "more_faults": faults}
        self._connection.execute(_GIVE_BACK, _named(chunk) | values)

    def is_taken(self, chunk: Chunk) -> bool:
        """Keep a part as it is until the transaction ends; false when others have it by now."""
        values = _named(chunk) | {"taken_until": chunk.leased_until_ms}
        return self._connection.execute(_IS_TAKEN, values).first() is not None

    def first_left(self, hub: HubNumber, batch_id: str) -> int | None:
        """Give the first row of the first part that is not done; none when all are."""
        found: int | None = self._connection.execute(
            _FIRST_LEFT, {"hub": hub, "batch": batch_id}
        ).scalar_one()
        return found

    def counts(self, hub: HubNumber, batch_ids: Collection[str]) -> Mapping[str, Counts]:
        """Count the rows of parts that are not done, by what became of them."""
        return batch_counts.under_way(self._connection, hub, batch_ids)

    def rows_of(self, chunk: Chunk) -> tuple[SealedRow, ...]:
        """Read the rows of a part of which nothing has become yet."""
        # Apart, because joined without statistics they are compared one with another.
        rows = self._connection.execute(_WANTED, _range(chunk)).all()
        done = set(self._connection.execute(_DONE, _range(chunk)).scalars())
        return tuple(
            SealedRow(row=row.row, sealed=row.sealed) for row in rows if row.row not in done
        )

    def lock(self, chunk: Chunk) -> bool:
        """Keep a part as it is until the transaction ends; false when it is done or taken away.

        Its batch is kept too: results are added under a lock that others can share, and two who
        share it would wait for one another when they count.
        """
        if self._connection.execute(_IS_THERE, _named(chunk)).first() is None:
            return False
        own = (batch.c.hub_id == chunk.hub, batch.c.batch_id == chunk.batch_id)
        self._connection.execute(select(batch.c.batch_id).where(*own).with_for_update()).one()
        return True

    def finish(self, chunk: Chunk) -> None:
        """Count and remove a part that is done, with what its rows wanted.

        Raises:
            ConflictError: Of some row nothing has become yet.
        """
        found = self._connection.execute(_COUNT_DONE, _range(chunk)).all()
        done = {Outcome(row.outcome): row.rows for row in found}
        if sum(done.values()) != chunk.rows:
            raise ConflictError(batch_result.name)
        own = (batch.c.hub_id == chunk.hub, batch.c.batch_id == chunk.batch_id)
        self._connection.execute(update(batch).where(*own).values(batch_counts.more(done)))
        self._connection.execute(_REMOVE_ROWS, _range(chunk))
        self._connection.execute(_REMOVE, _named(chunk))


def _named(chunk: Chunk) -> dict[str, object]:
    return {"of_hub": chunk.hub, "of_batch": chunk.batch_id, "from_row": chunk.first_row}


def _range(chunk: Chunk) -> dict[str, object]:
    return _named(chunk) | {"to_row": chunk.last_row}
