"""Ed25519 signatures, without the keys that accept anything."""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credhub.errors import MalformedKeyError, SignatureError, WeakKeyError

KEY_BYTES: Final = 32

_PRIME: Final = 2**255 - 19
_SIGN_BIT: Final = 2**255
# The y of every point whose order divides 8, less than the prime.
_Y_OF_ORDER_EIGHT: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset(
    {
        0,
        1,
        _PRIME - 1,
        _Y_OF_ORDER_EIGHT,
        _PRIME - _Y_OF_ORDER_EIGHT,
    }
)


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Check one signature.

    Raises:
        MalformedKeyError: The key is not 32 bytes or not a point of the curve.
        WeakKeyError: The key has a small order or a second spelling.
        SignatureError: The signature does not fit.

    Source:
        RFC 8032, section 5.1.7.
    """
    check_key(public_key)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature as error:
        raise SignatureError from error


def check_key(public_key: bytes) -> None:
    """Refuse a key that is malformed, has a small order, or is not spelled canonically.

    Raises:
        MalformedKeyError: The key is not 32 bytes.
        WeakKeyError: The key has a small order or a second spelling.
    """
    if len(public_key) != KEY_BYTES:
        raise MalformedKeyError("An Ed25519 public key has 32 bytes.")
    y = int.from_bytes(public_key, "little") % _SIGN_BIT
    if y >= _PRIME or y in _SMALL_ORDER_Y:
        raise WeakKeyError
