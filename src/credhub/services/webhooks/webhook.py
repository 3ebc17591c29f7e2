"""A webhook with what is sealed in its row: its address, and the secrets that sign."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from credhub import instants, jsontypes
from credhub.errors import RecordDamagedError, UnsealError, WebhookNotFoundError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.keys.sealing import seal, unseal
from credhub.services.resources import Resources
from credhub.services.sealed import webhook_secrets_context, webhook_url_context
from credhub.services.webhooks.signing import SECRET_BYTES, secret_of
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction
from credhub.store.webhook_waiting import WaitingCounts
from credhub.store.webhooks import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """What messages are signed with.

    Attributes:
        number: Counts the secrets of an endpoint, from one.
        until: When it ends; the newest does not.
    """

    number: int
    text: str = field(repr=False)
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An endpoint with what is sealed in its row, and how much waits for it.

    Attributes:
        secrets: Oldest first; the last is the newest.
    """

    endpoint: Endpoint
    url: str = field(repr=False)
    secrets: tuple[Secret, ...] = field(repr=False)
    counts: WaitingCounts

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Give the secrets that have not ended, the newest first."""
        good = (one.text for one in self.secrets if one.until is None or one.until > now)
        return tuple(good)[::-1]


def found(endpoint: Endpoint | None) -> Endpoint:
    """Give an endpoint that was looked for.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
    """
    if endpoint is None:
        raise WebhookNotFoundError
    return endpoint


def new_secret(resources: Resources, number: int) -> Secret:
    """Make a secret."""
    return Secret(number=number, text=secret_of(resources.random(SECRET_BYTES)))


def opened_in(resources: Resources, tx: Transaction, endpoint: Endpoint) -> Webhook:
    """Open what is sealed in the row of an endpoint, and count what waits for it.

    Raises:
        RecordDamagedError: The row was changed.
    """
    counts = tx.webhook_waiting.counts(endpoint.hub, endpoint.endpoint_id)
    return opened(resources, endpoint, counts)


def opened(resources: Resources, endpoint: Endpoint, counts: WaitingCounts) -> Webhook:
    """Open what is sealed in the row of an endpoint.

    Raises:
        RecordDamagedError: The row was changed.
    """
    hub, endpoint_id = endpoint.hub, endpoint.endpoint_id
    key = resources.keyring.of(hub).wrapping
    context = webhook_secrets_context(hub, endpoint_id)
    try:
        url = unseal(key, endpoint.sealed_url, context=webhook_url_context(hub, endpoint_id))
        secrets = jsontypes.parse(unseal(key, endpoint.sealed_secrets, context=context))
    except UnsealError as error:
        raise RecordDamagedError from error
    assert isinstance(secrets, list)  # noqa: S101 - what we sealed
    return Webhook(
        endpoint=endpoint, url=url.decode(), secrets=tuple(map(_secret_of, secrets)), counts=counts
    )


def seal_url(resources: Resources, hub: HubNumber, endpoint_id: str, url: str) -> bytes:
    """Seal the address of an endpoint."""
    key = resources.keyring.of(hub).wrapping
    return seal(key, url.encode(), context=webhook_url_context(hub, endpoint_id))


def seal_secrets(
    resources: Resources, hub: HubNumber, endpoint_id: str, secrets: Iterable[Secret]
) -> bytes:
    """Seal the secrets of an endpoint."""
    key = resources.keyring.of(hub).wrapping
    said = jsontypes.canonical([_said(one) for one in secrets])
    return seal(key, said, context=webhook_secrets_context(hub, endpoint_id))


def _said(secret: Secret) -> JsonObject:
    until = None if secret.until is None else instants.text_of(secret.until)
    return {"number": secret.number, "secret": secret.text, "until": until}


def _secret_of(said: JsonValue) -> Secret:
    assert isinstance(said, dict)  # noqa: S101 - what we sealed
    until = said["until"]
    return Secret(
        number=int(str(said["number"])),
        text=str(said["secret"]),
        until=None if until is None else instants.parse(str(until)),
    )
