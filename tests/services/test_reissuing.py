"""Batches that replace credentials by the newest version of their achievement."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from credhub import jsontypes
from credhub.jobs.batch_working import work_once
from credhub.jsontypes import JsonObject
from credhub.services import achievements, reading, revoking, suspending, verifying
from credhub.services.bulk import batches, change_filtering, change_receiving
from credhub.services.resources import Resources
from credhub.services.vcalm import vcalm_recording
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind, Ending
from credhub.store.hubs import HubNumber
from credhub.store.standings import Filter
from credhub.store.tables import credential, learner, status_change
from credhub.verification.report import Verdict
from tests.running import Service
from tests.services.batching import audit, count, counts, read, row_of, send, told, work_off
from tests.services.changing_many import REASON, change_many, issue_many, named, standing
from tests.services.erasing import erase_learner
from tests.services.meddling import first_places, was_killed
from tests.services.ordering import definition, issue, once, publish_suspendable
from tests.services.test_batch_changing import faults
from tests.services.test_vcalm_recording import PLAIN


@pytest.fixture
def outdated(resources: Resources, hub: HubNumber, achievement: str) -> list[str]:
    """Issue credentials by the first version of an achievement, and publish another one."""
    ids = issue_many(resources, hub, achievement, 4)
    next_version(resources, hub, achievement)
    return ids


def next_version(resources: Resources, hub: HubNumber, achievement: str) -> None:
    achievements.publish_version(resources, hub, achievement, definition, once(resources, hub))


def reissue(resources: Resources, hub: HubNumber, ids: list[str]) -> Callable[[], list[str]]:
    """Send a batch; what is returned works it off and gives the ids of the new credentials."""
    batch = change_many(resources, hub, BatchKind.REISSUE, ids)

    def done() -> list[str]:
        work_off(resources)
        assert read(resources, batch).ending is Ending.FINISHED
        assert counts(resources, batch) == {Outcome.ISSUED: len(ids)}
        return [str(it.credential_id) for it in told(resources, batch)]

    return done


def subject(resources: Resources, hub: HubNumber, made: str) -> JsonObject:
    signed = reading.by_id(resources, hub, made).signed
    found = jsontypes.parse_object(signed)["credentialSubject"]
    assert isinstance(found, dict)
    return {name: value for name, value in found.items() if name != "achievement"}


def test_each_is_replaced_for_the_same_learner_with_the_same_claims(
    resources: Resources, hub: HubNumber, outdated: list[str]
) -> None:
    new = reissue(resources, hub, outdated)()

    assert not set(new) & set(outdated)
    for before, after in zip(outdated, new, strict=True):
        old, made = reading.by_id(resources, hub, before), reading.by_id(resources, hub, after)
        assert made.credential.supersedes == before
        assert made.credential.achievement_version == 2
        assert made.credential.issued_by == "api-key:test"
        assert made.credential.learner_id == old.credential.learner_id
        assert subject(resources, hub, after) == subject(resources, hub, before)
        shown = verifying.verify_own(resources, old.credential.code).report
        assert (shown.verdict, shown.superseded_by) == (Verdict.REVOKED, made.address)
    newest = reading.by_id(resources, hub, new[-1]).credential.code
    assert verifying.verify_own(resources, newest).report.verdict is Verdict.VALID
    assert count(resources, learner, hub) == 4
    audit(resources, hub)


def test_what_is_by_the_newest_version_or_replaced_is_skipped(
    resources: Resources, hub: HubNumber, achievement: str, outdated: list[str]
) -> None:
    new = reissue(resources, hub, outdated[:2])()
    current = issue(resources, hub, achievement)

    again = change_many(resources, hub, BatchKind.REISSUE, [*outdated[:2], *new, current])
    work_off(resources)

    assert counts(resources, again) == {Outcome.SKIPPED: 5}
    assert count(resources, credential, hub) == 7


def test_a_filter_finds_what_is_outdated(
    resources: Resources, hub: HubNumber, achievement: str, outdated: list[str]
) -> None:
    reissue(resources, hub, outdated[:1])()
    erase_learner(resources, hub, outdated[1])
    revoking.revoke(resources, hub, outdated[2], actor="key", reason="fraud")
    vcalm_recording.record(resources, hub, PLAIN, actor="test")
    wanted = {"by its achievement": Filter(achievement_id=achievement)}
    wanted["whatever there is"] = Filter()

    for which, one in wanted.items():
        rows = change_filtering.rows(resources, hub, BatchKind.REISSUE, one, reason=REASON)
        assert [it.credential for it in rows] == outdated[3:], which


def test_a_filter_leaves_out_what_a_client_composed_whatever_was_published_since(
    resources: Resources, hub: HubNumber, outdated: list[str]
) -> None:
    vcalm_recording.record(resources, hub, PLAIN)
    next_version(resources, hub, vcalm_recording.definition_id(hub))

    rows = change_filtering.rows(resources, hub, BatchKind.REISSUE, Filter(), reason=REASON)

    assert [it.credential for it in rows] == outdated


def test_what_must_not_be_replaced_is_a_fault(resources: Resources, hub: HubNumber) -> None:
    achievement = publish_suspendable(resources, hub)
    ids = issue_many(resources, hub, achievement, 2)
    vcalm_recording.record(resources, hub, PLAIN)
    composed = reading.page(resources, hub, before=None, limit=1)[0].credential.credential_id
    next_version(resources, hub, achievement)
    revoking.revoke(resources, hub, ids[0], actor="key", reason="fraud")
    suspending.suspend(resources, hub, ids[1], actor="key", reason="fees")

    assert faults(resources, hub, BatchKind.REISSUE, [*ids, composed]) == [
        (1, "already-revoked"),
        (2, "credential-suspended"),
        (3, "not-correctable"),
    ]
    rows = change_filtering.rows(
        resources, hub, BatchKind.REISSUE, Filter(achievement_id=achievement), reason=REASON
    )
    assert [it.credential for it in rows] == ids[1:]


def test_what_has_expired_fails_alone(
    service_on_each: Service, resources: Resources, hub: HubNumber, achievement: str
) -> None:
    soon = (resources.clock() + timedelta(hours=1)).isoformat(timespec="seconds")
    first = send(resources, hub, achievement, [row_of(1, validUntil=soon), row_of(2)])
    work_off(resources)
    ids = [str(it.credential_id) for it in told(resources, first)]
    next_version(resources, hub, achievement)
    service_on_each.clock.move(hours=2)

    batch = change_many(resources, hub, BatchKind.REISSUE, ids)
    work_off(resources)

    assert [(it.outcome, it.code) for it in told(resources, batch)] == [
        (Outcome.FAILED, "invalid-claim"),
        (Outcome.ISSUED, None),
    ]
    assert told(resources, batch)[0].credential_id == ids[0]
    assert standing(resources, hub, ids) == ["active", "revoked"]


def test_t69_a_worker_that_reissues_may_be_killed_at_every_step(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    step, was_cut = 0, True
    while was_cut:
        ids = issue_many(resources, hub, achievement, 2, first=10 * step + 1)
        next_version(resources, hub, achievement)
        done = reissue(resources, hub, ids)

        was_cut = was_killed(resources, after=step)

        assert len(set(done())) == 2, step
        step += 1

    assert step > 8
    assert count(resources, credential, hub) == 4 * step
    assert count(resources, status_change, hub) == 2 * step
    audit(resources, hub)


def test_where_no_place_is_found_another_list_is_opened(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    """Only the first eight places are drawn, so that nine credentials need another list."""
    ids = issue_many(resources, hub, achievement, 9)
    next_version(resources, hub, achievement)
    batch = change_many(resources, hub, BatchKind.REISSUE, ids)

    while work_once(first_places(resources)) is not None:
        pass

    assert counts(resources, batch) == {Outcome.ISSUED: 9}
    with resources.store.read() as tx:
        assert [it.list for it in tx.status.lists(hub)] == [1, 2]
    audit(resources, hub)


def test_a_cancelled_batch_replaces_nothing_more(
    resources: Resources, hub: HubNumber, outdated: list[str]
) -> None:
    batch = change_many(resources, hub, BatchKind.REISSUE, outdated, key=None, rows_at_once=2)
    work_once(resources)

    cancelled = batches.cancel(resources, hub, batch.batch_id)

    assert (cancelled.state, cancelled.issued) == ("cancelled", 2)
    assert work_off(resources) == 0
    assert standing(resources, hub, outdated) == ["revoked"] * 2 + ["active"] * 2


def test_a_dry_run_says_which_would_be_replaced(
    resources: Resources, hub: HubNumber, achievement: str, outdated: list[str]
) -> None:
    current = issue(resources, hub, achievement)

    found = change_receiving.try_out(
        resources, hub, BatchKind.REISSUE, named([outdated[0], current])
    )

    assert [it.is_needed for it in found.first] == [True, False]
    assert count(resources, credential, hub) == 5
