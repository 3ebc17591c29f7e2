"""Let go of what rows said that gave nothing new, so that no hub fills the disk with them.

Whoever may send batches may send rows that fail or were issued before, as often as they like. What
became of these is kept for a while, and of the newest alone when they are many.
"""

from datetime import datetime
from typing import Final

from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

MOST_KEPT: Final = 1_000_000
"""Rows of one hub, of batches that have ended; about a hundred megabytes."""


def prune(resources: Resources, number: HubNumber, *, most: int = MOST_KEPT) -> int:
    """Remove what is due of a hub, each batch in a transaction of its own, and say how many rows.

    Raises:
        StoreError: The database cannot be used. What is due stays due.
    """
    now = resources.clock()
    with resources.store.read() as tx:
        due = tx.batch_pruning.due(
            number, ended_before=now - resources.batch_results_kept, most=most
        )
    removed = 0
    for batch_id in due:
        with resources.store.begin() as tx:
            removed += tx.batch_pruning.prune(number, batch_id, now)
    return removed


def prune_once_a_minute(resources: Resources, number: HubNumber) -> None:
    """Make room for a batch that is about to count, if it is the first one of its minute.

    To look for what is due reads every batch that may be, and a hub may have many small ones.

    Raises:
        StoreError: The database cannot be used. What is due stays due.
    """
    with resources.store.read() as tx:
        newest = tx.batches.page(number, before=None, limit=1)
    minute = _minute_of(resources.clock())
    if not any(_minute_of(it.queued_at) == minute for it in newest):
        prune(resources, number)


def prune_all(resources: Resources, *, most: int = MOST_KEPT) -> int:
    """Remove what is due of all hubs, and say how many rows.

    Raises:
        StoreError: The database cannot be used. What is due stays due.
    """
    with resources.store.read() as tx:
        numbers = tx.batch_pruning.hubs()
    return sum(prune(resources, number, most=most) for number in numbers)


def _minute_of(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(second=0, microsecond=0)
