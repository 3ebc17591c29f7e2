"""Sealed values: encrypted and bound to their place, so a row cannot be moved or changed.

A sealed value is one version byte, a 12-byte random nonce, then AES-256-GCM ciphertext and tag.
"""

import hmac
import secrets
from typing import Final, NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credhub.errors import UnsealError
from credhub.keys.master import MasterKey

KEY_LENGTH: Final = 32

HubKey = NewType("HubKey", bytes)
"""The key that seals a hub's secret, its private keys, and the keys of its learners."""

_VERSION: Final = b"\x01"
_NONCE_LENGTH: Final = 12
_START: Final = len(_VERSION) + _NONCE_LENGTH


def hub_key(master: MasterKey, salt: bytes) -> HubKey:
    """Derive a hub's key. Takes a tenth of a second: keep it while the process runs."""
    return HubKey(master.derive(salt))


def seal(key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Encrypt a value for one place.

    Args:
        key: 32 bytes. What encrypts is a subkey, so the key may serve ``hmac_of`` too.
        plaintext: The value.
        context: What names the place, such as table and key of the row. Not secret.

    Source:
        NIST SP 800-38D; random nonces, so one key seals at most 2^32 values.
    """
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    return _VERSION + nonce + _cipher(key).encrypt(nonce, plaintext, _VERSION + context)


def unseal(key: bytes, sealed: bytes, *, context: bytes) -> bytes:
    """Decrypt a value in its place.

    Raises:
        UnsealError: The value was changed or moved, or the key is another one.
    """
    if sealed[:1] != _VERSION:
        raise UnsealError
    nonce, ciphertext = sealed[1:_START], sealed[_START:]
    try:
        return _cipher(key).decrypt(nonce, ciphertext, _VERSION + context)
    except (InvalidTag, ValueError) as error:
        raise UnsealError from error


def hmac_of(key: bytes, label: bytes, value: bytes) -> bytes:
    """Compute the 32-byte HMAC-SHA-256 of a value under the key's subkey for one use."""
    return hmac.digest(_subkey(key, b"hmac/" + label), value, "sha256")


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(_subkey(key, b"seal"))


def _subkey(key: bytes, label: bytes) -> bytes:
    if len(key) != KEY_LENGTH:
        raise ValueError("a key has 32 bytes")
    return hmac.digest(key, b"credhub/v1/" + label, "sha256")
