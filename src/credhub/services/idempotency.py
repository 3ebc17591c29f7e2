"""The same request with the same key makes one thing, for ever."""

import re
from collections.abc import Sequence
from copy import copy
from hmac import compare_digest
from typing import Final

from credhub import jsontypes
from credhub.errors import IdempotencyKeyMissingError, IdempotencyKeyReusedError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.keys.sealing import hmac_of
from credhub.services.resources import Resources
from credhub.services.sealed import BODY, KEY
from credhub.store import idempotency
from credhub.store.hubs import HubNumber
from credhub.store.idempotency import IdempotentRequest
from credhub.store.store import Transaction
from credhub.store.unit import Insert

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


def key_of(resources: Resources, hub: HubNumber, said: JsonValue) -> str:
    """Make the key of a request of what it says, where its sender gives none.

    Keys are kept for ever, also of what is about a learner who was erased since. So it is an HMAC
    under the hub's secret: whoever has the table alone cannot try out names.
    """
    return hmac_of(resources.keyring.of(hub).secret, KEY, jsontypes.canonical(said)).hex()


class Once:
    """One request that must not take effect twice."""

    def __init__(
        self, resources: Resources, hub: HubNumber, *, route: str, key: str | None, body: JsonObject
    ) -> None:
        """Take the key of a request and the HMAC of its body.

        Raises:
            IdempotencyKeyMissingError: There is no usable key.
        """
        self.hub = hub
        self.route = route
        self.key = _checked(key)
        secret = resources.keyring.of(hub).secret
        self._body_hmac = hmac_of(secret, BODY, jsontypes.canonical(body))

    def under(self, key: str) -> "Once":
        """Give the same request under another key.

        Raises:
            IdempotencyKeyMissingError: It is no usable key.
        """
        other = copy(self)
        other.key = _checked(key)
        return other

    def made(self, tx: Transaction) -> str | None:
        """Find the id of what the request made before, if it was made.

        Raises:
            IdempotencyKeyReusedError: The key was used with another body.
        """
        return self.recall(tx.idempotency.find(self.hub, self.route, self.key))

    def recall(self, found: IdempotentRequest | None) -> str | None:
        """Give the id of what the request made before, from what was found under its key.

        Raises:
            IdempotencyKeyReusedError: The key was used with another body.
        """
        if found is None:
            return None
        if not compare_digest(found.body_hmac, self._body_hmac):
            raise IdempotencyKeyReusedError
        return found.thing

    def insert_of(self, resources: Resources, thing: str) -> Insert:
        """Record what the request makes, in the unit that makes it."""
        return idempotency.insert_of(self.request_for(resources, thing))

    def request_for(self, resources: Resources, thing: str) -> IdempotentRequest:
        """Describe the request as one that made something now."""
        return IdempotentRequest(
            hub=self.hub,
            route=self.route,
            key=self.key,
            body_hmac=self._body_hmac,
            thing=thing,
            created_at=resources.clock(),
        )


def _checked(key: str | None) -> str:
    if key is None or not _KEY.fullmatch(key):
        raise IdempotencyKeyMissingError
    return key


def recall_all(
    tx: Transaction, hub: HubNumber, several: Sequence[Once]
) -> tuple[str | IdempotencyKeyReusedError | None, ...]:
    """Give for each request of a hub what it made before, or that its key had another body."""
    found = {
        route: tx.idempotency.find_all(hub, route, [it.key for it in several if it.route == route])
        for route in sorted({it.route for it in several})
    }
    return tuple(_recalled(it, found[it.route].get(it.key)) for it in several)


def _recalled(
    once: Once, found: IdempotentRequest | None
) -> str | IdempotencyKeyReusedError | None:
    try:
        return once.recall(found)
    except IdempotencyKeyReusedError as error:
        return error
