"""Which credentials a filter finds, and which it leaves out."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import update

from credhub.documents.change_rows import ChangeRow
from credhub.errors import NothingToChangeError
from credhub.services import achievements, reading, revoking, suspending
from credhub.services.bulk import change_filtering
from credhub.services.correcting import Corrections
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from credhub.store.standings import Filter
from credhub.store.tables import learner_key
from tests.running import Service
from tests.services.batching import rows_of, send, told, work_off
from tests.services.changing_many import REASON, change_many, issue_many
from tests.services.erasing import erase_learner
from tests.services.ordering import (
    definition,
    issue,
    once,
    publish,
    publish_suspendable,
    suspendable,
)
from tests.services.test_correcting import correct


def found(
    resources: Resources,
    hub: HubNumber,
    wanted: Filter,
    kind: BatchKind = BatchKind.REVOCATION,
    most: int = 100,
) -> list[str]:
    rows: list[ChangeRow] = []
    with suppress(NothingToChangeError):
        rows += change_filtering.rows(resources, hub, kind, wanted, reason=REASON, most=most)
    assert rows == [
        ChangeRow(row=row, credential=it.credential, reason=REASON)
        for row, it in enumerate(rows, start=1)
    ]
    return [it.credential for it in rows]


def test_each_condition_of_a_filter_counts(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    first = issue(resources, hub, achievement, actor="api-key:a")
    service_on_each.clock.move(hours=1)
    between = resources.clock()
    service_on_each.clock.move(hours=1)
    second = issue(resources, hub, achievement, actor="api-key:b")
    achievements.publish_version(resources, hub, achievement, definition, once(resources, hub))
    third = issue(resources, hub, achievement)
    other = issue(resources, hub, publish(resources, hub).achievement_id, actor="api-key:a")
    batch = send(resources, hub, achievement, rows_of(2))
    work_off(resources)
    issued = [str(it.credential_id) for it in told(resources, batch)]
    cases = {
        Filter(achievement_id=achievement): [first, second, third, *issued],
        Filter(achievement_id=achievement, achievement_version=1): [first, second],
        Filter(issued_by="api-key:a"): [first, other],
        Filter(issued_by="api-key:a", achievement_id=achievement): [first],
        Filter(issued_before=between): [first],
        Filter(issued_from=between): [second, third, other, *issued],
        Filter(batch_id=batch.batch_id): issued,
        Filter(issued_by="test"): issued,
        Filter(batch_id="nothing"): [],
    }

    for wanted, expected in cases.items():
        assert found(resources, hub, wanted) == expected, wanted


def test_t63_what_replaces_a_credential_is_meant_with_it_however_often_it_was_replaced(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """A stolen key's credentials do not stand because somebody mended names in them."""
    first = issue(resources, hub, achievement, actor="api-key:stolen")
    batch = send(resources, hub, achievement, rows_of(3))
    work_off(resources)
    issued = [str(it.credential_id) for it in told(resources, batch)]
    service_on_each.clock.move(hours=1)
    between = resources.clock()
    service_on_each.clock.move(hours=1)
    second = correct(resources, hub, first).credential.credential_id
    once_mended = correct(resources, hub, issued[0]).credential.credential_id
    achievements.publish_version(resources, hub, achievement, definition, once(resources, hub))
    third = correct(resources, hub, second).credential.credential_id
    mended = correct(
        resources, hub, once_mended, Corrections(name="Amelie Martin")
    ).credential.credential_id
    revoking.revoke(resources, hub, issued[2], actor="key", reason="fraud")

    cases = {
        Filter(issued_by="api-key:stolen"): [third],
        Filter(batch_id=batch.batch_id): [issued[1], mended],
        Filter(issued_before=between): [issued[1], third, mended],
        Filter(issued_from=between): [third, mended],
        Filter(issued_before=between, issued_by="key"): [],
        Filter(batch_id=batch.batch_id, achievement_version=1): [issued[1]],
        Filter(batch_id=batch.batch_id, achievement_version=2): [mended],
        Filter(achievement_version=1, achievement_id=achievement): [issued[1]],
    }
    for wanted, expected in cases.items():
        assert found(resources, hub, wanted) == expected, wanted


def test_one_moment_ends_before_and_begins_from(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    with resources.store.read() as tx:
        stored = tx.credentials.by_id(hub, made)
    assert stored is not None
    at = stored.issued_at

    for moment in (at, at + timedelta(milliseconds=999)):
        assert found(resources, hub, Filter(issued_from=moment)) == [made]
    assert found(resources, hub, Filter(issued_from=at + timedelta(seconds=1))) == []
    assert found(resources, hub, Filter(issued_before=at)) == []


def test_nothing_of_another_hub_is_found(
    service_on_each: Service, resources: Resources, hub: HubNumber
) -> None:
    theirs = service_on_each.other.hub.number
    achievement = publish(resources, theirs).achievement_id
    issue(resources, theirs, achievement, actor="api-key:x")

    for wanted in (Filter(achievement_id=achievement), Filter(issued_by="api-key:x")):
        assert found(resources, hub, wanted) == []


def test_what_would_not_be_changed_is_left_out(resources: Resources, hub: HubNumber) -> None:
    achievement = publish_suspendable(resources, hub)
    ids = issue_many(resources, hub, achievement, 4)
    revoking.revoke(resources, hub, ids[0], actor="key", reason="fraud")
    suspending.suspend(resources, hub, ids[1], actor="key", reason="fees")
    erase_learner(resources, hub, ids[2])
    wanted = Filter(achievement_id=achievement)

    assert found(resources, hub, wanted) == [ids[1], ids[3]]
    assert found(resources, hub, wanted, BatchKind.SUSPENSION) == [ids[3]]
    assert found(resources, hub, wanted, BatchKind.LIFT) == [ids[1]]


def test_what_cannot_be_suspended_is_found_and_then_refused(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    made = issue(resources, hub, achievement)
    wanted = Filter(achievement_id=achievement)

    assert found(resources, hub, wanted, BatchKind.SUSPENSION) == [made]


def test_a_filter_finds_what_a_list_of_all_would_change_or_refuse(
    resources: Resources, hub: HubNumber
) -> None:
    achievement, plain = publish_suspendable(resources, hub), publish(resources, hub)
    outdated = issue_many(resources, hub, achievement, 5)
    achievements.publish_version(resources, hub, achievement, suspendable, once(resources, hub))
    newest = [issue(resources, hub, achievement) for _ in range(4)]
    for ids in (outdated, newest):
        suspending.suspend(resources, hub, ids[1], actor="key", reason="fees")
        suspending.suspend(resources, hub, ids[2], actor="key", reason="fees")
        suspending.lift(resources, hub, ids[2], actor="key", reason="paid")
        suspending.suspend(resources, hub, ids[3], actor="key", reason="fees")
        revoking.revoke(resources, hub, ids[3], actor="key", reason="fraud")
    change_many(resources, hub, BatchKind.REISSUE, outdated[4:])
    work_off(resources)
    everything = [*outdated, *newest, issue(resources, hub, plain.achievement_id)]
    expected = {
        BatchKind.REVOCATION: [0, 1, 2, 5, 6, 7, 9],
        BatchKind.SUSPENSION: [0, 2, 5, 7, 9],
        BatchKind.LIFT: [1, 6],
        BatchKind.REISSUE: [0, 1, 2, 6],
        BatchKind.CORRECTION: [],
    }

    for kind, meant in expected.items():
        ids = found(resources, hub, Filter(), kind)
        assert [everything.index(it) for it in ids if it in everything] == meant, kind


@pytest.mark.parametrize(
    ("kind", "meant"),
    [(BatchKind.LIFT, 1), (BatchKind.SUSPENSION, 0), (BatchKind.REISSUE, 1)],
    ids=["lift", "suspension", "reissue"],
)
def test_what_would_not_be_changed_is_not_opened(
    resources: Resources, hub: HubNumber, kind: BatchKind, meant: int
) -> None:
    """Else a filter that changes nothing has every credential of a hub opened, at any time."""
    achievement = publish_suspendable(resources, hub)
    ids = issue_many(resources, hub, achievement, 3)
    suspending.suspend(resources, hub, ids[1], actor="key", reason="fees")
    revoking.revoke(resources, hub, ids[2], actor="key", reason="fraud")
    learner = reading.by_id(resources, hub, ids[meant]).credential.learner_id
    with resources.store.connect_to_write() as connection:
        others = (learner_key.c.hub_id == hub) & (learner_key.c.learner_id != learner)
        connection.execute(update(learner_key).where(others).values(wrapped_key=b"x" * 60))

    assert found(resources, hub, Filter(), kind) == [ids[meant]]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_one_too_many_is_found_at_most(
    resources: Resources, hub: HubNumber, achievement: str, most: int
) -> None:
    ids = issue_many(resources, hub, achievement, 5)

    assert found(resources, hub, Filter(achievement_id=achievement), most=most) == ids[: most + 1]


def test_a_filter_looks_when_the_first_row_is_asked_for(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    rows = change_filtering.rows(
        resources,
        hub,
        BatchKind.REVOCATION,
        Filter(achievement_id=achievement),
        reason=REASON,
    )
    ids = issue_many(resources, hub, achievement, 2)
    first = next(rows)
    issue(resources, hub, achievement)

    assert [first.credential, *(it.credential for it in rows)] == ids


def test_nothing_is_found_or_nothing_of_it_would_be_changed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    def refused(wanted: Filter) -> bool:
        rows = change_filtering.rows(resources, hub, BatchKind.REVOCATION, wanted, reason=REASON)
        with pytest.raises(NothingToChangeError) as raised:
            next(rows)
        return raised.value.is_found

    made = issue(resources, hub, achievement)
    revoking.revoke(resources, hub, made, actor="key", reason="fraud")

    assert refused(Filter(achievement_id=achievement))
    assert not refused(Filter(achievement_id=achievement, achievement_version=2))
