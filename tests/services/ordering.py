"""What services are asked for; a test says what differs."""

from dataclasses import replace

from credhub.credentials.achievement import Achievement, Criteria
from credhub.credentials.draft import Recipient
from credhub.jsontypes import JsonObject
from credhub.services import achievements, hubs, issuing
from credhub.services.hubs import NewHub
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Order
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import HubNumber
from tests.running import Service, unique

ISSUE = "POST /v1/credentials"


def hub_alone(service: Service) -> HubNumber:
    """Make a hub whose lists hold nothing yet: where a test draws the places itself."""
    slug = unique("alone")
    return hubs.create(
        service.resources, NewHub(slug=slug, name=slug, base_url=service.origin)
    ).number


def definition(address: str, version: int) -> Achievement:
    return Achievement(
        id=address,
        name="Solar",
        description="Can mount a panel.",
        criteria=Criteria(narrative="Mounted one."),
        achievement_type="Certificate",
        version=version,
    )


def suspendable(address: str, version: int) -> Achievement:
    return replace(definition(address, version), suspendable=True)


def once(
    resources: Resources,
    hub: HubNumber,
    *,
    key: str | None = None,
    body: JsonObject | None = None,
    route: str = ISSUE,
) -> Once:
    return Once(resources, hub, route=route, key=key or unique("key"), body=body or {})


def publish(resources: Resources, hub: HubNumber) -> StoredAchievement:
    return achievements.publish(resources, hub, definition, once(resources, hub))


def publish_suspendable(resources: Resources, hub: HubNumber) -> str:
    """Publish an achievement whose credentials can be suspended, and give its id."""
    return achievements.publish(resources, hub, suspendable, once(resources, hub)).achievement_id


def order(achievement_id: str, **changes: object) -> Order:
    values = Order(achievement_id=achievement_id, recipient=Recipient(name="Amélie Dubois"))
    return replace(values, **changes)  # type: ignore[arg-type]  # a test may name any member


def issue(
    resources: Resources, hub: HubNumber, achievement_id: str | None = None, **changes: object
) -> str:
    """Issue a credential and give its internal id."""
    what = order(achievement_id or publish(resources, hub).achievement_id, **changes)
    return issuing.issue(resources, hub, what, once(resources, hub)).credential.credential_id
