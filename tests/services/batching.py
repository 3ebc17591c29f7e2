"""Batches for tests: rows, the way they are sent, and what must be true in the end."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from sqlalchemy import Table, func, select

from credhub.documents.rows.choices import Form
from credhub.documents.rows.reader import RowReader
from credhub.jobs import batch_working
from credhub.jsontypes import JsonObject
from credhub.services import ledgers
from credhub.services.audit import auditing
from credhub.services.bulk import batch_receiving, batches
from credhub.services.bulk.batch_receiving import Arriving
from credhub.services.resources import Resources
from credhub.store.batch_results import ListedResult, Outcome, RowResult
from credhub.store.batches import StoredBatch
from credhub.store.hubs import HubNumber
from tests.running import unique
from tests.services.ordering import once

ROUTE = "POST /v1/batches"


def row_of(number: int, **changes: object) -> JsonObject:
    """Give one row, with a key of its own."""
    values: dict[str, object] = {
        "key": f"student-{number}",
        "recipient": {"name": f"Learner {number}", "email": f"learner-{number}@mail.example"},
    }
    return values | changes  # type: ignore[return-value]  # a test may name any member


def rows_of(count: int) -> list[JsonObject]:
    return [row_of(number) for number in range(1, count + 1)]


def ndjson(rows: Iterable[object]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def send(
    resources: Resources,
    hub: HubNumber,
    achievement_id: str,
    rows: Sequence[object],
    *,
    key: str | None = None,
    **limits: int,
) -> StoredBatch:
    """Send rows as NDJSON; nobody issues them yet."""
    body = ndjson(rows)
    arriving = Arriving(
        achievement_id=achievement_id,
        rows=RowReader([body], Form.JSON_LINES),
        actor="test",
        **limits,  # type: ignore[arg-type]  # a test may name any
    )
    request = once(
        resources,
        hub,
        key=key or unique("batch"),
        body={"achievement": achievement_id, "sha256": sha256(body).hexdigest()},
        route=ROUTE,
    )
    return batch_receiving.receive(resources, hub, arriving, request)


def work_off(resources: Resources) -> int:
    """Issue whatever there is to do, and say in how many parts."""
    parts = 0
    last = None
    while (work := batch_working.work_once(resources, after=last)) is not None:
        parts += 1
        last = work.chunk.hub
    return parts


def read(resources: Resources, batch: StoredBatch) -> StoredBatch:
    with resources.store.read() as tx:
        found = tx.batches.by_id(batch.hub, batch.batch_id)
    assert found is not None
    return found


def counts(resources: Resources, batch: StoredBatch) -> dict[Outcome, int]:
    """Count the results of a batch, and see that the batch says the same in that moment."""
    named = (batch.hub, batch.batch_id)
    with resources.store.read() as tx:
        rows = tx.batch_results.page(*named, after=0, limit=100_000)
        stored = tx.batches.by_id(*named)
        under_way = tx.batch_queue.counts(batch.hub, [batch.batch_id])[batch.batch_id]
    assert stored is not None
    found = Counter(it.result.outcome for it in rows)
    said = {outcome: stored.counts[outcome] + under_way[outcome] for outcome in Outcome}
    assert said == {outcome: found[outcome] for outcome in Outcome}
    return dict(found)


def results(resources: Resources, batch: StoredBatch) -> tuple[ListedResult, ...]:
    with resources.store.read() as tx:
        return tx.batch_results.page(batch.hub, batch.batch_id, after=0, limit=100_000)


def told(resources: Resources, batch: StoredBatch) -> list[RowResult]:
    return [it.result for it in results(resources, batch)]


def count(resources: Resources, table: Table, hub: HubNumber) -> int:
    """Count the rows of a hub in a table."""
    statement = select(func.count()).select_from(table).where(table.c.hub_id == hub)
    with resources.store.connect_to_read() as connection:
        return connection.execute(statement).scalar_one()


def audit(resources: Resources, hub: HubNumber) -> None:
    for _, log in ledgers.logs(resources.store):
        if log.hub == hub:
            auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)


def cancel_all(resources: Resources) -> None:
    """Leave nothing to do: tests share a service."""
    with resources.store.read() as tx:
        hubs = tx.batch_queue.hubs()
    for hub in hubs:
        for it in batches.page(resources, hub, before=None, limit=500):
            batches.cancel(resources, hub, it.batch.batch_id)
