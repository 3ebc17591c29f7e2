"""P-256 and P-384 keys that live sealed in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub.errors import KeyStoreError
from credhub.keys.sealing import seal, unseal
from credhub.public_key import KeyType


@dataclass(frozen=True, slots=True)
class _Kind:
    curve: ec.EllipticCurve
    hashed: HashAlgorithm
    length: int


_KINDS: Final[Mapping[KeyType, _Kind]] = {
    KeyType.P256: _Kind(ec.SECP256R1(), SHA256(), 32),
    KeyType.P384: _Kind(ec.SECP384R1(), SHA384(), 48),
}


class EcSigner:
    """A private key in memory: a ``Signer``. The same message gets the same signature."""

    __slots__ = ("_key_type", "_kind", "_private", "_public_key")

    def __init__(self, key_type: KeyType, private: ec.EllipticCurvePrivateKey) -> None:
        self._key_type = key_type
        self._kind = _KINDS[key_type]
        self._private = private
        self._public_key = private.public_key().public_bytes(
            Encoding.X962, PublicFormat.CompressedPoint
        )

    def __repr__(self) -> str:
        return f"EcSigner({self._key_type}, public_key={self._public_key.hex()})"

    @classmethod
    def generate(cls, key_type: KeyType) -> Self:
        """Make a new key of a curve."""
        return cls(key_type, ec.generate_private_key(_KINDS[key_type].curve))

    @classmethod
    def open(cls, key_type: KeyType, key: bytes, sealed: bytes, *, context: bytes) -> Self:
        """Open a sealed private key.

        Args:
            key_type: Its curve.
            key: The key that it was sealed with.
            sealed: What ``seal`` returned.
            context: The place that it was sealed for.

        Raises:
            UnsealError: It cannot be opened here.
            KeyStoreError: It is of another curve.
        """
        secret, kind = unseal(key, sealed, context=context), _KINDS[key_type]
        if len(secret) != kind.length:
            raise KeyStoreError("A private key is not of its curve.")
        return cls(key_type, ec.derive_private_key(int.from_bytes(secret, "big"), kind.curve))

    def seal(self, key: bytes, *, context: bytes) -> bytes:
        """Encrypt the private key for one place."""
        number = self._private.private_numbers().private_value
        return seal(key, number.to_bytes(self._kind.length, "big"), context=context)

    @property
    def key_type(self) -> KeyType:
        """The curve."""
        return self._key_type

    @property
    def public_key(self) -> bytes:
        """The compressed point."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """Make the signature of a message: two numbers of fixed length.

        Source:
            RFC 6979, section 3.2 (the nonce comes from key and message); RFC 7518, section 3.4.
        """
        algorithm = ec.ECDSA(self._kind.hashed, deterministic_signing=True)
        r, s = decode_dss_signature(self._private.sign(message, algorithm))
        return r.to_bytes(self._kind.length, "big") + s.to_bytes(self._kind.length, "big")
