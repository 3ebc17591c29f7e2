"""A new secret for a webhook, while the old one still counts for a while."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from credhub.errors import ConflictError, ContendedError, TooManySecretsError
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.services.webhooks.endpoints import find
from credhub.services.webhooks.webhook import (
    Secret,
    Webhook,
    found,
    new_secret,
    opened_in,
    seal_secrets,
)
from credhub.store.hubs import HubNumber

MOST_SECRETS: Final = 3
LONGEST_OVERLAP: Final = timedelta(hours=24)

_ATTEMPTS: Final = 20


def rotate(
    resources: Resources,
    hub: HubNumber,
    endpoint_id: str,
    *,
    overlap: timedelta,
    once: Once | None = None,
) -> tuple[Webhook, Secret | None]:
    """Make a new secret; those before it end after the overlap, if they do not end sooner.

    Returns:
        The endpoint, and the secret that the request made: none where it is no more.

    Raises:
        WebhookNotFoundError: The hub has none of this id.
        TooManySecretsError: Too many have not ended.
        IdempotencyKeyReusedError: The key was used with another body.
        ContendedError: Others kept doing the same.
    """
    for _ in range(_ATTEMPTS):
        try:
            number = _rotated(resources, hub, endpoint_id, overlap=overlap, once=once)
        except ConflictError:
            continue
        webhook = find(resources, hub, endpoint_id)
        return webhook, next((one for one in webhook.secrets if one.number == number), None)
    raise ContendedError


def _rotated(
    resources: Resources,
    hub: HubNumber,
    endpoint_id: str,
    *,
    overlap: timedelta,
    once: Once | None,
) -> int:
    now = resources.clock()
    with resources.store.begin() as tx:
        webhook = opened_in(resources, tx, found(tx.webhooks.lock(hub, endpoint_id)))
        made = None if once is None else once.made(tx)
        if made is not None:
            return int(made)
        left = tuple(
            replace(one, until=_sooner(one.until, now + overlap))
            for one in webhook.secrets
            if one.until is None or one.until > now
        )
        left = tuple(one for one in left if one.until is None or one.until > now)
        if len(left) >= MOST_SECRETS:
            raise TooManySecretsError(MOST_SECRETS)
        number = webhook.secrets[-1].number + 1
        secrets = (*left, new_secret(resources, number))
        sealed = seal_secrets(resources, hub, endpoint_id, secrets)
        tx.webhooks.change(webhook.endpoint, sealed_secrets=sealed)
        if once is not None:
            tx.idempotency.insert(once.request_for(resources, str(number)))
    return number


def _sooner(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)
