"""Short-lived access tokens for API keys: OAuth 2 client credentials.

A token is ``cht_`` and the base64url of the hub's number, the id of the API key, its end, its
scopes, and an HMAC of these under the hub's key. Nothing is stored: a token dies with its key, or
in five minutes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final
from uuid import UUID

from credhub import base64url
from credhub.errors import MalformedBase64Error, ScopeMissingError, UnauthenticatedError
from credhub.keys.sealing import hmac_of
from credhub.services import api_keys
from credhub.services.api_keys import Caller, Scope
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

PREFIX: Final = "cht_"
LIFETIME: Final = timedelta(minutes=5)

_LABEL: Final = b"access-token"
_HUB: Final = slice(0, 3)
_KEY: Final = slice(3, 19)
_END: Final = slice(19, 27)
_SCOPES: Final = 27
_SIGNED: Final = slice(0, 28)
_MAC: Final = slice(28, 60)
_LENGTH: Final = 60

# The places of scopes in tokens; one that ends is never given to another.
_BITS: Final[Mapping[Scope, int]] = {
    Scope.ISSUE: 1 << 0,
    Scope.READ: 1 << 1,
    Scope.REVOKE: 1 << 2,
    Scope.KEYS: 1 << 3,
    Scope.VERIFY: 1 << 4,
    Scope.PARTNERS: 1 << 5,
    Scope.ENDORSE: 1 << 6,
    Scope.WEBHOOKS: 1 << 7,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token and for whom it stands."""

    text: str = field(repr=False)
    caller: Caller


def issue(
    resources: Resources, client_id: str, client_secret: str, *, scopes: Collection[str] = ()
) -> AccessToken:
    """Make a token for whoever has an API key.

    Args:
        resources: What services work with.
        client_id: The id of the key.
        client_secret: The key.
        scopes: What the token is to do; without any, all that the key may.

    Raises:
        UnauthenticatedError: The key is unknown, expired or revoked, or has another id.
        ScopeMissingError: The key may not do all of it.
    """
    caller = api_keys.authenticate(resources, client_secret)
    if not compare_digest(caller.key_id.encode(), client_id.encode("utf-8", "replace")):
        raise UnauthenticatedError
    for scope in scopes:
        if scope not in caller.scopes:
            raise ScopeMissingError(scope)
    granted = frozenset(scopes) or caller.scopes
    until = (resources.clock() + LIFETIME).replace(microsecond=0)
    signed = (
        caller.hub.to_bytes(3, "big")
        + UUID(caller.key_id).bytes
        + int(until.timestamp()).to_bytes(8, "big")
        + bytes([sum(bit for scope, bit in _BITS.items() if scope in granted)])
    )
    mac = hmac_of(resources.keyring.of(caller.hub).secret, _LABEL, signed)
    text = PREFIX + base64url.encode(signed + mac)
    return AccessToken(text=text, caller=replace(caller, scopes=granted, until=until))


def authenticate(resources: Resources, token: str) -> Caller:
    """Find out who calls. The key is looked up every time, so a revoked one ends its tokens.

    Raises:
        UnauthenticatedError: The token is not one of ours, or has ended, or its key has.
    """
    raw = _raw(token)
    number, key_id = HubNumber(int.from_bytes(raw[_HUB], "big")), str(UUID(bytes=raw[_KEY]))
    keys = {key.key_id: key for key in api_keys.of_hub(resources, number)}
    key, now = keys.get(key_id), resources.clock()
    if key is None or key.revoked_at is not None:
        raise UnauthenticatedError
    mac = hmac_of(resources.keyring.of(number).secret, _LABEL, raw[_SIGNED])
    if not compare_digest(mac, raw[_MAC]):
        raise UnauthenticatedError
    until = datetime.fromtimestamp(int.from_bytes(raw[_END], "big"), UTC)
    if any(end is not None and end <= now for end in (until, key.expires_at)):
        raise UnauthenticatedError
    granted = {scope for scope, bit in _BITS.items() if raw[_SCOPES] & bit}
    scopes = frozenset(key.scopes) & granted
    return Caller(hub=number, key_id=key_id, scopes=scopes, until=until, partner=key.partner)


def _raw(token: str) -> bytes:
    try:
        raw = base64url.decode(token.removeprefix(PREFIX))
    except MalformedBase64Error as error:
        raise UnauthenticatedError from error
    if len(raw) != _LENGTH:
        raise UnauthenticatedError
    return raw
