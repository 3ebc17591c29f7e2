"""The one thing that issuing needs of a private key."""

from typing import Protocol


class Signer(Protocol):
    """Something that signs with an Ed25519 key: in memory, in a token, or in a service."""

    @property
    def public_key(self) -> bytes:
        """The 32-byte public key."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Make the 64-byte signature of a message."""
        ...
