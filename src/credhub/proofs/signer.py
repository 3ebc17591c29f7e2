"""The one thing that issuing needs of a private key."""

from typing import Protocol

from credhub.public_key import KeyType, PublicKey


class Signer(Protocol):
    """Something that signs with a key: in memory, in a token, or in a service."""

    @property
    def key_type(self) -> KeyType:
        """The curve of the key."""
        ...

    @property
    def public_key(self) -> bytes:
        """The public key: 32 bytes (Ed25519) or a compressed point (P-256, P-384)."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Make the signature of a message, in the form that ``signatures.verify`` checks."""
        ...


def key_of(signer: Signer) -> PublicKey:
    """Give the public key of a signer."""
    return PublicKey(signer.key_type, signer.public_key)
