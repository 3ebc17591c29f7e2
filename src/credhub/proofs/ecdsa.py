"""ECDSA signatures over P-256 and P-384, as two numbers of fixed length."""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm

from credhub.errors import MalformedKeyError, SignatureError
from credhub.public_key import LENGTHS, KeyType, PublicKey

_CURVES: Final[Mapping[KeyType, tuple[EllipticCurve, HashAlgorithm, int]]] = {
    KeyType.P256: (SECP256R1(), SHA256(), 32),
    KeyType.P384: (SECP384R1(), SHA384(), 48),
}


def verify(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Check one signature: SHA-256 with P-256, SHA-384 with P-384.

    Raises:
        MalformedKeyError: The key is not a compressed point of its curve.
        SignatureError: The signature does not fit.

    Source:
        FIPS 186-5, section 6.4.2; RFC 7518, section 3.4 (both numbers in fixed length).
    """
    curve, hashed, length = _CURVES[key.type]
    if len(key.raw) != LENGTHS[key.type]:
        raise MalformedKeyError("The key is not a compressed point.")
    try:
        public_key = EllipticCurvePublicKey.from_encoded_point(curve, key.raw)
    except ValueError as error:
        raise MalformedKeyError("The key is not a point of its curve.") from error
    if len(signature) != 2 * length:
        raise SignatureError
    r, s = (int.from_bytes(half, "big") for half in (signature[:length], signature[length:]))
    try:
        public_key.verify(encode_dss_signature(r, s), message, ECDSA(hashed))
    except InvalidSignature as error:
        raise SignatureError from error
