"""Ed25519 keys that live sealed in the database."""

from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub.keys.sealing import seal, unseal
from credhub.public_key import KeyType


class Ed25519Signer:
    """A private key in memory: a ``Signer``."""

    __slots__ = ("_private", "_public_key")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._public_key = private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"Ed25519Signer(public_key={self._public_key.hex()})"

    @classmethod
    def generate(cls) -> Self:
        """Make a new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def open(cls, key: bytes, sealed: bytes, *, context: bytes) -> Self:
        """Open a sealed private key.

        Args:
            key: The key that it was sealed with.
            sealed: What ``seal`` returned.
            context: The place that it was sealed for.

        Raises:
            UnsealError: It cannot be opened here.
        """
        return cls(Ed25519PrivateKey.from_private_bytes(unseal(key, sealed, context=context)))

    def seal(self, key: bytes, *, context: bytes) -> bytes:
        """Encrypt the private key for one place."""
        return seal(key, self._private.private_bytes_raw(), context=context)

    @property
    def key_type(self) -> KeyType:
        """Ed25519."""
        return KeyType.ED25519

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """Make the 64-byte signature of a message."""
        return self._private.sign(message)
