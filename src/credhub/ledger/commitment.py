"""The salted commitment that stands in the public ledger for a private event.

Whoever has the opening and the payload can recompute the commitment. Without the subject's
key nobody can compute an opening, so deleting that key erases what the ledger says.
"""

import hmac
from enum import IntEnum
from struct import Struct
from typing import Final

KEY_LENGTH: Final = 32
ENTRY_ID_LENGTH: Final = 16

_OPENING_INFO: Final = b"credhub/open/v1"
_COMMITMENT_KEY: Final = b"credhub/commit/v1"
_FRAME: Final = Struct(">32sBI")


class InnerKind(IntEnum):
    """What a private entry is about. Only its opening says so."""

    ISSUE = 1
    STATUS = 2
    ERASURE = 3
    CORRECTION = 4


def opening(subject_key: bytes, entry_id: bytes) -> bytes:
    """Derive the 32-byte opening of one entry from the key of the person it is about.

    Args:
        subject_key: 32 random bytes, one key per learner (or per hub).
        entry_id: 16 random bytes, never used twice with one key.

    Source:
        HKDF-Expand of RFC 5869, section 2.3, with SHA-256 and one block of output.
    """
    if len(subject_key) != KEY_LENGTH or len(entry_id) != ENTRY_ID_LENGTH:
        raise ValueError("an opening needs a key of 32 bytes and an id of 16 bytes")
    return hmac.digest(subject_key, _OPENING_INFO + entry_id + b"\x01", "sha256")


def commit(opening: bytes, inner_kind: InnerKind, payload: bytes) -> bytes:
    """Compute the 32-byte commitment to one payload: HMAC-SHA-256 under a public constant key."""
    if len(opening) != KEY_LENGTH:
        raise ValueError("an opening has 32 bytes")
    message = _FRAME.pack(opening, inner_kind, len(payload)) + payload
    return hmac.digest(_COMMITMENT_KEY, message, "sha256")
