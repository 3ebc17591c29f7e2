"""RSA public keys as JSON Web Keys.

Source:
    RFC 7518, section 6.3.1.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from credhub import base64url
from credhub.errors import MalformedBase64Error, MalformedKeyError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.public_key import KeyType, PublicKey

# Longer ones cost too much to look at; which lengths count is for who checks a signature.
_MAX_BITS: Final = 16384


def encode(key: PublicKey) -> JsonObject:
    """Write an RSA public key, with the members that its thumbprint counts and no others.

    Raises:
        MalformedKeyError: It is not one.
    """
    numbers = read(key.raw).public_numbers()
    return {"kty": KeyType.RSA.value, "n": _text(numbers.n), "e": _text(numbers.e)}


def decode(members: JsonObject) -> PublicKey:
    """Read an RSA public key of any length that can be one.

    Raises:
        MalformedKeyError: It has no modulus or no exponent, or they are not those of a key.
    """
    modulus, exponent = (_number(members.get(name)) for name in ("n", "e"))
    try:
        key = RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise MalformedKeyError("The JSON Web Key is not an RSA key.") from error
    return PublicKey(KeyType.RSA, key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def read(raw: bytes) -> RSAPublicKey:
    """Read the DER of an RSA public key.

    Raises:
        MalformedKeyError: It is not one.
    """
    try:
        key = load_der_public_key(raw)
    except ValueError as error:
        raise MalformedKeyError("The key is not an RSA key.") from error
    if not isinstance(key, RSAPublicKey):
        raise MalformedKeyError("The key is not an RSA key.")
    return key


def _text(number: int) -> str:
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _number(value: JsonValue) -> int:
    """Read a number; some software writes a zero byte before it, which changes nothing."""
    try:
        raw = base64url.decode(value) if isinstance(value, str) else b""
    except MalformedBase64Error as error:
        raise MalformedKeyError("A number of the JSON Web Key is not base64url.") from error
    number = int.from_bytes(raw, "big")
    if number.bit_length() > _MAX_BITS:
        raise MalformedKeyError("A number of the JSON Web Key is too long.")
    return number
