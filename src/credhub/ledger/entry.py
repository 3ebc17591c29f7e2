"""One ledger entry: the public bytes that become a leaf of the tree."""

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from struct import Struct
from typing import Final, Self

from credhub.errors import EntryError

NO_HASH: Final = bytes(32)
"""The commitment of an entry without secrets; the hash before the first entry of a chain."""

MAGIC: Final = b"CHL1"
CHAIN_PREFIX: Final = b"credhub/chain/v1\n"
MAX_TIME_MS: Final = 253_402_300_799_999
"""The last millisecond of the year 9999, so that every entry has a date."""

_HEADER: Final = Struct(">4sBQ32sH")
MAX_ENTRY: Final = 2**16 - 1
"""An entry fits the 16-bit length prefix of a C2SP entry bundle."""

MAX_PUBLIC: Final = MAX_ENTRY - _HEADER.size


class Kind(IntEnum):
    """What a stranger may know about an entry: its class."""

    PRIVATE = 1
    STATUS_LIST = 2
    KEY = 3
    DEFINITION = 4
    CHILD_CHECKPOINT = 5
    OPERATION = 6
    FREEZE = 7
    ENDORSEMENT = 8


_KINDS: Final = {int(kind): kind for kind in Kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One recorded fact.

    A private entry has a commitment and says nothing in public. Every other kind says
    something in public and has no commitment.
    """

    kind: Kind
    time_ms: int
    commitment: bytes
    public: bytes = b""

    def encode(self) -> bytes:
        """Write the entry: magic, kind, time, commitment, then the public bytes with their length.

        Raises:
            EntryError: A member is out of range.
        """
        _check(self)
        head = _HEADER.pack(MAGIC, self.kind, self.time_ms, self.commitment, len(self.public))
        return head + self.public

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the bytes of one entry.

        Raises:
            EntryError: The bytes are not an entry, or say what no entry of their kind says.
        """
        if len(data) < _HEADER.size:
            raise EntryError("The entry is too short.")
        magic, number, time_ms, commitment, length = _HEADER.unpack_from(data)
        kind = _KINDS.get(number)
        if magic != MAGIC or kind is None or length != len(data) - _HEADER.size:
            raise EntryError("The entry has an unknown form, kind or length.")
        entry = cls(kind=kind, time_ms=time_ms, commitment=commitment, public=data[_HEADER.size :])
        _check(entry)
        return entry


def leaf_hash(entry: bytes) -> bytes:
    """Compute the hash of one leaf.

    Source:
        RFC 6962, section 2.1.
    """
    return sha256(b"\x00" + entry).digest()


def chain_hash(previous: bytes, leaf: bytes) -> bytes:
    """Link one leaf hash to the chain hash before it. A check of our own, never a proof."""
    return sha256(CHAIN_PREFIX + previous + leaf).digest()


def _check(entry: LedgerEntry) -> None:
    if not 0 <= entry.time_ms <= MAX_TIME_MS:
        raise EntryError("The time of the entry is out of range.")
    if len(entry.commitment) != len(NO_HASH) or len(entry.public) > MAX_PUBLIC:
        raise EntryError("A member of the entry has the wrong length.")
    if entry.kind is Kind.PRIVATE:
        if entry.public or entry.commitment == NO_HASH:
            raise EntryError("A private entry is a commitment and nothing else.")
    elif not entry.public or entry.commitment != NO_HASH:
        raise EntryError("A public entry has public bytes and no commitment.")
