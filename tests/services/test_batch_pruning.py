"""Results of rows that gave nothing new are kept for a while; what was issued stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from credhub.errors import MalformedBatchError, StoreUnavailableError
from credhub.jobs.batch_pruning import BatchPruner
from credhub.jobs.batch_working import work_once
from credhub.services.bulk import batch_pruning, batches
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind, StoredBatch
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_row
from tests.running import Service
from tests.services.batching import row_of, rows_of, send, told, work_off
from tests.services.changing_many import change_many, issue_many


def later(resources: Resources, **time: int) -> Resources:
    """Give resources whose clock is so much ahead."""
    return replace(resources, clock=lambda: resources.clock() + timedelta(**time))


def mixed(resources: Resources, hub: HubNumber, achievement: str) -> StoredBatch:
    """Work off a batch of which row 1 is skipped, row 2 fails, and rows 3 and 4 are issued."""
    send(resources, hub, achievement, [row_of(1)])
    work_off(resources)
    batch = send(resources, hub, achievement, rows_of(4))
    own = (batch_row.c.hub_id == hub) & (batch_row.c.row == 2)
    with resources.store.connect_to_write() as connection:
        connection.execute(update(batch_row).where(own).values(sealed=b"\x01 something else"))
    work_off(resources)
    return batch


def standing(resources: Resources, batch: StoredBatch) -> tuple[int, int, int]:
    found = batches.find(resources, batch.hub, batch.batch_id)
    return found.issued, found.skipped, found.failed


def test_t62_what_gave_nothing_goes_after_ninety_days_and_is_counted_still(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = mixed(resources, hub, achievement)
    ahead = later(resources, days=91)

    assert batch_pruning.prune(ahead, hub) == 2

    assert [(it.row, it.outcome) for it in told(resources, batch)] == [
        (3, Outcome.ISSUED),
        (4, Outcome.ISSUED),
    ]
    assert standing(resources, batch) == (2, 1, 1)
    part = batches.results(resources, hub, batch.batch_id, after=0, limit=9)
    pruned_at = batches.find(resources, hub, batch.batch_id).batch.pruned_at
    assert part.pruned_at == pruned_at is not None
    assert batch_pruning.prune(ahead, hub) == 0


def test_nothing_goes_before(resources: Resources, hub: HubNumber, achievement: str) -> None:
    batch = mixed(resources, hub, achievement)

    assert batch_pruning.prune(later(resources, days=89), hub) == 0

    assert len(told(resources, batch)) == 4
    assert batches.find(resources, hub, batch.batch_id).batch.pruned_at is None


def test_what_goes_on_keeps_all(resources: Resources, hub: HubNumber, achievement: str) -> None:
    send(resources, hub, achievement, [row_of(1)])
    work_off(resources)
    batch = send(resources, hub, achievement, rows_of(2), rows_at_once=1)
    work_once(resources)

    assert batch_pruning.prune(later(resources, days=900), hub, most=0) == 0
    assert [it.outcome for it in told(resources, batch)] == [Outcome.SKIPPED]


def test_the_same_rows_issue_nothing_after_it(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    mixed(resources, hub, achievement)
    batch_pruning.prune(later(resources, days=91), hub)

    again = send(resources, hub, achievement, [row_of(1), row_of(3), row_of(4)])
    work_off(resources)

    assert standing(resources, again) == (0, 3, 0)


def test_what_was_changed_stays_too(resources: Resources, hub: HubNumber, achievement: str) -> None:
    ids = issue_many(resources, hub, achievement, 2)
    change_many(resources, hub, BatchKind.REVOCATION, ids[:1])
    work_off(resources)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    work_off(resources)

    assert batch_pruning.prune(later(resources, days=91), hub) == 1

    assert [(it.row, it.outcome) for it in told(resources, batch)] == [(2, Outcome.CHANGED)]


def test_t62_of_many_rows_that_gave_nothing_the_newest_are_kept(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    rows = rows_of(3)
    send(resources, hub, achievement, rows)
    work_off(resources)
    repeated = [send(resources, hub, achievement, rows) for _ in range(3)]
    work_off(resources)

    assert batch_pruning.prune(resources, hub, most=6) == 3

    assert [len(told(resources, batch)) for batch in repeated] == [0, 3, 3]
    assert [standing(resources, batch) for batch in repeated] == [(0, 3, 0)] * 3


def test_of_two_that_prune_a_batch_at_once_one_does(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = mixed(resources, hub, achievement)
    now = resources.clock()

    removed = []
    for at in (now, now + timedelta(seconds=1)):
        with resources.store.begin() as tx:
            removed.append(tx.batch_pruning.prune(hub, batch.batch_id, at))

    assert removed == [2, 0]
    assert batches.find(resources, hub, batch.batch_id).batch.pruned_at == now.replace(
        microsecond=now.microsecond // 1000 * 1000
    )


def test_no_other_hub_loses_anything(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = mixed(resources, hub, achievement)

    batch_pruning.prune(later(resources, days=91), service_on_each.other.hub.number, most=0)

    assert len(told(resources, batch)) == 4


def test_t62_whoever_sends_more_makes_room_first(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = mixed(resources, hub, achievement)
    send(later(resources, days=91), hub, achievement, [row_of(9)])

    assert len(told(resources, batch)) == 2
    work_off(resources)


def test_t62_what_is_due_is_looked_for_by_the_first_batch_of_each_minute(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """To look reads every batch that may be due, so not whenever somebody sends one."""
    due_at_once = replace(resources, batch_results_kept=timedelta(seconds=-60))
    start = resources.clock().replace(second=0, microsecond=0) + timedelta(minutes=1)

    def sent(number: int, seconds: int) -> list[int]:
        at = replace(due_at_once, clock=lambda: start + timedelta(seconds=seconds, milliseconds=1))
        last = send(at, hub, achievement, [row_of(1)], key=str(number))
        work_off(at)
        repeated.append(last)
        return [len(told(resources, it)) for it in repeated]

    send(due_at_once, hub, achievement, [row_of(1)])
    work_off(due_at_once)
    repeated: list[StoredBatch] = []

    assert sent(1, 0) == [1]
    assert sent(2, 1) == [1, 1]
    assert sent(3, 59) == [1, 1, 1]
    assert sent(4, 60) == [0, 0, 0, 1]
    assert sent(5, 119) == [0, 0, 0, 1, 1]
    assert sent(6, 120) == [0, 0, 0, 0, 0, 1]


def test_t62_what_is_refused_looks_for_nothing_that_is_due(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = mixed(resources, hub, achievement)
    ahead = later(resources, days=91)

    with pytest.raises(MalformedBatchError):
        send(ahead, hub, achievement, [row_of(9, recipient={})])

    assert len(told(resources, batch)) == 4


def test_the_job_looks_at_every_hub_and_says_what_it_removed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch_pruning.prune_all(later(resources, days=91))
    batch = mixed(resources, hub, achievement)

    with capture_logs() as logged:
        BatchPruner(resources).round()
        BatchPruner(later(resources, days=91)).round()

    assert [(one["event"], one["rows"]) for one in logged] == [("results of batches removed", 2)]
    assert len(told(resources, batch)) == 2


def test_the_job_goes_round_until_it_is_told_to_end(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = mixed(resources, hub, achievement)
    pruner = BatchPruner(later(resources, days=91), period=0.01)

    pruner.start()
    while len(told(resources, first)) != 2:
        pass
    second = send(resources, hub, achievement, [row_of(1)])
    work_off(resources)
    while told(resources, second):
        pass
    pruner.close()


def test_a_store_that_is_away_ends_no_job(resources: Resources) -> None:
    class Away:
        def read(self) -> None:
            raise StoreUnavailableError

    away = replace(resources, store=Away())  # type: ignore[arg-type]  # one that cannot be asked

    with capture_logs() as logged:
        BatchPruner(away).round()

    assert [one["error"] for one in logged] == ["StoreUnavailableError"]


def test_a_job_that_was_never_started_can_be_closed(resources: Resources) -> None:
    BatchPruner(resources).close()


@pytest.mark.parametrize("days", [1, 365], ids=["a-day", "a-year"])
def test_the_operator_says_how_long(
    resources: Resources, hub: HubNumber, achievement: str, days: int
) -> None:
    batch = mixed(resources, hub, achievement)
    own = replace(resources, batch_results_kept=timedelta(days=days))

    assert batch_pruning.prune(later(own, days=days, hours=-1), hub) == 0
    assert batch_pruning.prune(later(own, days=days, hours=1), hub) == 2
    assert len(told(resources, batch)) == 2
