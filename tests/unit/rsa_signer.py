"""RSA signers, which the service has none of: they are strangers'."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub.public_key import KeyType


@cache
def private_key(bits: int = 2048, *, exponent: int = 65537, which: int = 1) -> RSAPrivateKey:
    """Make a key once in a run; ``which`` tells several of one kind apart."""
    assert which
    return generate_private_key(exponent, bits)


class RsaMemorySigner:
    def __init__(self, key: RSAPrivateKey | None = None) -> None:
        self.key = key or private_key()
        self.key_type = KeyType.RSA

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, PKCS1v15(), SHA256())
