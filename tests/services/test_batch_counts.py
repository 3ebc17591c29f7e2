"""Counts of batches: right at every moment, and not dearer for what was done before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from credhub.jobs.batch_working import LEASE, work_once
from credhub.services.bulk import batches
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_chunk
from tests.running import Service
from tests.services.batching import count, counts, read, row_of, send, work_off
from tests.services.meddling import was_killed

BATCHES = 6


@contextmanager
def executed() -> Iterator[list[tuple[str, Any]]]:
    """List the statements that are run meanwhile, with what they were given."""
    found: list[tuple[str, Any]] = []

    def keep(*arguments: Any) -> None:  # noqa: ANN401 - what SQLAlchemy hands on
        found.append((arguments[2], arguments[3]))

    event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", keep)


def test_a_batch_is_counted_right_wherever_its_worker_was_killed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """And where it is cancelled then, what was counted stays."""
    step, was_cut, seen = 0, True, set[int]()
    while was_cut:
        rows = [row_of(10 * step + n) for n in range(1, 4)]
        batch = send(resources, hub, achievement, rows)

        was_cut = was_killed(resources, after=step)

        before = counts(resources, batch)
        cancelled = batches.cancel(resources, hub, batch.batch_id)
        assert counts(resources, batch) == before
        assert cancelled.issued == read(resources, batch).counts[Outcome.ISSUED]
        seen.add(before.get(Outcome.ISSUED, 0) if was_cut else 0)
        step += 1

    assert seen == {0, 3}, "some worker was killed between its rows and the end of its part"


def test_neighbouring_parts_that_are_under_way_count_their_own_rows_alone(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    step, was_cut, seen = 0, True, set[int]()
    while was_cut:
        rows = [row_of(10 * step + n) for n in range(1, 5)]
        batch = send(resources, hub, achievement, rows, rows_at_once=2)

        was_cut = all(was_killed(resources, after=step, lease=LEASE) for _ in range(2))

        before = counts(resources, batch)
        assert sum(before.values()) <= len(rows)
        batches.cancel(resources, hub, batch.batch_id)
        seen.add(before.get(Outcome.ISSUED, 0) if was_cut else 0)
        step += 1

    assert seen == {0, 4}, "both were killed between their rows and the end of their part"


def test_every_outcome_is_counted_while_a_batch_goes_on_and_after_it(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, [row_of(1), row_of(2)])
    work_off(resources)
    other = {"name": "Somebody else", "email": "else@mail.example"}
    rows = [row_of(1), row_of(2, recipient=other), row_of(3), row_of(4)]

    batch = send(resources, hub, achievement, rows, rows_at_once=3)
    assert counts(resources, batch) == {}
    work_once(resources)
    half = counts(resources, batch)
    work_once(resources)

    assert half == {Outcome.SKIPPED: 1, Outcome.FAILED: 1, Outcome.ISSUED: 1}
    assert counts(resources, batch) == {Outcome.SKIPPED: 1, Outcome.FAILED: 1, Outcome.ISSUED: 2}


def test_a_list_of_batches_looks_at_no_result_of_parts_that_are_done(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    for number in range(BATCHES):
        send(resources, hub, achievement, [row_of(number)])
    work_off(resources)
    rows = [row_of(100 + number) for number in range(9)]
    last = send(resources, hub, achievement, rows, rows_at_once=3)
    assert was_killed(resources, after=4)

    with executed() as statements:
        found = batches.page(resources, hub, before=None, limit=100)

    assert len(found) == BATCHES + 1
    about_results = [given for text, given in statements if "batch_result" in text]
    assert len(about_results) == 1, "one statement for all batches that go on"
    assert str(last.batch_id) in str(about_results)
    assert not any(it.batch.batch_id in str(about_results) for it in found[1:])
    assert count(resources, batch_chunk, hub) == 3


def test_a_list_of_batches_that_have_ended_looks_at_no_result(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    for number in range(BATCHES):
        send(resources, hub, achievement, [row_of(number)])
    work_off(resources)

    with executed() as statements:
        found = batches.page(resources, hub, before=None, limit=100)

    assert [it.issued for it in found] == [1] * BATCHES
    assert not [text for text, _ in statements if "batch_result" in text]


def test_a_count_of_what_is_under_way_reads_the_rows_of_its_parts_alone(
    service: Service,
) -> None:
    """As SQLite plans it: by the key of the results, from the first row of a part to its last."""
    resources, hub = service.resources, service.one.hub.number
    with executed() as statements, resources.store.read() as tx:
        tx.batch_queue.counts(hub, ["some"])
    ((statement, given),) = [it for it in statements if "batch_result" in it[0]]

    with resources.store.connect_to_read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()

    searched = [row[-1] for row in plan if "batch_result" in row[-1]]
    assert len(searched) == len(Outcome)
    for line in searched:
        assert line.startswith("SEARCH batch_result USING PRIMARY KEY"), line
        assert "row>?" in line, line
        assert "row<?" in line, line


@pytest.mark.parametrize("number", [0, 1], ids=["none", "one"])
def test_batches_without_parts_count_nothing(service: Service, number: int) -> None:
    with service.resources.store.read() as tx:
        found = tx.batch_queue.counts(service.one.hub.number, ["unknown"] * number)

    assert found == ({"unknown": dict.fromkeys(Outcome, 0)} if number else {})
