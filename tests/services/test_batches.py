"""Batches: every row by itself, none twice, and nothing of them stays that should not."""

from datetime import date

import pytest
from sqlalchemy import select

from credhub.credentials.draft import Recipient
from credhub.documents.roster import RosterRow
from credhub.services import achievements, issuing, reading, rostering
from credhub.services.bulk import batches
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.batches import Ending
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_chunk, batch_row, credential, learner
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
from tests.services.ordering import definition, once, order, publish, publish_suspendable


def issued(resources: Resources, hub: HubNumber) -> int:
    return count(resources, credential, hub)


def test_every_row_becomes_a_credential(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(620))

    assert batches.find(resources, hub, batch.batch_id).state == "queued"
    assert work_off(resources) == 2

    assert read(resources, batch).ending is Ending.FINISHED
    assert counts(resources, batch) == {Outcome.ISSUED: 620}
    outcomes = told(resources, batch)
    assert [it.row for it in outcomes] == list(range(1, 621))
    assert len({it.credential_id for it in outcomes}) == 620
    opened = reading.by_id(resources, hub, str(outcomes[16].credential_id))
    assert b"Learner 17" in opened.signed
    audit(resources, hub)


def test_nothing_of_what_rows_asked_for_stays(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(3))
    assert count(resources, batch_row, hub) == 3

    work_off(resources)

    assert count(resources, batch_row, hub) == 0
    assert count(resources, batch_chunk, hub) == 0


def test_what_a_row_asks_for_waits_sealed(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, [row_of(1, recipient={"name": "Zygmunt Quux"})])

    with resources.store.connect_to_read() as connection:
        sealed = connection.execute(select(batch_row.c.sealed)).scalars().all()

    assert sealed
    assert not any(b"Zygmunt" in it for it in sealed)


def test_t69_the_same_rows_again_issue_nothing(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    rows = rows_of(30)
    first = send(resources, hub, achievement, rows)
    work_off(resources)

    second = send(resources, hub, achievement, [*rows, row_of(31)])
    work_off(resources)

    assert counts(resources, second) == {Outcome.SKIPPED: 30, Outcome.ISSUED: 1}
    before = {it.row: it.credential_id for it in told(resources, first)}
    after = {it.row: it.credential_id for it in told(resources, second)}
    assert {row: after[row] for row in before} == before
    assert issued(resources, hub) == 31


@pytest.mark.parametrize("changed", ["recipient", "awardedDate", "evidence"])
def test_a_key_with_other_claims_fails_its_row_alone(
    resources: Resources, hub: HubNumber, achievement: str, changed: str
) -> None:
    other = {
        "recipient": {"name": "Somebody else"},
        "awardedDate": "2026-11-20T00:00:00Z",
        "evidence": [{"narrative": "Built a boat."}],
    }
    send(resources, hub, achievement, rows_of(3))
    work_off(resources)

    batch = send(
        resources, hub, achievement, [row_of(1), row_of(2, **{changed: other[changed]}), row_of(3)]
    )
    work_off(resources)

    assert [(it.outcome, it.code) for it in told(resources, batch)] == [
        (Outcome.SKIPPED, None),
        (Outcome.FAILED, "row-key-reused"),
        (Outcome.SKIPPED, None),
    ]
    assert read(resources, batch).ending is Ending.FINISHED


def test_rows_without_a_key_are_told_apart_by_what_they_claim(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    rows = [{"recipient": {"name": "Ana"}}, {"recipient": {"name": "Bea", "email": "b@x.example"}}]
    send(resources, hub, achievement, rows)
    work_off(resources)

    other = {"recipient": {"name": "Ana"}, "awardedDate": "2024-05-01"}
    again = send(resources, hub, achievement, [*rows, other])
    work_off(resources)

    assert counts(resources, again) == {Outcome.SKIPPED: 2, Outcome.ISSUED: 1}


def test_another_achievement_is_another_matter(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    send(resources, hub, achievement, rows_of(2))
    second = send(resources, hub, publish(resources, hub).achievement_id, rows_of(2))

    work_off(resources)

    assert counts(resources, second) == {Outcome.ISSUED: 2}


@pytest.mark.parametrize("with_key", [False, True])
@pytest.mark.parametrize("roster_first", [False, True])
def test_t69_nobody_is_certified_by_a_roster_and_by_a_batch(
    resources: Resources, hub: HubNumber, achievement: str, *, roster_first: bool, with_key: bool
) -> None:
    roster = RosterRow(
        row=2,
        external_id="RLH-1",
        name="Amélie Dubois",
        email="amelie@mail.example",
        achievement=achievement,
        awarded_on=date(2026, 11, 14),
        evidence_url="https://hub.example/portfolio/1",
    )
    row = {
        "recipient": {
            "name": "Amélie Dubois",
            "email": "amelie@mail.example",
            "externalId": "RLH-1",
        },
        "awardedDate": "2026-11-14T00:00:00Z",
        "evidence": [{"id": "https://hub.example/portfolio/1"}],
    }
    sent = [{"key": "RLH-1"} | row] if with_key else [row]

    if roster_first:
        list(rostering.issue(resources, hub, [roster]))
    send(resources, hub, achievement, sent)
    work_off(resources)
    list(rostering.issue(resources, hub, [roster]))

    assert issued(resources, hub) == 1


def test_several_rows_for_one_new_learner_make_one_learner(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    own = {"name": "Ana", "externalId": "A-1", "email": "ana@mail.example"}
    rows = [row_of(n, recipient=own, awardedDate=f"2026-05-0{n}") for n in (1, 2)]
    rows.append(row_of(3, recipient={"name": "Ana", "email": "Ana@mail.example"}))
    send(resources, hub, achievement, rows)

    work_off(resources)

    assert issued(resources, hub) == 3
    assert count(resources, learner, hub) == 1
    audit(resources, hub)


def test_a_learner_who_is_known_is_found_again(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    known = Recipient(name="Ana", external_id="A-1")
    issuing.issue(resources, hub, order(achievement, recipient=known), once(resources, hub))
    by_mail = Recipient(name="Bea", email="bea@mail.example")
    issuing.issue(resources, hub, order(achievement, recipient=by_mail), once(resources, hub))

    rows = [
        row_of(1, recipient={"name": "Ana", "externalId": "A-1"}),
        row_of(2, recipient={"name": "Bea", "email": "bea@mail.example"}),
    ]
    send(resources, hub, achievement, rows)
    work_off(resources)

    assert count(resources, learner, hub) == 2


def test_every_list_that_is_needed_gives_places(resources: Resources, hub: HubNumber) -> None:
    achievement = publish_suspendable(resources, hub)

    batch = send(resources, hub, achievement, rows_of(5))
    work_off(resources)

    assert counts(resources, batch) == {Outcome.ISSUED: 5}
    with resources.store.read() as tx:
        for it in told(resources, batch):
            purposes = {e.purpose for e in tx.status.entries_of(hub, str(it.credential_id))}
            assert purposes == {"revocation", "suspension"}


def test_a_batch_keeps_to_the_version_that_was_newest_when_it_came(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(resources, hub, achievement, rows_of(1))
    achievements.publish_version(resources, hub, achievement, definition, once(resources, hub))
    work_off(resources)

    (it,) = told(resources, batch)
    opened = reading.by_id(resources, hub, str(it.credential_id))
    assert opened.credential.achievement_version == 1
