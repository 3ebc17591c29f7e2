"""A service whose hubs have a receiver, on each engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from credhub.services.resources import Resources
from credhub.services.webhooks import endpoints, telling
from credhub.services.webhooks.events import EventType
from credhub.services.webhooks.reading import Stream, read_on
from credhub.services.webhooks.webhook import Webhook
from credhub.store.hubs import HubNumber
from credhub.store.webhook_waiting import WaitingDelivery
from tests.receivers import Receiver, receiving
from tests.running import Service, running


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A service, and who is told what happens there."""

    service: Service
    receiver: Receiver

    @property
    def resources(self) -> Resources:
        return self.service.resources

    @property
    def hub(self) -> HubNumber:
        return self.service.one.hub.number

    def webhook(self, path: str = "/hook", *types: EventType) -> Webhook:
        """Make a webhook of the first hub."""
        return endpoints.create(
            self.resources,
            self.hub,
            url=f"{self.receiver.origin}{path}",
            types=types or tuple(EventType),
        )

    def found(self, webhook: Webhook) -> Webhook:
        return endpoints.find(self.resources, self.hub, webhook.endpoint.endpoint_id)

    def tell(self, webhook: Webhook) -> bool:
        """Tell one part, whatever is due."""
        return telling.tell_part(self.resources, self.hub, webhook.endpoint.endpoint_id, seconds=60)

    def is_due(self, webhook: Webhook) -> bool:
        """Say whether the job would tell it something now."""
        with self.resources.store.read() as tx:
            due = tx.webhooks.due(self.service.clock())
        return webhook.endpoint.endpoint_id in {one.endpoint_id for one in due}

    def is_behind(self, webhook: Webhook) -> bool:
        """Say whether there are entries that it was not told."""
        endpoint = self.found(webhook).endpoint
        with self.resources.store.read() as tx:
            hub = self.service.one.hub
            _, following = read_on(tx, hub, Stream(cursor=endpoint.cursor))
        return following.cursor != endpoint.cursor

    def waiting(self, webhook: Webhook, *, dead: bool = False) -> tuple[WaitingDelivery, ...]:
        with self.resources.store.read() as tx:
            endpoint_id = webhook.endpoint.endpoint_id
            return tx.webhook_waiting.page(
                self.hub, endpoint_id, dead=dead, after=(0, -1), most=1000
            )


@pytest.fixture
def told(
    database_url: str,
    tmp_path: Path,
    receiver_certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Told]:
    """A new service on each engine in turn, and a receiver."""
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver_certificate))
    with (
        receiving(receiver_certificate) as receiver,
        running(database_url, tmp_path / "data", receivers=receiver.egress()) as service,
    ):
        yield Told(service=service, receiver=receiver)
