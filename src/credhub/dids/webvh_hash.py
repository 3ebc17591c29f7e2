"""The hashes of did:webvh: SHA-256 multihashes in base58btc, without a multibase letter."""

from hashlib import sha256
from typing import Final

from credhub import multikey

PATTERN: Final = r"Qm[1-9A-HJ-NP-Za-km-z]{44}"

_SHA256: Final = b"\x12\x20"


def hash_of(content: bytes) -> str:
    """Hash bytes: 46 characters that begin with ``Qm``.

    Source:
        did:webvh 1.0, "SCID Generation and Verification".
    """
    return multikey.encode_base58(_SHA256 + sha256(content).digest())[1:]
