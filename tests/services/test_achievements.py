"""Publishing achievements: versions in a row, whoever else publishes one."""

from dataclasses import replace

import pytest

from credhub.credentials.achievement import Achievement
from credhub.errors import (
    AchievementNotFoundError,
    ContendedError,
    IdempotencyKeyReusedError,
)
from credhub.services import achievements, reading
from tests.running import Interruption, Service, unique
from tests.services.ordering import definition, issue, once, publish


def test_a_version_is_published_and_in_the_ledger(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub, service_on_each.resources

    stored = publish(resources, hub.number)

    assert stored.version == 1
    published = achievements.definition_of(stored)
    address = achievements.address_of(hub, stored.achievement_id)
    assert published == definition(address, 1)
    with resources.store.read() as tx:
        entry = tx.ledger.entry(hub.number, stored.log, stored.seq)
    assert entry is not None
    assert address.encode() in entry.entry


def test_credentials_keep_the_version_that_they_were_issued_with(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    first = publish(resources, hub)
    made = issue(resources, hub, first.achievement_id)

    second = achievements.publish_version(
        resources, hub, first.achievement_id, definition, once(resources, hub)
    )

    later = issue(resources, hub, first.achievement_id)
    assert second.version == 2
    assert reading.by_id(resources, hub, made).credential.achievement_version == 1
    assert reading.by_id(resources, hub, later).credential.achievement_version == 2
    assert [one.version for one in achievements.versions(resources, second)] == [1, 2]
    assert achievements.by_address(resources, first.achievement_id.upper()) == second


def test_the_same_key_publishes_once(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    key = unique("key")

    def again(body: str) -> str:
        same = once(resources, hub, key=key, body={"name": body})
        return achievements.publish(resources, hub, definition, same).achievement_id

    assert again("a") == again("a")
    with pytest.raises(IdempotencyKeyReusedError):
        again("b")


def test_a_version_that_another_published_meanwhile_is_followed(service_on_each: Service) -> None:
    hub, resources = service_on_each.one.hub.number, service_on_each.resources
    first = publish(resources, hub).achievement_id

    def another() -> None:
        achievements.publish_version(resources, hub, first, definition, once(resources, hub))

    meanwhile = Interruption(another)

    def slow(address: str, version: int) -> Achievement:
        meanwhile()
        return definition(address, version)

    mine = achievements.publish_version(resources, hub, first, slow, once(resources, hub))

    assert mine.version == 3


def test_after_twenty_lost_races_the_caller_is_told_to_come_back(service: Service) -> None:
    hub, resources = service.one.hub.number, service.resources
    first = publish(resources, hub).achievement_id

    def always_late(address: str, version: int) -> Achievement:
        achievements.publish_version(resources, hub, first, definition, once(resources, hub))
        return definition(address, version)

    with pytest.raises(ContendedError):
        achievements.publish_version(resources, hub, first, always_late, once(resources, hub))


def test_an_achievement_of_another_hub_gets_no_version(service: Service) -> None:
    foreign = publish(service.resources, service.other.hub.number).achievement_id
    hub = service.one.hub.number

    with pytest.raises(AchievementNotFoundError):
        achievements.publish_version(
            service.resources, hub, foreign, definition, once(service.resources, hub)
        )


@pytest.mark.parametrize("code", ["", "nothing", "a" * 32, "!" * 32])
def test_an_address_that_is_none_leads_nowhere(service: Service, code: str) -> None:
    with pytest.raises(AchievementNotFoundError):
        achievements.by_address(service.resources, code)


def test_an_achievement_that_is_not_there_has_no_versions(service: Service) -> None:
    lost = replace(publish(service.resources, service.one.hub.number), achievement_id="gone")

    assert achievements.versions(service.resources, lost) == ()


def test_pages_are_in_order_and_complete(fresh_service: Service) -> None:
    hub, resources = fresh_service.one.hub.number, fresh_service.resources
    published = sorted(publish(resources, hub).achievement_id for _ in range(5))

    first = achievements.page(resources, hub, after="", limit=3)
    rest = achievements.page(resources, hub, after=first[-1].achievement_id, limit=3)

    assert [stored.achievement_id for stored in (*first, *rest)] == published
    assert achievements.page(resources, fresh_service.other.hub.number, after="", limit=3) == ()
