"""RSA signatures of others (RSASSA-PKCS1-v1_5 with SHA-256); none is made here."""

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from credhub import rsa_jwk
from credhub.errors import SignatureError, UncommonKeyError, WeakKeyError

MIN_BITS: Final = 2048
MAX_BITS: Final = 4096
EXPONENT: Final = 65537


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Check one signature: the padding is made anew and compared whole, so it has one spelling.

    Args:
        public_key: The DER of an ``RSAPublicKey``.
        signature: As long as the modulus.
        message: What is signed.

    Raises:
        MalformedKeyError: The key is not an RSA key.
        WeakKeyError: Its modulus is short, or even.
        UncommonKeyError: Its modulus is very long, or its exponent is not 65537.
        SignatureError: The signature does not fit.

    Source:
        RFC 8017, section 8.2.2; RFC 7518, section 3.3 (2,048 bits or more).
    """
    key = _load(public_key)
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise SignatureError from error


def _load(public_key: bytes) -> RSAPublicKey:
    key = rsa_jwk.read(public_key)
    numbers = key.public_numbers()
    if key.key_size < MIN_BITS or numbers.n % 2 == 0:
        raise WeakKeyError
    if key.key_size > MAX_BITS or numbers.e != EXPONENT:
        raise UncommonKeyError("The RSA key is too long, or its exponent is an unusual one.")
    return key
