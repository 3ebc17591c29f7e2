"""Look at batches, and end them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credhub import jsontypes
from credhub.errors import BatchNotFoundError
from credhub.jsontypes import JsonObject
from credhub.services import preparing
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store.batch_counts import NONE, Counts
from credhub.store.batch_results import ListedResult, Outcome
from credhub.store.batches import Ending, StoredBatch
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchStanding:
    """A batch and how far it is."""

    batch: StoredBatch
    issued: int
    changed: int
    skipped: int
    failed: int

    @property
    def state(self) -> str:
        """One word for it: queued, running, finished, cancelled or failed."""
        if self.batch.ending is not None:
            return self.batch.ending.value
        return "queued" if self.batch.started_at is None else "running"

    @property
    def reading(self) -> JsonObject | None:
        """How the file was read, if it was one."""
        if not self.batch.report:
            return None
        return jsontypes.parse_object(self.batch.report.encode()) or None

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.batch.rows or 0

    @property
    def done(self) -> int:
        """Of how many something has become."""
        return self.issued + self.changed + self.skipped + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPart:
    """What became of some rows, next to each other.

    Attributes:
        has_ended: Whether the batch has ended, so that nothing becomes of more rows.
        pruned_at: When those that gave nothing new were removed from the list.
    """

    rows: tuple[ListedResult, ...]
    has_ended: bool
    pruned_at: datetime | None


def find(resources: Resources, number: HubNumber, batch_id: str) -> BatchStanding:
    """Find a batch of a hub, once all of it has arrived.

    Raises:
        BatchNotFoundError: The hub has no such batch.
    """
    with resources.store.read() as tx:
        batch = _found(tx, number, batch_id)
        return _standings(tx, number, [batch])[0]


def page(
    resources: Resources, number: HubNumber, *, before: str | None, limit: int
) -> tuple[BatchStanding, ...]:
    """List batches, newest first."""
    with resources.store.read() as tx:
        found = tx.batches.page(number, before=before, limit=limit)
        return _standings(tx, number, found)


def results(
    resources: Resources, number: HubNumber, batch_id: str, *, after: int, limit: int
) -> ResultPart:
    """List what became of rows, in the order of their numbers.

    While the batch goes on, the list ends before the first part that is not done: whoever goes on
    after its last row misses none.

    Raises:
        BatchNotFoundError: The hub has no such batch.
    """
    with resources.store.read() as tx:
        batch = _found(tx, number, batch_id)
        # Asked for before the rows are: what is done meanwhile may be missing, and leaves no gap.
        has_ended = batch.ended_at is not None
        end = None if has_ended else tx.batch_queue.first_left(number, batch_id)
        found = tx.batch_results.page(number, batch.batch_id, after=after, limit=limit)
    return ResultPart(
        rows=tuple(it for it in found if end is None or it.result.row < end),
        has_ended=has_ended,
        pruned_at=batch.pruned_at,
    )


def in_turn(resources: Resources, once: Once) -> Once:
    """Give a request the key that it has now: that of its batch that goes on, else a new one.

    For what asks how things shall be: whoever asks again after all of it was done wants it done
    again, and whoever was interrupted wants the rest of it.
    """
    first = once.key
    with resources.store.read() as tx:
        while (made := once.made(tx)) is not None:
            batch = tx.batches.by_id(once.hub, made)
            if batch is not None and batch.is_open:
                break
            once = once.under(f"{first}/{made}")
    return once


def address_of(resources: Resources, number: HubNumber, listed: ListedResult) -> str | None:
    """Give the permanent address of the credential that a row gave."""
    if listed.public_code is None:
        return None
    return preparing.address_of(resources.keyring.of(number).hub, listed.public_code)


def cancel(resources: Resources, number: HubNumber, batch_id: str) -> BatchStanding:
    """End a batch now: nothing becomes of further rows. One that has ended stays as it is.

    Raises:
        BatchNotFoundError: The hub has no such batch.
    """
    with resources.store.begin() as tx:
        _found(tx, number, batch_id)
        tx.batches.end(number, batch_id, Ending.CANCELLED, resources.clock())
    return find(resources, number, batch_id)


def _found(tx: Transaction, number: HubNumber, batch_id: str) -> StoredBatch:
    batch = tx.batches.by_id(number, batch_id)
    if batch is None or batch.queued_at is None:
        raise BatchNotFoundError
    return batch


def _standings(
    tx: Transaction, number: HubNumber, found: Sequence[StoredBatch]
) -> tuple[BatchStanding, ...]:
    under_way = tx.batch_queue.counts(number, [it.batch_id for it in found if it.is_open])
    return tuple(_standing(batch, under_way.get(batch.batch_id, NONE)) for batch in found)


def _standing(batch: StoredBatch, under_way: Counts) -> BatchStanding:
    rows = {outcome: batch.counts[outcome] + under_way[outcome] for outcome in Outcome}
    return BatchStanding(
        batch=batch,
        issued=rows[Outcome.ISSUED],
        changed=rows[Outcome.CHANGED],
        skipped=rows[Outcome.SKIPPED],
        failed=rows[Outcome.FAILED],
    )
