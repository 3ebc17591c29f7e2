"""Sealed values: encrypted and bound to their place, so a row cannot be moved or changed.

A sealed value is one version byte, a 12-byte random nonce, then AES-256-GCM ciphertext and tag.
"""

import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credhub.errors import UnsealError

KEY_LENGTH: Final = 32

_VERSION: Final = b"\x01"
_NONCE_LENGTH: Final = 12
_START: Final = len(_VERSION) + _NONCE_LENGTH


def new_key() -> bytes:
    """Make a random key of 32 bytes."""
    return secrets.token_bytes(KEY_LENGTH)


def seal(key: bytes, plaintext: bytes, *, context: bytes) -> bytes:
    """Encrypt a value for one place.

    Args:
        key: 32 bytes, used for anything by labels of its own.
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


def hmac_of(key: bytes, label: str, value: bytes) -> bytes:
    """Compute the 32-byte HMAC-SHA-256 of a value under the key's subkey for one use."""
    return hmac.digest(_subkey(key, f"hmac/{label}"), value, "sha256")


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(_subkey(key, "seal"))


def _subkey(key: bytes, label: str) -> bytes:
    if len(key) != KEY_LENGTH:
        raise ValueError("a key has 32 bytes")
    return hmac.digest(key, f"credhub/{label}/v1".encode(), "sha256")
