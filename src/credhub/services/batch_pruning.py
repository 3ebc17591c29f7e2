"""Let go of what rows said that gave nothing new, so that no hub fills the disk with them.

Whoever may send batches may send rows that fail or were issued before, as often as they like. What
became of these is kept for a while, and of the newest alone when they are many.
"""

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


def prune_all(resources: Resources, *, most: int = MOST_KEPT) -> int:
    """Remove what is due of all hubs, and say how many rows.

    Raises:
        StoreError: The database cannot be used. What is due stays due.
    """
    with resources.store.read() as tx:
        numbers = tx.batch_pruning.hubs()
    return sum(prune(resources, number, most=most) for number in numbers)
