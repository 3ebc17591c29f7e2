"""Who has a part, for how long, and when it is done."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from credhub.errors import ConflictError
from credhub.jobs.batch_working import work_once
from credhub.services.bulk import batch_issuing, batches
from credhub.services.resources import Resources
from credhub.store.batch_queue import Chunk
from credhub.store.batch_results import Outcome, RowResult
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_chunk
from tests.running import Service
from tests.services.batching import read, rows_of, send, told, work_off


def taken(resources: Resources, hub: HubNumber, *, seconds: int = 30) -> Chunk:
    now = resources.clock()
    with resources.store.begin() as tx:
        chunk = tx.batch_queue.take(hub, now=now, until=now + timedelta(seconds=seconds))
    assert chunk is not None
    return chunk


def failed(row: int, code: str) -> RowResult:
    return RowResult(row=row, outcome=Outcome.FAILED, code=code, detail="It cannot be done.")


def test_a_part_is_not_done_before_something_became_of_each_row(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))
    chunk = taken(resources, hub)

    with pytest.raises(ConflictError):
        batch_issuing.finish(resources, chunk, [failed(1, "first")])

    assert told(resources, batch) == []
    assert read(resources, batch).is_open


def test_what_another_worker_said_of_a_row_stays(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))
    chunk = taken(resources, hub)
    with resources.store.begin() as tx:
        tx.batch_results.add(hub, batch.batch_id, [failed(1, "first")])

    batch_issuing.finish(resources, chunk, [failed(1, "second"), failed(2, "second")])

    assert [(it.row, it.code) for it in told(resources, batch)] == [(1, "first"), (2, "second")]


def test_a_worker_that_was_too_slow_does_not_take_the_part_from_another(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """Its fault counts no more, for the part is tried by somebody else."""
    send(resources, hub, achievement, rows_of(2))
    others: list[Chunk] = []

    def slow(_length: int) -> bytes:
        service_on_each.clock.move(seconds=2)
        others.append(taken(resources, hub))
        raise ValueError("a fault of ours")

    work_once(replace(resources, random=slow), lease=timedelta(seconds=1))

    statement = select(batch_chunk.c.leased_until_ms, batch_chunk.c.faults)
    with resources.store.connect_to_read() as connection:
        left = connection.execute(statement.where(batch_chunk.c.hub_id == hub)).one()
    assert tuple(left) == (others[0].leased_until_ms, 0)


def test_a_worker_whose_clock_is_ahead_keeps_no_part_from_others(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))
    ahead = replace(resources, clock=lambda: resources.clock() + timedelta(days=1))
    taken(ahead, hub)

    work_off(resources)

    assert not read(resources, batch).is_open


def test_a_part_that_somebody_has_is_not_taken(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(2))
    taken(resources, hub, seconds=300)

    assert work_off(resources) == 0


def test_whoever_pages_results_while_a_batch_runs_misses_no_row(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """The second part is done before the first one."""
    batch = send(resources, hub, achievement, rows_of(4), rows_at_once=2)
    taken(resources, hub)
    assert work_off(resources) == 1

    early = batches.results(resources, hub, batch.batch_id, after=0, limit=9).rows
    service_on_each.clock.move(minutes=1)
    work_off(resources)
    rest = batches.results(resources, hub, batch.batch_id, after=0, limit=9).rows

    assert early == ()
    assert [it.result.row for it in rest] == [1, 2, 3, 4]


def test_results_of_parts_that_are_done_in_turn_are_listed_while_a_batch_runs(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(4), rows_at_once=2)
    work_once(resources)

    found = batches.results(resources, hub, batch.batch_id, after=0, limit=9).rows

    assert [it.result.row for it in found] == [1, 2]
