"""Removing results of rows that gave nothing new, of batches that ended long ago.

What a row gave or changed stays: it says which batch a credential is of. The batch stays with its
counts. Guards refuse anything else.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, or_, select, text, update

from credhub.store.batch_results import Outcome
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.tables import IS_KEPT, batch, batch_result

GAVE_NOTHING: Final = (Outcome.SKIPPED.value, Outcome.FAILED.value)

_KEPT: Final = batch.c.skipped + batch.c.failed
_NEWEST_FIRST: Final = (
    select(
        batch.c.batch_id,
        batch.c.ended_ms,
        func.sum(_KEPT).over(order_by=batch.c.batch_id.desc()).label("so_far"),
    )
    .where(batch.c.hub_id == bindparam("hub"), text(IS_KEPT))
    .subquery()
)
_DUE: Final = (
    select(_NEWEST_FIRST.c.batch_id)
    .where(
        or_(
            _NEWEST_FIRST.c.ended_ms < bindparam("then"),
            _NEWEST_FIRST.c.so_far > bindparam("most"),
        )
    )
    .order_by(_NEWEST_FIRST.c.batch_id)
)
_HUBS: Final = select(batch.c.hub_id).where(text(IS_KEPT)).distinct().order_by(batch.c.hub_id)
_OWN: Final = (batch.c.hub_id == bindparam("of_hub"), batch.c.batch_id == bindparam("of_batch"))
_PRUNE: Final = (
    update(batch)
    .where(*_OWN, batch.c.ended_ms.is_not(None), batch.c.pruned_ms.is_(None))
    .values(pruned_ms=bindparam("at"))
)
_REMOVE: Final = delete(batch_result).where(
    batch_result.c.hub_id == bindparam("of_hub"),
    batch_result.c.batch_id == bindparam("of_batch"),
    batch_result.c.outcome.in_(GAVE_NOTHING),
)


class BatchPruning:
    """The tables ``batch`` and ``batch_result``, as far as they grow without anything issued."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hubs(self) -> tuple[HubNumber, ...]:
        """List the hubs that have results which may go some day."""
        return tuple(map(HubNumber, self._connection.execute(_HUBS).scalars()))

    def due(self, hub: HubNumber, *, ended_before: datetime, most: int) -> tuple[str, ...]:
        """List batches whose results are due, oldest first.

        Args:
            hub: Whose.
            ended_before: Whatever ended before this is due.
            most: So many rows that gave nothing new are kept; with more, the oldest are due.
        """
        values = {"hub": hub, "then": to_ms(ended_before), "most": most}
        return tuple(self._connection.execute(_DUE, values).scalars())

    def prune(self, hub: HubNumber, batch_id: str, at: datetime) -> int:
        """Remove the results of a batch that gave nothing new; say how many, none the second time.

        On PostgreSQL the batch is changed first, so of two that prune it one waits.
        """
        named = {"of_hub": hub, "of_batch": batch_id}
        if not self._connection.execute(_PRUNE, named | {"at": to_ms(at)}).rowcount:
            return 0
        return self._connection.execute(_REMOVE, named).rowcount
