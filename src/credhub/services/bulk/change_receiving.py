"""Take a batch of changes in, or try it out: revoke, suspend, lift or issue anew, many at once.

It arrives as a batch that issues does: all rows are checked, sealed and written, and count once
all are in, or nothing is kept.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from credhub.documents.change_rows import ChangeRow
from credhub.errors import (
    MalformedBatchError,
    NothingToChangeError,
    RowFault,
    TooManyBatchesError,
)
from credhub.jsontypes import JsonObject
from credhub.services.bulk import batch_receiving
from credhub.services.bulk.batch_receiving import MOST_OPEN
from credhub.services.bulk.change_checking import MOST_TOLD, ROWS_AT_ONCE, ChangeChecker, Findings
from credhub.services.bulk.part_rows import seal_row
from credhub.services.bulk.row_checking import MOST_FAULTS, MOST_ROWS
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind, StoredBatch
from credhub.store.hubs import HubNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivingChanges:
    """What a hub wants changed together.

    Attributes:
        rows: Rows, and what is wrong with others of them, as a reader finds them.
        actor: The API key or the command that asks.
        reading: Says how the rows were read; asked when the last one was.
        column_of: Names the column that holds a member as its sender does.
        most_rows: With more of them it is refused.
        rows_at_once: How many a worker takes at once.
    """

    kind: BatchKind
    rows: Iterable[ChangeRow | RowFault] = field(repr=False)
    actor: str
    reading: Callable[[], JsonObject] = field(default=dict, repr=False)
    column_of: Callable[[str], str] = field(default=str, repr=False)
    most_rows: int = MOST_ROWS
    rows_at_once: int = ROWS_AT_ONCE


def receive(
    resources: Resources, number: HubNumber, arriving: ArrivingChanges, once: Once
) -> StoredBatch:
    """Take a batch in, all of it or nothing.

    Raises:
        IdempotencyKeyReusedError: The key was used with another body.
        MalformedBatchError: Rows have faults; nothing is kept.
        NothingToChangeError: A filter finds nothing that would be changed.
        ConflictError: Another process removed it while it arrived; nothing is kept.
        TooManyBatchesError: The hub has too many such batches under way.
    """
    batch_receiving.remove_left_over(resources)
    with resources.store.read() as tx:
        made = once.made(tx)
        is_full = tx.batches.count_open(number, arriving.kind) >= MOST_OPEN
    if made is not None:
        return batch_receiving.stored(resources, number, made)
    if is_full:
        raise TooManyBatchesError(MOST_OPEN)
    batch = StoredBatch(
        hub=number,
        batch_id=resources.new_id(),
        kind=arriving.kind,
        actor=arriving.actor,
        created_at=resources.clock(),
    )
    return batch_receiving.take_in(
        resources,
        batch,
        once,
        lambda: _take_rows(resources, batch, arriving),
        reading=arriving.reading,
    )


def try_out(  # noqa: PLR0913 - what is tried, and how it is told
    resources: Resources,
    number: HubNumber,
    kind: BatchKind,
    rows: Iterable[ChangeRow | RowFault],
    *,
    most_told: int = MOST_TOLD,
    column_of: Callable[[str], str] = str,
) -> Findings:
    """Say of every row what would become of it now; nothing is written."""
    keys = resources.keyring.of(number)
    checker = ChangeChecker(resources, keys, kind, most_told=most_told, column_of=column_of)
    with suppress(NothingToChangeError):
        for _ in checker.parts(rows):
            pass
    return checker.found


def _take_rows(resources: Resources, batch: StoredBatch, arriving: ArrivingChanges) -> int:
    keys = resources.keyring.of(batch.hub)
    checker = ChangeChecker(
        resources,
        keys,
        batch.kind,
        most_rows=arriving.most_rows,
        rows_at_once=arriving.rows_at_once,
        column_of=arriving.column_of,
    )
    for part in checker.parts(arriving.rows):
        if not checker.found.faults:
            sealed = [
                seal_row(keys, batch.batch_id, it.row.row, it.row.to_document()) for it in part
            ]
            with resources.store.begin() as tx:
                tx.batches.add_rows(batch.hub, batch.batch_id, sealed)
    if checker.found.faults:
        raise MalformedBatchError(tuple(checker.found.faults[:MOST_FAULTS]))
    return checker.found.rows
