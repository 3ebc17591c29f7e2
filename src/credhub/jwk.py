"""Public keys as JSON Web Keys.

Source:
    RFC 7517, section 4; RFC 7518, sections 6.2.1 and 6.3.1; RFC 8037, section 2.
"""

from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub import base64url, rsa_jwk
from credhub.errors import MalformedBase64Error, MalformedKeyError
from credhub.jsontypes import JsonObject, JsonValue, digest
from credhub.public_key import LENGTHS, KeyType, PublicKey

ALGORITHMS: Final[Mapping[KeyType, tuple[str, ...]]] = {
    KeyType.ED25519: ("EdDSA", "Ed25519"),
    KeyType.P256: ("ES256",),
    KeyType.P384: ("ES384",),
    KeyType.RSA: ("RS256",),
}
"""The algorithms that count for each kind of key (RFC 9864, section 2.2, has the second name)."""

_CURVES: Final[Mapping[KeyType, EllipticCurve]] = {
    KeyType.P256: SECP256R1(),
    KeyType.P384: SECP384R1(),
}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def encode(key: PublicKey) -> JsonObject:
    """Write a public key, with the members that its thumbprint counts and no others.

    Raises:
        MalformedKeyError: The key is not a point of its curve.
    """
    if key.type is KeyType.RSA:
        return rsa_jwk.encode(key)
    if key.type is KeyType.ED25519:
        return {"kty": "OKP", "crv": key.type.value, "x": base64url.encode(key.raw)}
    try:
        point = EllipticCurvePublicKey.from_encoded_point(_CURVES[key.type], key.raw)
    except ValueError as error:
        raise MalformedKeyError("The key is not a point of its curve.") from error
    numbers = point.public_numbers()
    x, y = (
        base64url.encode(number.to_bytes(LENGTHS[key.type] - 1, "big"))
        for number in (numbers.x, numbers.y)
    )
    return {"kty": "EC", "crv": key.type.value, "x": x, "y": y}


def decode(members: JsonObject) -> PublicKey:
    """Read a public key for signatures; members that say more about it are passed over.

    Raises:
        MalformedKeyError: It is not a key of a kind that we know, is for something else than
            signatures by the algorithms that count for this kind, is not a point of its curve,
            or gives a private key away.
    """
    if _PRIVATE & members.keys():
        raise MalformedKeyError("The JSON Web Key holds a private key.")
    if not _is_for_signatures(members):
        raise MalformedKeyError("The JSON Web Key is not for signatures.")
    if members.get("kty") == KeyType.RSA:
        return rsa_jwk.decode(members)
    key_type = _curve(members.get("crv"))
    if members.get("kty") != ("OKP" if key_type is KeyType.ED25519 else "EC"):
        raise MalformedKeyError("The curve of the JSON Web Key is not one of its kind.")
    x = _coordinate(members.get("x"), key_type)
    if key_type is KeyType.ED25519:
        return PublicKey(key_type, x)
    return _compressed(key_type, x, _coordinate(members.get("y"), key_type))


def thumbprint(key: PublicKey) -> bytes:
    """Compute the 32 bytes that identify a key.

    Source:
        RFC 7638, section 3.
    """
    return digest(encode(key))


def is_known(members: JsonObject) -> bool:
    """Say whether a JSON Web Key is of a kind that we know, whether it is well made or not."""
    rsa = members.get("kty") == KeyType.RSA and "n" in members
    of_kind = rsa or members.get("crv") in tuple(LENGTHS)
    return of_kind and _is_for_signatures(members)


def _is_for_signatures(members: JsonObject) -> bool:
    """Say whether nothing in a key rules the signatures out for which we take it.

    Source:
        RFC 7517, sections 4.2 to 4.4.
    """
    name = members.get("kty") if members.get("kty") == KeyType.RSA else members.get("crv")
    algorithms = next((names for kind, names in ALGORITHMS.items() if kind == name), ())
    operations = members.get("key_ops", ["verify"])
    return (
        members.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and members.get("alg") in (None, *algorithms)
    )


def _curve(name: JsonValue) -> KeyType:
    for key_type in LENGTHS:
        if name == key_type:
            return key_type
    raise MalformedKeyError("The JSON Web Key is on a curve that we do not know.")


def _coordinate(value: JsonValue, key_type: KeyType) -> bytes:
    length = 32 if key_type is KeyType.ED25519 else LENGTHS[key_type] - 1
    try:
        raw = base64url.decode(value) if isinstance(value, str) else b""
    except MalformedBase64Error as error:
        raise MalformedKeyError("A coordinate of the JSON Web Key is not base64url.") from error
    if len(raw) != length:
        raise MalformedKeyError("A coordinate of the JSON Web Key has a wrong length.")
    return raw


def _compressed(key_type: KeyType, x: bytes, y: bytes) -> PublicKey:
    numbers = EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), _CURVES[key_type]
    )
    try:
        point = numbers.public_key()
    except ValueError as error:
        raise MalformedKeyError("The JSON Web Key is not a point of its curve.") from error
    return PublicKey(key_type, point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
