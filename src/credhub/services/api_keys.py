"""Make, use and end API keys. A key is shown once; what is kept is its SHA-256."""

import base64
import binascii
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from credhub.credentials.claims import check_name
from credhub.errors import (
    InvalidClaimError,
    PartnerNotFoundError,
    ScopeMissingError,
    StoreError,
    UnauthenticatedError,
)
from credhub.services import partners
from credhub.services.resources import Resources
from credhub.store.api_keys import USE_GRANULARITY, ApiKey
from credhub.store.hubs import HubNumber

PREFIX: Final = "chk_"
SECRET_BYTES: Final = 32

_HUB_BYTES: Final = 3
_LENGTH: Final = 48


class Scope(StrEnum):
    """What an API key may do."""

    ISSUE = "issue"
    READ = "read"
    REVOKE = "revoke"
    KEYS = "keys"
    VERIFY = "verify"
    PARTNERS = "partners"
    ENDORSE = "endorse"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request: the hub and the key, which is also the actor in the ledger.

    Attributes:
        until: When the access token ends that stands for the key.
        partner: The DID of the partner whose account it is; none for the hub's own software.
    """

    hub: HubNumber
    key_id: str
    scopes: frozenset[str]
    until: datetime | None = None
    partner: str | None = None

    def require(self, scope: Scope) -> None:
        """Refuse a caller whose key may not do this.

        Raises:
            ScopeMissingError: It may not.
        """
        if scope not in self.scopes:
            raise ScopeMissingError(scope)


def create(  # noqa: PLR0913 - what a key is
    resources: Resources,
    number: HubNumber,
    *,
    label: str,
    scopes: Collection[str],
    expires_at: datetime | None = None,
    partner: str | None = None,
) -> tuple[ApiKey, str]:
    """Make a key.

    Args:
        resources: What services work with.
        number: The hub.
        label: What it is for.
        scopes: What it may do.
        expires_at: When it ends by itself.
        partner: The DID of the partner whose account it is. Such a key does nothing but endorse.

    Returns:
        The key as it is kept, and the text that is shown once: ``chk_`` and the base64url of the
        hub's number (3 bytes) and 256 random bits.

    Raises:
        InvalidClaimError: The label is not printable, or the account of a partner is to do more.
        PartnerNotFoundError: The hub does not vouch for the partner.
    """
    check_name("label", label)
    if partner is not None:
        _check_account(resources, number, partner, scopes)
    raw = number.to_bytes(_HUB_BYTES, "big") + resources.random(SECRET_BYTES)
    token = PREFIX + base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
    key = ApiKey(
        hub=number,
        key_id=resources.new_id(),
        label=label,
        secret_hash=sha256(token.encode()).digest(),
        scopes=tuple(sorted(scopes)),
        created_at=resources.clock(),
        expires_at=expires_at,
        partner=partner,
    )
    with resources.store.begin() as tx:
        tx.api_keys.insert(key)
    return key, token


def authenticate(resources: Resources, token: str) -> Caller:
    """Find out who calls. The database is asked every time, so a revoked key ends at once.

    Raises:
        UnauthenticatedError: The key is unknown, expired or revoked.
    """
    number = _hub_of(token)
    secret_hash = sha256(token.encode()).digest()
    now = resources.clock()
    with resources.store.read() as tx:
        key = tx.api_keys.by_secret(number, secret_hash)
    if key is None or not compare_digest(key.secret_hash, secret_hash):
        raise UnauthenticatedError
    if not _is_good(key, now):
        raise UnauthenticatedError
    if key.last_used_at is None or now - key.last_used_at >= USE_GRANULARITY:
        # A database that cannot be written now must not keep anybody from reading.
        with suppress(StoreError), resources.store.begin() as tx:
            tx.api_keys.touch(number, key.key_id, now)
    return Caller(hub=number, key_id=key.key_id, scopes=frozenset(key.scopes), partner=key.partner)


def check(resources: Resources, caller: Caller) -> None:
    """Check that the key of a caller is still one, for an answer that goes on for a while.

    Raises:
        UnauthenticatedError: It has expired, or was revoked, or its access token has ended.
    """
    now = resources.clock()
    has_ended = caller.until is not None and caller.until <= now
    keys = of_hub(resources, caller.hub)
    if has_ended or not any(key.key_id == caller.key_id and _is_good(key, now) for key in keys):
        raise UnauthenticatedError


def of_hub(resources: Resources, number: HubNumber) -> tuple[ApiKey, ...]:
    """List the keys of a hub."""
    with resources.store.read() as tx:
        return tx.api_keys.of_hub(number)


def revoke(resources: Resources, number: HubNumber, key_id: str) -> None:
    """End a key.

    Raises:
        ApiKeyNotFoundError: The hub has no such key.
    """
    with resources.store.begin() as tx:
        tx.api_keys.revoke(number, key_id, resources.clock())


def _check_account(
    resources: Resources, number: HubNumber, partner: str, scopes: Collection[str]
) -> None:
    if set(scopes) != {Scope.ENDORSE}:
        raise InvalidClaimError("scopes", "of the account of a partner must be endorse alone.")
    hub = resources.keyring.of(number).hub
    if all(one.endorsement.did != partner for one in partners.in_force(resources, hub)):
        raise PartnerNotFoundError(partner)


def _is_good(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


def _hub_of(token: str) -> HubNumber:
    text = token.removeprefix(PREFIX)
    if text == token or len(text) + 1 != _LENGTH or not text.isascii():
        raise UnauthenticatedError
    try:
        raw = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise UnauthenticatedError from error
    return HubNumber(int.from_bytes(raw[:_HUB_BYTES], "big"))
