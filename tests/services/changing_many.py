"""Batches of changes for tests."""

from collections.abc import Sequence

from credhub.documents.change_rows import ChangeRow
from credhub.services import reading
from credhub.services.bulk import change_receiving
from credhub.services.bulk.change_checking import ROWS_AT_ONCE
from credhub.services.bulk.change_receiving import ArrivingChanges
from credhub.services.bulk.row_checking import MOST_ROWS
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind, StoredBatch
from credhub.store.hubs import HubNumber
from tests.running import unique
from tests.services.batching import results, row_of, send, work_off
from tests.services.ordering import once

ROUTE = "POST /v1/batches/changes"
REASON = "The exam was cancelled."


def named(ids: Sequence[str], reason: str = REASON) -> list[ChangeRow]:
    """Give rows that name these credentials."""
    return [
        ChangeRow(row=row, credential=which, reason=reason)
        for row, which in enumerate(ids, start=1)
    ]


def change_many(  # noqa: PLR0913 - what a batch may be
    resources: Resources,
    hub: HubNumber,
    kind: BatchKind,
    ids: Sequence[str],
    *,
    key: str | None = None,
    most_rows: int = MOST_ROWS,
    rows_at_once: int = ROWS_AT_ONCE,
) -> StoredBatch:
    """Send a batch of changes; nobody does them yet."""
    arriving = ArrivingChanges(
        kind=kind,
        rows=named(ids),
        actor="api-key:test",
        most_rows=most_rows,
        rows_at_once=rows_at_once,
    )
    request = once(
        resources, hub, key=key or unique("changes"), body={"ids": list(ids)}, route=ROUTE
    )
    return change_receiving.receive(resources, hub, arriving, request)


def issue_many(
    resources: Resources, hub: HubNumber, achievement: str, count: int, *, first: int = 1
) -> list[str]:
    """Issue so many credentials, and give their ids in the order of their rows."""
    rows = [row_of(number) for number in range(first, first + count)]
    batch = send(resources, hub, achievement, rows)
    work_off(resources)
    return [str(it.result.credential_id) for it in results(resources, batch)]


def standing(resources: Resources, hub: HubNumber, ids: Sequence[str]) -> list[str]:
    return [reading.by_id(resources, hub, it).standing.value for it in ids]
