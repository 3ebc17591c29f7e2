"""What waits for a webhook, and what is not tried any more."""

from dataclasses import dataclass

from credhub.services.resources import Resources
from credhub.services.webhooks.events import Event
from credhub.services.webhooks.reading import event_at
from credhub.services.webhooks.webhook import found
from credhub.store.hubs import HubNumber
from credhub.store.webhook_waiting import WaitingDelivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A delivery, and the event: none when nothing can be said of that any more."""

    delivery: WaitingDelivery
    event: Event | None


def deliveries(  # noqa: PLR0913 - what a list can be asked for
    resources: Resources,
    hub: HubNumber,
    endpoint_id: str,
    *,
    dead: bool,
    after: tuple[int, int],
    limit: int,
) -> tuple[Listed, ...]:
    """List what waits for an endpoint, or what is not tried any more, oldest first.

    Args:
        resources: What services work with.
        hub: Whose endpoint.
        endpoint_id: Which.
        dead: Whether to list what is not tried any more.
        after: The order of the last delivery of the part before.
        limit: Most of them.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
    """
    named = resources.keyring.of(hub).hub
    with resources.store.read() as tx:
        found(tx.webhooks.find(hub, endpoint_id))
        page = tx.webhook_waiting.page(hub, endpoint_id, dead=dead, after=after, most=limit)
        return tuple(Listed(delivery=one, event=event_at(tx, named, one.position)) for one in page)
