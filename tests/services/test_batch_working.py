"""Working batches off: killed anywhere, cancelled at any time, shared, and with faults of ours."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select, update

from credhub.errors import BatchNotFoundError, ConflictError, StoreUnavailableError
from credhub.jobs.batch_working import BatchWorker, Work, work_once
from credhub.keys.sealing import seal
from credhub.services.bulk import batches
from credhub.services.bulk.batch_receiving import MOST_OPEN
from credhub.services.bulk.batch_rounds import MOST_TRIES
from credhub.services.resources import Resources
from credhub.services.sealed import batch_row_context
from credhub.store.batch_results import Outcome, RowResult
from credhub.store.batches import Ending
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_chunk, batch_row, credential, status_entry
from tests.running import Interruption, Service, make_member, unique
from tests.services.batching import (
    audit,
    count,
    counts,
    read,
    row_of,
    rows_of,
    send,
    told,
    work_off,
)
from tests.services.meddling import (
    NO_TIME,
    Killed,
    LastClock,
    first_places,
    interrupted,
    was_killed,
)
from tests.services.ordering import issue, publish


def test_t69_a_worker_may_be_killed_at_every_step(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """The clock is read before every transaction and in the middle of every preparation."""
    step, was_cut = 0, True
    while was_cut:
        rows = [row_of(10 * step + n) for n in range(1, 4)]
        batch = send(resources, hub, achievement, rows)

        was_cut = was_killed(resources, after=step)

        work_off(resources)
        assert counts(resources, batch) == {Outcome.ISSUED: 3}, step
        assert read(resources, batch).ending is Ending.FINISHED
        step += 1

    assert step > 15
    assert count(resources, credential, hub) == 3 * step
    assert count(resources, batch_row, hub) == count(resources, batch_chunk, hub) == 0
    audit(resources, hub)


def test_workers_who_finish_parts_of_one_batch_do_not_wait_for_one_another_in_a_ring(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(200))
    work_off(resources)
    again = send(resources, hub, achievement, rows_of(200), rows_at_once=10)
    done: list[Work] = []

    def work_on() -> None:
        while (work := work_once(resources)) is not None:
            done.append(work)

    workers = [Thread(target=work_on) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [work for work in done if work.left] == []
    assert counts(resources, again) == {Outcome.SKIPPED: 200}


def test_t69_a_worker_that_nobody_kills_does_the_same(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(7), rows_at_once=3)

    assert work_off(resources) == 3

    assert counts(resources, batch) == {Outcome.ISSUED: 7}


def test_a_killed_worker_leaves_its_part_to_others_when_its_time_is_over(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(2))
    with pytest.raises(Killed):
        work_once(replace(resources, clock=LastClock(resources.clock, times=3)))

    assert work_off(resources) == 0
    service_on_each.clock.move(minutes=5)
    assert work_off(resources) == 1

    assert counts(resources, batch) == {Outcome.ISSUED: 2}


def test_two_that_do_the_same_part_issue_it_once(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """The first one is so slow that the second one does all of it meanwhile."""
    batch = send(resources, hub, achievement, rows_of(5))
    meanwhile = Interruption(lambda: work_once(resources, lease=NO_TIME))

    work_once(interrupted(resources, meanwhile), lease=NO_TIME)

    assert meanwhile.times == 0
    assert counts(resources, batch) == {Outcome.ISSUED: 5}
    assert count(resources, credential, hub) == 5
    assert read(resources, batch).ending is Ending.FINISHED


def test_a_cancelled_batch_issues_nothing_more(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(9), rows_at_once=3)
    work_once(resources)

    cancelled = batches.cancel(resources, hub, batch.batch_id)

    assert (cancelled.state, cancelled.issued, cancelled.rows) == ("cancelled", 3, 9)
    assert work_off(resources) == 0
    assert count(resources, credential, hub) == 3
    assert count(resources, batch_row, hub) == count(resources, batch_chunk, hub) == 0
    assert batches.cancel(resources, hub, batch.batch_id) == cancelled


def test_a_batch_that_is_cancelled_while_a_part_is_prepared_issues_nothing_of_it(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(4))
    meanwhile = Interruption(lambda: batches.cancel(resources, hub, batch.batch_id))

    work_once(interrupted(resources, meanwhile))

    assert meanwhile.times == 0
    assert batches.find(resources, hub, batch.batch_id).state == "cancelled"
    assert count(resources, credential, hub) == 0


def test_a_batch_that_has_ended_cannot_be_cancelled(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    work_off(resources)

    assert batches.cancel(resources, hub, batch.batch_id).state == "finished"


def test_what_was_cancelled_can_be_sent_again(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = send(resources, hub, achievement, rows_of(6), rows_at_once=3)
    work_once(resources)
    batches.cancel(resources, hub, first.batch_id)

    again = send(resources, hub, achievement, rows_of(6))
    work_off(resources)

    assert counts(resources, again) == {Outcome.SKIPPED: 3, Outcome.ISSUED: 3}


def test_nothing_becomes_of_a_row_of_a_batch_that_has_ended(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    batches.cancel(resources, hub, batch.batch_id)
    late = RowResult(row=1, outcome=Outcome.FAILED, code="x", detail="x")

    with pytest.raises(ConflictError), resources.store.begin() as tx:
        tx.batch_results.add(hub, batch.batch_id, [late])


def test_rows_whose_places_others_took_are_prepared_again(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """Of twelve rows that would have the first twelve places another credential takes one."""
    batch = send(resources, hub, achievement, rows_of(12))
    meanwhile = Interruption(lambda: issue(first_places(resources), hub, achievement))

    work_once(first_places(interrupted(resources, meanwhile), draws=(12,)))

    assert meanwhile.times == 0
    assert counts(resources, batch) == {Outcome.ISSUED: 12}
    with resources.store.connect_to_read() as connection:
        statement = select(status_entry.c.idx).where(status_entry.c.hub_id == hub)
        indexes = sorted(connection.execute(statement).scalars())
    assert indexes[:12] == list(range(12))
    assert len(set(indexes)) == 13
    audit(resources, hub)


def test_where_no_place_is_found_another_list_is_opened(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = send(resources, hub, achievement, rows_of(12))
    second = send(resources, hub, publish(resources, hub).achievement_id, rows_of(12))

    while work_once(first_places(resources)) is not None:
        pass

    assert counts(resources, first) == counts(resources, second) == {Outcome.ISSUED: 12}
    with resources.store.read() as tx:
        assert [it.list for it in tx.status.lists(hub)] == [1, 2]
    audit(resources, hub)


def test_t62_hubs_take_turns(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    other = make_member(service_on_each.runtime, unique("batch")).hub.number
    send(resources, hub, achievement, rows_of(4), rows_at_once=1)
    send(resources, other, publish(resources, other).achievement_id, rows_of(2), rows_at_once=1)
    turns: list[HubNumber] = []

    while (work := work_once(resources, after=turns[-1] if turns else None)) is not None:
        turns.append(work.chunk.hub)

    assert turns == [hub, other, hub, other, hub, hub]


def test_t62_a_hub_with_many_batches_delays_another_by_one_part_of_each_worker(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    other = make_member(service_on_each.runtime, unique("batch")).hub.number
    theirs = publish(resources, other).achievement_id
    for n in range(MOST_OPEN):
        send(resources, hub, achievement, [row_of(2 * n), row_of(2 * n + 1)], rows_at_once=1)
    last: list[HubNumber | None] = [None, None]

    def turn(worker: int) -> HubNumber:
        work = work_once(resources, after=last[worker])
        assert work is not None
        last[worker] = work.chunk.hub
        return work.chunk.hub

    assert [turn(0), turn(1)] == [hub, hub]
    send(resources, other, theirs, rows_of(3), rows_at_once=1)

    assert [turn(0), turn(1), turn(0), turn(1), turn(0)] == [other, other, hub, hub, other]


def test_a_worker_can_be_told_which_batch(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = send(resources, hub, achievement, rows_of(1))
    second = send(resources, hub, achievement, [row_of(2)])

    work_once(resources, batch=(hub, second.batch_id))

    assert read(resources, second).ending is Ending.FINISHED
    assert read(resources, first).is_open


def test_a_part_that_cannot_be_issued_now_waits_for_a_while(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3))
    full = service_on_each.another_sequencer(capacity=1)
    try:
        work = work_once(replace(resources, sequencer=full))
    finally:
        full.close()

    assert work is not None
    assert work.left
    assert work_off(resources) == 0
    service_on_each.clock.move(seconds=30)
    assert work_off(resources) == 1
    assert counts(resources, batch) == {Outcome.ISSUED: 3}


def test_a_fault_of_ours_ends_a_batch_after_several_tries(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3))

    def broken(_length: int) -> bytes:
        raise ValueError("a fault of ours")

    for tries in range(1, MOST_TRIES + 1):
        assert read(resources, batch).is_open, tries
        work_once(replace(resources, random=broken))
        service_on_each.clock.move(seconds=30)

    assert batches.find(resources, hub, batch.batch_id).state == "failed"
    assert work_off(resources) == 0
    assert count(resources, batch_row, hub) == 0


def test_a_row_that_was_changed_in_the_database_fails_alone(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(3))
    own = (batch_row.c.hub_id == hub) & (batch_row.c.row == 2)
    with resources.store.connect_to_write() as connection:
        connection.execute(update(batch_row).where(own).values(sealed=b"\x01 something else"))

    work_off(resources)

    assert [(it.row, it.code) for it in told(resources, batch)] == [
        (1, None),
        (2, "record-damaged"),
        (3, None),
    ]


def test_a_row_that_no_credential_may_claim_any_more_fails_alone(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """As an older version of us would have taken it in."""
    batch = send(resources, hub, achievement, rows_of(2))
    secret = resources.keyring.of(hub).secret
    context = batch_row_context(hub, batch.batch_id, 2)
    sealed = seal(secret, b'{"recipient":{"name":"Ana\\u202e"}}', context=context)
    own = (batch_row.c.hub_id == hub) & (batch_row.c.row == 2)
    with resources.store.connect_to_write() as connection:
        connection.execute(update(batch_row).where(own).values(sealed=sealed))

    work_off(resources)

    assert [(it.row, it.code) for it in told(resources, batch)] == [
        (1, None),
        (2, "invalid-claim"),
    ]


def test_a_row_that_expired_while_it_waited_fails_alone(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    soon = (resources.clock() + timedelta(hours=1)).isoformat(timespec="seconds")
    batch = send(resources, hub, achievement, [row_of(1, validUntil=soon), row_of(2)])

    service_on_each.clock.move(hours=2)
    work_off(resources)

    assert [(it.row, it.code) for it in told(resources, batch)] == [
        (1, "invalid-claim"),
        (2, None),
    ]
    assert batches.find(resources, hub, batch.batch_id).state == "finished"


def test_a_batch_of_another_hub_is_not_found(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    other = service_on_each.other.hub.number

    for look in (batches.find, batches.cancel):
        with pytest.raises(BatchNotFoundError):
            look(resources, other, batch.batch_id)
    with pytest.raises(BatchNotFoundError):
        batches.results(resources, other, batch.batch_id, after=0, limit=5)
    assert read(resources, batch).is_open


def test_a_worker_runs_until_there_is_nothing_to_do(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(6), rows_at_once=2)

    BatchWorker(resources).run(idle_seconds=0)

    assert read(resources, batch).ending is Ending.FINISHED


def test_a_worker_waits_while_the_database_does_not_answer(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    away = Event()

    def clock() -> datetime:
        away.set()
        raise StoreUnavailableError

    worker = BatchWorker(replace(resources, clock=clock))
    thread = Thread(target=worker.run, kwargs={"idle_seconds": 0})
    thread.start()
    away.wait()
    worker.end()
    thread.join()

    assert read(resources, batch).is_open


def test_a_worker_ends_when_it_is_told_to(resources: Resources) -> None:
    worker = BatchWorker(resources)
    thread = Thread(target=worker.run)
    thread.start()

    worker.end()

    thread.join()
