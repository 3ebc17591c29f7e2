"""T64: where webhooks are sent, looked at at every delivery."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from credhub.egress.client import Egress
from credhub.errors import AddressRefusedError, WebhookAddressError
from credhub.services.webhooks import endpoints, telling
from credhub.services.webhooks.events import EventType
from credhub.store.webhooks import Outcome
from tests.egress.certificates import self_signed
from tests.engines import SqliteDatabases
from tests.networks import PUBLIC, where_every_address_is_here
from tests.running import Service, issue, running
from tests.services.test_hostile_did_sites import NOT_PUBLIC
from tests.services.webhook_fixtures import Told

HOST = "lms.school.example"


def test_t64_an_address_that_is_inside_by_the_time_of_a_delivery_is_sent_nothing(
    sqlite: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path / "certificate.pem", HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    where: list[str] = [PUBLIC]

    def resolver(_host: str, _port: int) -> Sequence[str]:
        return where

    with (
        where_every_address_is_here(certificate, public=PUBLIC) as network,
        sqlite.migrated() as url,
        running(url, tmp_path / "data", receivers=Egress(resolver=resolver)) as service,
    ):
        hub = service.one.hub.number
        made = endpoints.create(
            service.resources, hub, url=f"https://{HOST}/hook", types=[EventType.ISSUED]
        )
        network.contacts()
        for address in NOT_PUBLIC:
            where[:] = [address]
            assert outcome_of_one(service, made.endpoint.endpoint_id) is Outcome.BLOCKED
            where[:] = [PUBLIC, address]
            assert outcome_of_one(service, made.endpoint.endpoint_id) is Outcome.BLOCKED
        assert network.contacts() == []

        where[:] = [PUBLIC]
        # That it has no such page is an answer.
        assert outcome_of_one(service, made.endpoint.endpoint_id) is Outcome.REFUSED
        assert network.contacts() == [(PUBLIC, 443)]


def outcome_of_one(service: Service, endpoint_id: str) -> Outcome | None:
    """Have one event told to a webhook that is well, and give what became of it."""
    hub = service.one.hub.number
    endpoints.change(service.resources, hub, endpoint_id, enabled=True)
    with service.resources.store.begin() as tx:
        endpoint = tx.webhooks.find(hub, endpoint_id)
        assert endpoint is not None
        for waits in tx.webhook_waiting.page(hub, endpoint_id, dead=False, after=(0, -1), most=9):
            tx.webhook_waiting.remove(endpoint, waits.position)
    issue(service.client())
    assert telling.tell_part(service.resources, hub, endpoint_id)
    return endpoints.find(service.resources, hub, endpoint_id).endpoint.health.last_outcome


REFUSED = [
    "http://lms.example/hook",
    "https://lms.example:22/hook",
    "https://127.0.0.1/hook",
    "https://[::1]/hook",
    "https://[::ffff:10.0.0.1]/hook",
    "https://169.254.169.254/latest",
    "https://user:secret@lms.example/",
    "https://lms.example/#part",
    "https://lms.example\\@127.0.0.1/",
    "https://lms.example/\r\nX-Injected: yes",
    "https://lms.example/a b",
    "https:///hook",
    "ftp://lms.example/",
    "lms.example",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
def test_t64_t70_an_address_to_which_nothing_is_ever_sent_is_refused(
    service: Service, url: str
) -> None:
    hub = service.one.hub.number

    with pytest.raises(WebhookAddressError):
        endpoints.create(service.resources, hub, url=url, types=[EventType.ISSUED])

    assert endpoints.of_hub(service.resources, hub) == ()


def test_an_origin_that_the_operator_named_may_be_anywhere(told: Told) -> None:
    webhook = told.webhook("/hook?key=1")

    assert webhook.url.startswith("https://lms.example:")
    with pytest.raises(AddressRefusedError):
        told.resources.receivers.check("https://lms.example:22/")
