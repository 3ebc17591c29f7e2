"""The webhooks of a hub: made, listed, changed and removed."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from credhub.errors import (
    AddressRefusedError,
    ConflictError,
    ContendedError,
    TooManyWebhooksError,
    WebhookAddressError,
)
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.services.webhooks.events import EventType
from credhub.services.webhooks.webhook import (
    Webhook,
    found,
    new_secret,
    opened_in,
    seal_secrets,
    seal_url,
)
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.store import Transaction
from credhub.store.webhooks import (
    AT_ONCE,
    Disabled,
    Endpoint,
    Health,
    Position,
    health_columns,
    types_column,
)

MOST: Final = 20
FIRST_SECRET: Final = 1

_ATTEMPTS: Final = 20


def create(
    resources: Resources,
    hub: HubNumber,
    *,
    url: str,
    types: Collection[EventType],
    once: Once | None = None,
) -> Webhook:
    """Make an endpoint that is told what happens from now on.

    Raises:
        WebhookAddressError: Nothing is sent to this address.
        TooManyWebhooksError: The hub has as many as it may have.
        IdempotencyKeyReusedError: The key was used with another body.
        WebhookNotFoundError: The request made one before, which was removed since.
        ContendedError: Others kept making the same.
    """
    check_address(resources, url)
    for _ in range(_ATTEMPTS):
        try:
            with resources.store.begin() as tx:
                tx.hubs.lock(hub)
                endpoint_id = None if once is None else once.made(tx)
                if endpoint_id is None:
                    endpoint_id = _insert(resources, tx, hub, url, types)
                    if once is not None:
                        tx.idempotency.insert(once.request_for(resources, endpoint_id))
        except ConflictError:
            continue
        return find(resources, hub, endpoint_id)
    raise ContendedError


def of_hub(resources: Resources, hub: HubNumber) -> tuple[Webhook, ...]:
    """List the endpoints of a hub, oldest first."""
    with resources.store.read() as tx:
        return tuple(opened_in(resources, tx, one) for one in tx.webhooks.of_hub(hub))


def find(resources: Resources, hub: HubNumber, endpoint_id: str) -> Webhook:
    """Find one endpoint.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
    """
    with resources.store.read() as tx:
        return opened_in(resources, tx, found(tx.webhooks.find(hub, endpoint_id)))


def change(  # noqa: PLR0913 - what can be changed
    resources: Resources,
    hub: HubNumber,
    endpoint_id: str,
    *,
    url: str | None = None,
    types: Collection[EventType] | None = None,
    enabled: bool | None = None,
) -> Webhook:
    """Change what is given. Who is enabled again is told what happened meanwhile.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
        WebhookAddressError: Nothing is sent to this address.
    """
    columns: dict[str, object] = {}
    now = resources.clock()
    if url is not None:
        check_address(resources, url)
        columns["sealed_url"] = seal_url(resources, hub, endpoint_id, url)
    if types is not None:
        columns["types"] = types_column(sorted(set(types)))
    with resources.store.begin() as tx:
        endpoint = found(tx.webhooks.lock(hub, endpoint_id))
        if enabled is False and endpoint.disabled_at is None:
            columns |= disabling(Disabled.ASKED, now)
        if enabled is True:
            columns |= {"disabled_ms": None, "disabled_because": None}
        if enabled is True or url is not None:
            columns |= health_columns(_well(endpoint.health))
            tx.webhook_waiting.hurry(hub, endpoint_id, now=now)
        if columns:
            tx.webhooks.change(endpoint, **columns)
    return find(resources, hub, endpoint_id)


def remove(resources: Resources, hub: HubNumber, endpoint_id: str) -> None:
    """Remove an endpoint, with all that waits for it.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
    """
    with resources.store.begin() as tx:
        found(tx.webhooks.lock(hub, endpoint_id))
        tx.webhooks.remove(hub, endpoint_id)


def check_address(resources: Resources, url: str) -> None:
    """Refuse an address to which nothing is ever sent.

    Raises:
        WebhookAddressError: It is one.
    """
    try:
        resources.receivers.check(url)
    except AddressRefusedError as error:
        raise WebhookAddressError from error


def disabling(because: Disabled, now: datetime) -> dict[str, object]:
    """Write that an endpoint is told nothing from now on."""
    return {"disabled_ms": to_ms(now), "disabled_because": because}


def _insert(
    resources: Resources,
    tx: Transaction,
    hub: HubNumber,
    url: str,
    types: Collection[EventType],
) -> str:
    if tx.webhooks.count(hub) >= MOST:
        raise TooManyWebhooksError(MOST)
    endpoint_id = resources.new_id()
    log = tx.ledger.logs(hub)[-1].log
    told = tx.ledger.latest_checkpoint(hub, log)
    tx.webhooks.insert(
        Endpoint(
            hub=hub,
            endpoint_id=endpoint_id,
            sealed_url=seal_url(resources, hub, endpoint_id, url),
            sealed_secrets=seal_secrets(
                resources, hub, endpoint_id, [new_secret(resources, FIRST_SECRET)]
            ),
            types=tuple(sorted(set(types))),
            created_at=resources.clock(),
            cursor=Position(log=log, seq=0 if told is None else told.size),
        )
    )
    return endpoint_id


def _well(health: Health) -> Health:
    return replace(health, failures=0, failing_since=None, next_at=AT_ONCE)
