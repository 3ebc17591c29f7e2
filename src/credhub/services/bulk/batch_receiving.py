"""Take a batch in: rows are checked and kept as they arrive, and count when all are in.

(1) the same request with the same key gives the batch that it gave before;
(2) some hundred rows at a time are sealed and written. Nobody issues them yet;
(3) with the first fault nothing more is written, but all faults are looked for;
(4) one transaction says that all rows are in, and what the request with this key made.

What a crash leaves before (4) is never issued, and is removed later.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Final

from credhub.documents.rows import kept
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import (
    AchievementNotFoundError,
    BatchNotFoundError,
    ConflictError,
    MalformedBatchError,
    RowFault,
    TooManyBatchesError,
)
from credhub.jsontypes import JsonObject
from credhub.services.bulk import batch_pruning, row_checking
from credhub.services.bulk.part_rows import seal_row
from credhub.services.bulk.row_checking import MOST_ROWS, RowChecker
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.store.batches import StoredBatch
from credhub.store.hubs import HubNumber

ROWS_AT_ONCE: Final = 500
MOST_OPEN: Final = 20
"""So many batches of a hub may be under way."""

LEFT_OVER_AFTER: Final = timedelta(hours=1)
"""A batch that has not arrived by then never will: a request ends after minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """What a hub sends to be issued together.

    Attributes:
        achievement_id: The version that is newest now is issued, however long that takes.
        rows: Rows and faults, as a reader finds them.
        actor: The API key or the command that sends it.
        reading: Says how the rows were read; asked when the last one was.
        most_rows: With more of them it is refused.
        rows_at_once: How many a worker takes at once.
    """

    achievement_id: str
    rows: Iterable[ReadRow | RowFault] = field(repr=False)
    actor: str
    reading: Callable[[], JsonObject] = field(default=dict, repr=False)
    most_rows: int = MOST_ROWS
    rows_at_once: int = ROWS_AT_ONCE


def receive(resources: Resources, number: HubNumber, arriving: Arriving, once: Once) -> StoredBatch:
    """Take a batch in, all of it or nothing.

    Raises:
        AchievementNotFoundError: The hub has no such achievement.
        IdempotencyKeyReusedError: The key was used with another body.
        MalformedBatchError: Rows have faults; nothing is kept.
        ConflictError: Another process removed it while it arrived; nothing is kept.
        TooManyBatchesError: The hub has too many batches under way.
    """
    remove_left_over(resources)
    with resources.store.read() as tx:
        made = once.made(tx)  # (1)
        achievement = tx.achievements.latest(number, arriving.achievement_id)
        is_full = tx.batches.count_open(number) >= MOST_OPEN
    if made is not None:
        return stored(resources, number, made)
    if achievement is None:
        raise AchievementNotFoundError
    if is_full:
        raise TooManyBatchesError(MOST_OPEN)
    batch = StoredBatch(
        hub=number,
        batch_id=resources.new_id(),
        achievement_id=achievement.achievement_id,
        achievement_version=achievement.version,
        actor=arriving.actor,
        created_at=resources.clock(),
    )
    return take_in(
        resources,
        batch,
        once,
        lambda: _take_rows(resources, batch, arriving, achievement),
        reading=arriving.reading,
    )


def take_in(
    resources: Resources,
    batch: StoredBatch,
    once: Once,
    take_rows: Callable[[], int],
    *,
    reading: Callable[[], JsonObject],
) -> StoredBatch:
    """Begin a batch, take its rows and queue it; what fails before that leaves nothing.

    Args:
        resources: What services work with.
        batch: What is begun, unless the same request was faster.
        once: What keeps the request from making two.
        take_rows: Checks the rows, writes them and counts them.
        reading: Says what the reader recognised, when all is read.
    """
    with resources.store.begin() as tx:
        tx.batches.begin(batch)
    try:
        rows = take_rows()
        batch_pruning.prune_once_a_minute(resources, batch.hub)
        _queue(resources, batch, once, rows=rows, reading=reading())  # (4)
    except ConflictError:
        # The same request at the same time: one of them made it.
        _discard(resources, batch)
        with resources.store.read() as tx:
            made = once.made(tx)
        if made is None:
            raise
        return stored(resources, batch.hub, made)
    except BaseException:
        _discard(resources, batch)
        raise
    return stored(resources, batch.hub, batch.batch_id)


def remove_left_over(resources: Resources) -> None:
    """Remove what crashes left of batches that never arrived."""
    then = resources.clock() - LEFT_OVER_AFTER
    with resources.store.read() as tx:
        found = tx.batches.left_over(then)
    for hub, batch_id in found:
        with resources.store.begin() as tx:
            tx.batches.discard(hub, batch_id)


def _take_rows(
    resources: Resources, batch: StoredBatch, arriving: Arriving, achievement: StoredAchievement
) -> int:
    checker = RowChecker(resources, achievement, most_rows=arriving.most_rows)
    good, count = checker.good_ones(arriving.rows), 0
    keys = resources.keyring.of(batch.hub)
    for part in _parts(good, arriving.rows_at_once):  # (2)
        count += len(part)
        if not checker.faults:  # (3)
            sealed = [
                seal_row(keys, batch.batch_id, row.row, kept.to_document(row)) for row in part
            ]
            with resources.store.begin() as tx:
                tx.batches.add_rows(batch.hub, batch.batch_id, sealed)
    if count == 0 and not checker.faults:
        checker.faults.append(row_checking.EMPTY)
    if checker.faults:
        raise MalformedBatchError(tuple(checker.faults))
    return count


def _parts(rows: Iterator[ReadRow], size: int) -> Iterator[list[ReadRow]]:
    while part := list(islice(rows, size)):
        yield part


def _queue(
    resources: Resources, batch: StoredBatch, once: Once, *, rows: int, reading: JsonObject
) -> None:
    text = json.dumps(reading, ensure_ascii=False, separators=(",", ":"))
    with resources.store.begin() as tx:
        tx.idempotency.insert(once.request_for(resources, batch.batch_id))
        tx.batches.queue(batch.hub, batch.batch_id, rows=rows, report=text, at=resources.clock())


def _discard(resources: Resources, batch: StoredBatch) -> None:
    with resources.store.begin() as tx:
        tx.batches.discard(batch.hub, batch.batch_id)


def stored(resources: Resources, number: HubNumber, batch_id: str) -> StoredBatch:
    """Find a batch that a request made.

    Raises:
        BatchNotFoundError: There is none.
    """
    with resources.store.read() as tx:
        batch = tx.batches.by_id(number, batch_id)
    if batch is None:
        raise BatchNotFoundError
    return batch
