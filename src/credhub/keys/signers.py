"""Private keys of every kind that live sealed in the database."""

from typing import Protocol

from credhub.keys.ec import EcSigner
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs.signer import Signer
from credhub.public_key import KeyType


class SealableSigner(Signer, Protocol):
    """A ``Signer`` in memory that can be sealed."""

    def seal(self, key: bytes, *, context: bytes) -> bytes:
        """Encrypt the private key for one place."""
        ...


def generate(key_type: KeyType) -> SealableSigner:
    """Make a new key."""
    if key_type is KeyType.ED25519:
        return Ed25519Signer.generate()
    return EcSigner.generate(key_type)


def open_signer(key_type: KeyType, key: bytes, sealed: bytes, *, context: bytes) -> SealableSigner:
    """Open a sealed private key of a kind.

    Raises:
        UnsealError: It cannot be opened here.
        KeyStoreError: It is of another kind.
    """
    if key_type is KeyType.ED25519:
        return Ed25519Signer.open(key, sealed, context=context)
    return EcSigner.open(key_type, key, sealed, context=context)
