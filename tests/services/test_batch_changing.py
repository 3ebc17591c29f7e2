"""Batches that revoke, suspend and lift: checked, killed anywhere, cancelled, repeated."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from credhub.errors import (
    IdempotencyKeyReusedError,
    MalformedBatchError,
    TooManyBatchesError,
)
from credhub.jobs.batch_working import work_once
from credhub.services import reading, revoking, status_lists, suspending
from credhub.services.bulk import batches, change_receiving
from credhub.services.bulk.batch_receiving import MOST_OPEN
from credhub.services.resources import Resources
from credhub.status import bitstring
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind, Ending
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_chunk, batch_row, status_change
from tests.running import Interruption, Service
from tests.services.batching import audit, count, counts, read, row_of, send, told, work_off
from tests.services.changing_many import (
    REASON,
    change_many,
    issue_many,
    named,
    standing,
)
from tests.services.erasing import erase_learner
from tests.services.meddling import NO_TIME, interrupted, was_killed
from tests.services.ordering import issue, publish_suspendable


@pytest.fixture
def suspendable(resources: Resources, hub: HubNumber) -> str:
    return publish_suspendable(resources, hub)


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        (BatchKind.REVOCATION, "revoked"),
        (BatchKind.SUSPENSION, "suspended"),
    ],
)
def test_many_credentials_are_changed_together(
    resources: Resources, hub: HubNumber, suspendable: str, kind: BatchKind, after: str
) -> None:
    ids = issue_many(resources, hub, suspendable, 5)

    batch = change_many(resources, hub, kind, ids[:4])
    assert standing(resources, hub, ids) == ["active"] * 5
    work_off(resources)

    assert standing(resources, hub, ids) == [after] * 4 + ["active"]
    assert read(resources, batch).ending is Ending.FINISHED
    assert counts(resources, batch) == {Outcome.CHANGED: 4}
    assert [(it.row, it.credential_id) for it in told(resources, batch)] == list(
        enumerate(ids[:4], start=1)
    )
    audit(resources, hub)


def test_a_suspension_of_many_is_lifted_together(
    resources: Resources, hub: HubNumber, suspendable: str
) -> None:
    ids = issue_many(resources, hub, suspendable, 3)
    change_many(resources, hub, BatchKind.SUSPENSION, ids[:2])
    work_off(resources)

    batch = change_many(resources, hub, BatchKind.LIFT, ids)
    work_off(resources)

    assert standing(resources, hub, ids) == ["active"] * 3
    assert counts(resources, batch) == {Outcome.CHANGED: 2, Outcome.SKIPPED: 1}
    audit(resources, hub)


def test_the_published_list_shows_every_bit(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 6)
    change_many(resources, hub, BatchKind.REVOCATION, ids[1:])
    work_off(resources)

    with resources.store.read() as tx:
        (listed,) = tx.status.lists(hub)
        places = {it: tx.status.entries_of(hub, it)[0].index for it in ids}
    owner = resources.keyring.of(hub).hub
    status_lists.publish(resources, owner, listed.list)

    with resources.store.read() as tx:
        shown = tx.status.set_indexes(hub, listed.list)
    assert set(shown) == {places[it] for it in ids[1:]}
    assert listed.length == bitstring.LENGTH


def test_who_did_it_and_why_is_recorded_of_each(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    (made,) = issue_many(resources, hub, achievement, 1)
    change_many(resources, hub, BatchKind.REVOCATION, [made])
    work_off(resources)

    (change,) = reading.by_id(resources, hub, made).changes

    assert change.actor == "api-key:test"
    assert REASON.encode() not in change.sealed_reason


def test_t69_a_worker_that_changes_may_be_killed_at_every_step(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    step, was_cut = 0, True
    while was_cut:
        ids = issue_many(resources, hub, achievement, 3, first=10 * step)
        batch = change_many(resources, hub, BatchKind.REVOCATION, ids)

        was_cut = was_killed(resources, after=step)

        work_off(resources)
        assert counts(resources, batch) == {Outcome.CHANGED: 3}, step
        assert read(resources, batch).ending is Ending.FINISHED
        step += 1

    assert step > 5
    assert count(resources, status_change, hub) == 3 * step
    assert count(resources, batch_row, hub) == count(resources, batch_chunk, hub) == 0
    audit(resources, hub)


def test_two_that_do_the_same_part_change_each_credential_once(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 5)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    meanwhile = Interruption(lambda: work_once(resources, lease=NO_TIME))

    work_once(interrupted(resources, meanwhile), lease=NO_TIME)

    assert meanwhile.times == 0
    assert counts(resources, batch) == {Outcome.CHANGED: 5}
    assert count(resources, status_change, hub) == 5
    assert read(resources, batch).ending is Ending.FINISHED


def test_a_cancelled_batch_changes_nothing_more(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 9)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids, rows_at_once=3)
    work_once(resources)

    cancelled = batches.cancel(resources, hub, batch.batch_id)

    assert (cancelled.state, cancelled.changed, cancelled.rows) == ("cancelled", 3, 9)
    assert work_off(resources) == 0
    assert standing(resources, hub, ids) == ["revoked"] * 3 + ["active"] * 6
    assert count(resources, batch_row, hub) == count(resources, batch_chunk, hub) == 0


def test_a_batch_that_is_cancelled_while_a_part_is_prepared_changes_nothing_of_it(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 4)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    meanwhile = Interruption(lambda: batches.cancel(resources, hub, batch.batch_id))

    work_once(interrupted(resources, meanwhile))

    assert meanwhile.times == 0
    assert batches.find(resources, hub, batch.batch_id).state == "cancelled"
    assert standing(resources, hub, ids) == ["active"] * 4


def test_a_credential_that_somebody_suspends_meanwhile_is_revoked_all_the_same(
    resources: Resources, hub: HubNumber, suspendable: str
) -> None:
    ids = issue_many(resources, hub, suspendable, 3)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    meanwhile = Interruption(
        lambda: suspending.suspend(resources, hub, ids[1], actor="key", reason="fees")
    )

    work_once(interrupted(resources, meanwhile))

    assert standing(resources, hub, ids) == ["revoked"] * 3
    assert counts(resources, batch) == {Outcome.CHANGED: 3}
    assert len(reading.by_id(resources, hub, ids[1]).changes) == 2
    audit(resources, hub)


def test_what_became_impossible_while_it_waited_fails_alone(
    resources: Resources, hub: HubNumber, suspendable: str
) -> None:
    ids = issue_many(resources, hub, suspendable, 4)
    batch = change_many(resources, hub, BatchKind.SUSPENSION, ids)
    revoking.revoke(resources, hub, ids[0], actor="key", reason="fraud")
    erase_learner(resources, hub, ids[1])
    suspending.suspend(resources, hub, ids[2], actor="key", reason="fees")

    work_off(resources)

    assert [(it.row, it.outcome, it.credential_id, it.code) for it in told(resources, batch)] == [
        (1, Outcome.FAILED, ids[0], "already-revoked"),
        (2, Outcome.FAILED, ids[1], "credential-erased"),
        (3, Outcome.SKIPPED, ids[2], None),
        (4, Outcome.CHANGED, ids[3], None),
    ]


def test_a_row_that_was_changed_in_the_database_changes_nothing(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 2)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    own = (batch_row.c.hub_id == hub) & (batch_row.c.row == 2)
    with resources.store.connect_to_write() as connection:
        connection.execute(update(batch_row).where(own).values(sealed=b"\x01 something else"))

    work_off(resources)

    assert standing(resources, hub, ids) == ["revoked", "active"]
    assert [it.code for it in told(resources, batch)] == [None, "record-damaged"]


def test_a_part_that_cannot_be_done_now_waits_for_a_while(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 3)
    batch = change_many(resources, hub, BatchKind.REVOCATION, ids)
    full = service_on_each.another_sequencer(capacity=1)
    try:
        work = work_once(replace(resources, sequencer=full))
    finally:
        full.close()

    assert work is not None
    assert work.left
    service_on_each.clock.move(seconds=30)
    assert work_off(resources) == 1
    assert counts(resources, batch) == {Outcome.CHANGED: 3}


def test_the_same_request_makes_one_batch(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 2)
    first = change_many(resources, hub, BatchKind.REVOCATION, ids, key="same")
    work_off(resources)

    assert change_many(resources, hub, BatchKind.REVOCATION, ids, key="same") == read(
        resources, first
    )
    with pytest.raises(IdempotencyKeyReusedError):
        change_many(resources, hub, BatchKind.REVOCATION, ids[:1], key="same")


def test_the_same_rows_again_change_nothing(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 3)
    change_many(resources, hub, BatchKind.REVOCATION, ids)
    work_off(resources)

    again = change_many(resources, hub, BatchKind.REVOCATION, ids)
    work_off(resources)

    assert counts(resources, again) == {Outcome.SKIPPED: 3}
    assert count(resources, status_change, hub) == 3


def test_a_credential_is_named_by_address_code_or_id(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 5)
    opened = [reading.by_id(resources, hub, it) for it in ids]
    names = [
        ids[0],
        opened[1].credential.code,
        opened[2].credential.code.upper(),
        opened[3].address,
        opened[4].address.upper(),
    ]

    change_many(resources, hub, BatchKind.REVOCATION, names)
    work_off(resources)

    assert standing(resources, hub, ids) == ["revoked"] * 5


def faults(
    resources: Resources, hub: HubNumber, kind: BatchKind, names: list[str], **limits: int
) -> list[tuple[int | None, str]]:
    """Send what must be refused, and give row and code of every fault."""
    before = count(resources, status_change, hub)
    with pytest.raises(MalformedBatchError) as refused:
        change_many(resources, hub, kind, names, key=None, **limits)
    tried = change_receiving.try_out(resources, hub, kind, named(names))
    assert work_off(resources) == 0
    assert count(resources, batch_row, hub) == 0
    assert count(resources, status_change, hub) == before
    assert limits or tuple(tried.faults) == refused.value.faults
    return [(it.row, it.code) for it in refused.value.faults]


def test_with_one_fault_nothing_is_changed(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 3)
    erase_learner(resources, hub, ids[1])
    foreign = reading.by_id(
        resources,
        service_on_each.other.hub.number,
        issue(resources, service_on_each.other.hub.number),
    )
    names = [
        ids[0],
        ids[1],
        "nothing",
        foreign.credential.credential_id,
        foreign.credential.code,
        foreign.address,
        f"https://evil.example/c/{foreign.credential.code}",
        reading.by_id(resources, hub, ids[0]).address,
    ]

    assert faults(resources, hub, BatchKind.REVOCATION, names) == [
        (3, "credential-not-found"),
        (4, "credential-not-found"),
        (5, "credential-not-found"),
        (6, "credential-not-found"),
        (7, "credential-not-found"),
        (8, "row-repeated"),
    ]
    assert (
        reading.by_id(
            resources, service_on_each.other.hub.number, foreign.credential.credential_id
        ).changes
        == ()
    )


def test_what_cannot_be_suspended_is_a_fault(
    resources: Resources, hub: HubNumber, achievement: str, suspendable: str
) -> None:
    fixed = issue_many(resources, hub, achievement, 1)
    loose = issue_many(resources, hub, suspendable, 2)
    revoking.revoke(resources, hub, loose[0], actor="key", reason="fraud")

    assert faults(resources, hub, BatchKind.SUSPENSION, [*fixed, *loose]) == [
        (1, "not-suspendable"),
        (2, "already-revoked"),
    ]
    assert faults(resources, hub, BatchKind.LIFT, loose) == [(1, "already-revoked")]


@pytest.mark.parametrize(
    "reason", ["", " ", "a\x00b", "x" * 1_001], ids=["none", "blank", "nul", "long"]
)
def test_a_reason_that_cannot_be_kept_is_a_fault(
    resources: Resources, hub: HubNumber, achievement: str, reason: str
) -> None:
    ids = issue_many(resources, hub, achievement, 1)

    tried = change_receiving.try_out(
        resources, hub, BatchKind.REVOCATION, named(ids, reason=reason)
    )

    assert [(it.row, it.column, it.code) for it in tried.faults] == [(1, "reason", "invalid-claim")]


def test_no_rows_and_too_many_rows_are_refused(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 4)
    few = {"most_rows": 3, "rows_at_once": 2}

    assert faults(resources, hub, BatchKind.REVOCATION, []) == [(None, "no-rows")]
    assert faults(resources, hub, BatchKind.REVOCATION, ids, **few) == [(None, "too-many-rows")]


def test_a_flood_of_faults_is_told_in_part(resources: Resources, hub: HubNumber) -> None:

    tried = change_receiving.try_out(
        resources, hub, BatchKind.REVOCATION, named(["x"] * 9), most_told=3
    )

    assert [it.row for it in tried.faults] == [1, 2, 3]


def test_a_dry_run_says_of_every_row_what_would_become_of_it(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 3)
    revoking.revoke(resources, hub, ids[1], actor="key", reason="fraud")

    found = change_receiving.try_out(resources, hub, BatchKind.REVOCATION, named(ids), most_told=2)

    assert (found.rows, found.changed, found.skipped, found.faults) == (3, 2, 1, [])
    assert [(it.row.row, it.row.credential, it.is_needed) for it in found.first] == [
        (1, ids[0], True),
        (2, ids[1], False),
    ]
    assert found.first[0].address == reading.by_id(resources, hub, ids[0]).address
    assert standing(resources, hub, ids) == ["active", "revoked", "active"]


def test_changes_are_done_before_whatever_waits_to_be_issued(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 1)
    earlier = send(resources, hub, achievement, [row_of(2)])
    change = change_many(resources, hub, BatchKind.REVOCATION, ids)

    work_once(resources)

    assert read(resources, change).ending is Ending.FINISHED
    assert read(resources, earlier).is_open


def test_batches_that_issue_leave_room_for_revocations(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    ids = issue_many(resources, hub, achievement, 1)
    for number in range(MOST_OPEN):
        send(resources, hub, achievement, [row_of(10 + number)])
    with pytest.raises(TooManyBatchesError):
        send(resources, hub, achievement, [row_of(2)])

    for _ in range(MOST_OPEN):
        change_many(resources, hub, BatchKind.REVOCATION, ids)

    with pytest.raises(TooManyBatchesError):
        change_many(resources, hub, BatchKind.REVOCATION, ids)
