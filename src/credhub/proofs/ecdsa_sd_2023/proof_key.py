"""The key that exists for one proof only."""

from collections.abc import Callable
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub.public_key import KeyType, PublicKey

SEED_BYTES: Final = 32

# FIPS 186-5, SP 800-186 section 3.2.1.3: how many points the curve has.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class ProofKey:
    """A P-256 key pair in memory. Its signatures need no randomness (RFC 6979)."""

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        self._key = key
        self._how = ECDSA(SHA256(), deterministic_signing=True)

    @classmethod
    def generate(cls, random: Callable[[int], bytes]) -> Self:
        """Make a key from random bytes.

        Source:
            FIPS 186-5, section A.2.2 (rejection sampling).
        """
        number = 0
        while not 0 < number < _ORDER:
            number = int.from_bytes(random(SEED_BYTES), "big")
        return cls(derive_private_key(number, SECP256R1()))

    @property
    def public(self) -> PublicKey:
        """The public key."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return PublicKey(KeyType.P256, point)

    def sign(self, message: bytes) -> bytes:
        """Make a signature, both numbers in fixed length."""
        r, s = decode_dss_signature(self._key.sign(message, self._how))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
