"""Signatures by any kind of key that we know."""

from credhub.proofs import ecdsa, ed25519
from credhub.public_key import KeyType, PublicKey


def verify(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Check one signature: Ed25519, or ECDSA with the hash of its curve.

    Raises:
        MalformedKeyError: The key is not one of its kind.
        WeakKeyError: The key accepts anything.
        SignatureError: The signature does not fit.
    """
    if key.type is KeyType.ED25519:
        ed25519.verify(key.raw, signature, message)
    else:
        ecdsa.verify(key, signature, message)
