"""Public keys of the kinds that sign credentials."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class KeyType(StrEnum):
    """The kind of a key: its curve, by its name in JOSE (RFC 8037, RFC 7518), or RSA.

    RSA keys are those of others: their signatures are checked, and none is ever made.
    """

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"
    RSA = "RSA"


LENGTHS: Final = {KeyType.ED25519: 32, KeyType.P256: 33, KeyType.P384: 49}
"""Bytes of a public key, by its curve; an RSA key has no fixed length."""


@dataclass(frozen=True, slots=True, repr=False)
class PublicKey:
    """A public key that is not checked to be a point of its curve.

    Attributes:
        type: Its kind.
        raw: The 32 bytes of RFC 8032, a compressed point (SEC 1, section 2.3.3), or the DER of
            an ``RSAPublicKey`` (RFC 8017, appendix A.1.1).
    """

    type: KeyType
    raw: bytes

    def __repr__(self) -> str:
        return f"PublicKey({self.type}, {self.raw.hex()})"
