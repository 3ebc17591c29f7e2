"""Public keys of the kinds that sign credentials."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class KeyType(StrEnum):
    """The curve of a key, by its name in JOSE (RFC 8037, RFC 7518)."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"


LENGTHS: Final = {KeyType.ED25519: 32, KeyType.P256: 33, KeyType.P384: 49}
"""Bytes of a public key, by its curve."""


@dataclass(frozen=True, slots=True, repr=False)
class PublicKey:
    """A public key that is not checked to be a point of its curve.

    Attributes:
        type: Its curve.
        raw: The 32 bytes of RFC 8032, or a compressed point (SEC 1, section 2.3.3).
    """

    type: KeyType
    raw: bytes

    def __repr__(self) -> str:
        return f"PublicKey({self.type}, {self.raw.hex()})"
