"""A signer on a NIST curve whose key is made from one number."""

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub.dids import did_key
from credhub.proofs.signer import key_of
from credhub.public_key import LENGTHS, KeyType


class EcMemorySigner:
    """Signatures are the same in every run (RFC 6979)."""

    def __init__(self, key_type: KeyType, seed: int = 1) -> None:
        self.key_type = key_type
        p256 = key_type is KeyType.P256
        self._key = derive_private_key(seed + 1000, SECP256R1() if p256 else SECP384R1())
        self._algorithm = ECDSA(SHA256() if p256 else SHA384(), deterministic_signing=True)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def sign(self, message: bytes) -> bytes:
        length = LENGTHS[self.key_type] - 1
        numbers = decode_dss_signature(self._key.sign(message, self._algorithm))
        return b"".join(number.to_bytes(length, "big") for number in numbers)

    @property
    def did(self) -> str:
        return did_key.did_of(key_of(self))

    @property
    def method(self) -> str:
        return f"{self.did}#{self.did.removeprefix(did_key.PREFIX)}"
