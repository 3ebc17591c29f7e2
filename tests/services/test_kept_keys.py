"""What is kept so that nothing is issued twice outlives an erasure, and names nobody."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from credhub import jsontypes
from credhub.credentials.draft import Recipient
from credhub.documents.roster import RosterRow
from credhub.documents.rows.outcome import ReadRow
from credhub.services import idempotency, rostering
from credhub.services.bulk import row_identity
from credhub.services.imports import importing
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.tables import idempotency as table
from tests.running import Service, make_member, unique
from tests.services.batching import read, send, told, work_off
from tests.services.erasing import erase_learner
from tests.services.ordering import publish
from tests.services.test_importing import file_of, old, plan_of

ANA = Recipient(name="Ana Lima", email="ana@mail.example")
ROWS = {
    "key": ReadRow(row=1, key="b-1", recipient=ANA),
    "external-id": ReadRow(
        row=1,
        key=None,
        recipient=Recipient(name="Ana Lima", external_id="RLH-1"),
        awarded_at=datetime(2026, 11, 14, tzinfo=UTC),
    ),
    "claims": ReadRow(row=1, key=None, recipient=ANA),
}


@pytest.fixture
def other(service_on_each: Service) -> HubNumber:
    """Another hub of the same service."""
    return make_member(service_on_each.runtime, unique("other")).hub.number


def keys(resources: Resources, hub: HubNumber, route: str) -> set[str]:
    own = (table.c.hub_id == hub) & (table.c.route == route)
    with resources.store.connect_to_write() as connection:
        return set(connection.execute(select(table.c.key).where(own)).scalars())


def test_a_key_that_is_made_of_what_was_said_needs_the_secret_of_the_hub(
    resources: Resources, hub: HubNumber, other: HubNumber
) -> None:
    key = idempotency.key_of(resources, hub, {"name": "Ana Lima"})

    assert key == idempotency.key_of(resources, hub, {"name": "Ana Lima"})
    assert key not in {
        idempotency.key_of(resources, other, {"name": "Ana Lima"}),
        idempotency.key_of(resources, hub, {"name": "Ana Luz"}),
        jsontypes.digest({"name": "Ana Lima"}).hex(),
    }


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_row_has_other_names_at_every_hub(
    resources: Resources, hub: HubNumber, other: HubNumber, row: ReadRow
) -> None:
    own, theirs = (
        {it.key for it in row_identity.names_of(resources, number, "solar", row)}
        for number in (hub, other)
    )

    assert own
    assert not own & theirs


def test_a_guess_of_who_was_erased_is_not_confirmed_by_the_table(
    resources: Resources, hub: HubNumber, achievement: str
) -> None:
    batch = send(
        resources, hub, achievement, [{"recipient": {"name": ANA.name, "email": ANA.email}}]
    )
    work_off(resources)
    (made,) = told(resources, batch)
    erase_learner(resources, hub, str(made.credential_id))
    plain = {it.hex() for it in row_identity.digests_of(achievement, ROWS["claims"])}

    assert len(keys(resources, hub, row_identity.ROUTE)) == 1
    assert not keys(resources, hub, row_identity.ROUTE) & plain
    again = send(
        resources, hub, achievement, [{"recipient": {"name": ANA.name, "email": ANA.email}}]
    )
    work_off(resources)
    assert read(resources, again).batch_id != batch.batch_id
    assert [it.credential_id for it in told(resources, again)] == [made.credential_id]


def test_a_row_of_a_roster_is_kept_under_the_same_names(
    resources: Resources, hub: HubNumber
) -> None:
    achievement = publish(resources, hub)
    row = RosterRow(
        row=2,
        external_id="RLH-1",
        name="Ana Lima",
        email=None,
        achievement=achievement.achievement_id,
        awarded_on=date(2026, 11, 14),
        evidence_url=None,
    )
    aliases = {achievement.achievement_id: achievement.achievement_id}

    (done,) = rostering.issue(resources, hub, [row], aliases=aliases)

    assert done.problem is None
    names = row_identity.names_of(resources, hub, achievement.achievement_id, ROWS["external-id"])
    assert keys(resources, hub, row_identity.ROUTE) == {it.key for it in names}


def test_what_is_kept_of_an_import_names_nobody(
    resources: Resources, hub: HubNumber, other: HubNumber
) -> None:
    kept = []
    for number in (hub, other):
        publish(resources, number)
        plan = plan_of(resources, number, file_of(old(1)))
        importing.receive(resources, number, plan.groups[0])
        kept.append({it.split("/")[1] for it in keys(resources, number, importing.ROUTE)})

    assert [len(it) for it in kept] == [1, 1]
    assert kept[0] != kept[1]
