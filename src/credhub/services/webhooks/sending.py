"""One message to one webhook, by the only way out: what its receiver says is its status alone."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from time import monotonic
from typing import Final

from credhub.egress.client import Egress
from credhub.errors import AddressRefusedError, EgressError
from credhub.services.resources import Resources
from credhub.services.webhooks.events import TEST, body_of
from credhub.services.webhooks.signing import headers_of
from credhub.services.webhooks.webhook import Webhook
from credhub.store.webhooks import Outcome

SECONDS: Final = 5.0
MOST_BYTES: Final = 4096
"""So much of an answer is read. Nothing of it is kept or shown."""

_TEST_ID_BYTES: Final = 16
_GOOD: Final = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a message.

    Attributes:
        status: The HTTP status of the answer, if there was one.
        at: When it was sent.
    """

    outcome: Outcome
    status: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a message that is about nothing, and how long it took."""

    event_id: str
    sent: Sent
    milliseconds: int


def send(
    resources: Resources, webhook: Webhook, event_id: str, body: bytes, *, seconds: float = SECONDS
) -> Sent:
    """Sign and send one message. Call it without a database connection."""
    now = resources.clock()
    headers = headers_of(event_id, now, body, webhook.secrets_at(now))
    outcome, status = _exchanged(
        resources.receivers, webhook.url, body, dict(headers), seconds=seconds
    )
    return Sent(outcome=outcome, status=status, at=now)


def try_out(resources: Resources, webhook: Webhook) -> Tried:
    """Send a message that is about nothing, whether the webhook is disabled or not."""
    event_id = f"test_{resources.random(_TEST_ID_BYTES).hex()}"
    hub = resources.keyring.of(webhook.endpoint.hub).hub
    body = body_of(TEST, resources.clock(), {"hub": hub.slug})
    began = monotonic()
    sent = send(resources, webhook, event_id, body)
    return Tried(event_id=event_id, sent=sent, milliseconds=round((monotonic() - began) * 1000))


def _exchanged(
    egress: Egress, url: str, body: bytes, headers: dict[str, str], *, seconds: float
) -> tuple[Outcome, int | None]:
    try:
        answer = egress.send(url, body, headers=headers, most=MOST_BYTES, seconds=seconds)
    except AddressRefusedError:
        return Outcome.BLOCKED, None
    except EgressError:
        return Outcome.UNREACHED, None
    if answer.status in _GOOD:
        return Outcome.DELIVERED, answer.status
    if answer.status == HTTPStatus.GONE:
        return Outcome.GONE, answer.status
    return Outcome.REFUSED, answer.status
