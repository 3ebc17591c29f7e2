"""Signatures by any kind of key that we know."""

from credhub.proofs import ecdsa, ed25519, rsa
from credhub.public_key import KeyType, PublicKey


def verify(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Check one signature: Ed25519, ECDSA with the hash of its curve, or RSA with SHA-256.

    Raises:
        MalformedKeyError: The key is not one of its kind.
        WeakKeyError: The key accepts anything.
        UncommonKeyError: Checking by this key would cost too much, or is nobody's practice.
        SignatureError: The signature does not fit.
    """
    if key.type is KeyType.ED25519:
        ed25519.verify(key.raw, signature, message)
    elif key.type is KeyType.RSA:
        rsa.verify(key.raw, signature, message)
    else:
        ecdsa.verify(key, signature, message)
