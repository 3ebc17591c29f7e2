"""How much the batches of all hubs have left to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, bindparam, case, func, select, text

from credhub.store.milliseconds import from_ms_or_none, to_ms
from credhub.store.tables import HAS_FAILED, batch, batch_chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLoad:
    """All hubs together.

    Attributes:
        queued: Batches of which nothing was begun.
        running: Batches of which something was, and that go on.
        failed: Batches that ended in faults of ours, ever.
        parts: Parts that nobody has begun, or whose worker's time is over.
        parts_taken: Parts that a worker has.
        rows: Rows of both.
        oldest_at: When the oldest batch that goes on had arrived.
    """

    queued: int
    running: int
    failed: int
    parts: int
    parts_taken: int
    rows: int
    oldest_at: datetime | None


_GOES_ON: Final = and_(batch.c.queued_ms.is_not(None), batch.c.ended_ms.is_(None))
_OPEN: Final = select(
    func.count(case((batch.c.started_ms.is_(None), 1))),
    func.count(case((batch.c.started_ms.is_not(None), 1))),
    func.min(batch.c.queued_ms),
).where(_GOES_ON)
# As the index has it, for whoever plans before the value is known.
_FAILED: Final = select(func.count()).select_from(batch).where(text(HAS_FAILED))
_OWN: Final = (batch.c.hub_id == batch_chunk.c.hub_id) & (
    batch.c.batch_id == batch_chunk.c.batch_id
)
_TAKEN: Final = batch_chunk.c.leased_until_ms > bindparam("now")
_PARTS: Final = (
    select(
        func.count(case((~_TAKEN, 1))),
        func.count(case((_TAKEN, 1))),
        func.sum(batch_chunk.c.rows),
    )
    .join(batch, _OWN)
    .where(_GOES_ON)
)
# Of a hub without anything under way, and parts that were given up: at any load, workers that run
# come to the first soon, and take the second as soon as they may.
_BEGUN: Final = select(batch.c.hub_id).where(_GOES_ON, batch.c.started_ms.is_not(None))
_NOT_BEGUN: Final = select(func.min(batch.c.queued_ms)).where(
    _GOES_ON, batch.c.hub_id.not_in(_BEGUN)
)
_GIVEN_UP: Final = (
    select(func.min(batch_chunk.c.leased_until_ms))
    .join(batch, _OWN)
    .where(_GOES_ON, batch_chunk.c.leased_until_ms > 0)
)


class BatchLoads:
    """What the tables ``batch`` and ``batch_chunk`` say of all hubs together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def now(self, now: datetime) -> BatchLoad:
        """Count what is left to do."""
        queued, running, oldest_ms = self._connection.execute(_OPEN).one()
        failed = self._connection.execute(_FAILED).scalar_one()
        parts, taken, rows = self._connection.execute(_PARTS, {"now": to_ms(now)}).one()
        return BatchLoad(
            queued=queued,
            running=running,
            failed=failed,
            parts=parts,
            parts_taken=taken,
            rows=int(rows or 0),
            oldest_at=from_ms_or_none(oldest_ms),
        )

    def idle_for(self, now: datetime) -> timedelta:
        """Say for how long a batch has waited for anybody at all: nothing while workers run."""
        found = [self._connection.execute(it).scalar_one() for it in (_NOT_BEGUN, _GIVEN_UP)]
        since = min((it for it in found if it is not None), default=to_ms(now))
        return timedelta(milliseconds=max(0, to_ms(now) - since))
