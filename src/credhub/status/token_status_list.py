"""Token Status Lists: one status of one, two, four or eight bits for each token, packed by zlib.

The first status is in the right-most bits of the first byte, unlike in a bitstring status list.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self, TypeGuard

from credhub import base64url
from credhub.cbor import CborKey, CborValue
from credhub.errors import (
    MalformedBase64Error,
    StatusIndexError,
    StatusListError,
    StatusListTooLargeError,
)
from credhub.jsontypes import JsonObject, JsonValue

VALID: Final = 0
INVALID: Final = 1
SUSPENDED: Final = 2

SIZES: Final = (1, 2, 4, 8)
MAX_BYTES: Final = 4 * 1024 * 1024

# The standard recommends the highest level, which costs many times more for a few bytes.
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenStatusList:
    """Statuses as they are published.

    Attributes:
        bits: How many of them each status takes.
        packed: All statuses, compressed; unpacked whenever one is read.
    """

    bits: int
    packed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.bits not in SIZES:
            raise StatusListError("A status takes one, two, four or eight bits.")

    @classmethod
    def of(cls, statuses: Mapping[int, int], *, bits: int, length: int) -> Self:
        """Write a list.

        Args:
            statuses: Those that are not zero, by their index.
            bits: How many of them each status takes.
            length: How many statuses there are, in whole bytes.

        Raises:
            StatusIndexError: An index lies outside the list.
            ValueError: A status does not fit, or the length is not in whole bytes.

        Source:
            draft-ietf-oauth-status-list, section 4.1 (Compressed Byte Array).
        """
        if length * bits % 8:
            raise ValueError("A list has whole bytes.")
        unpacked = bytearray(length * bits // 8)
        for index, status in statuses.items():
            if not 0 <= index < length:
                raise StatusIndexError(index)
            if not 0 <= status < 1 << bits:
                raise ValueError("A status does not fit into its bits.")
            place, shift = divmod(index * bits, 8)
            unpacked[place] |= status << shift
        return cls(bits=bits, packed=zlib.compress(bytes(unpacked), _LEVEL))

    def status_at(self, index: int) -> int:
        """Read one status.

        Raises:
            StatusIndexError: The index lies outside the list.
            StatusListError: The list cannot be unpacked.
        """
        unpacked = self.unpacked()
        if not 0 <= index < len(unpacked) * 8 // self.bits:
            raise StatusIndexError(index)
        place, shift = divmod(index * self.bits, 8)
        return unpacked[place] >> shift & (1 << self.bits) - 1

    def read(self) -> tuple[int, dict[int, int]]:
        """Give how many statuses there are, and those that are not zero by their index.

        Raises:
            StatusListError: The list cannot be unpacked.
        """
        unpacked, per_byte = self.unpacked(), 8 // self.bits
        found = {
            place * per_byte + n: byte >> n * self.bits & (1 << self.bits) - 1
            for place, byte in enumerate(unpacked)
            if byte
            for n in range(per_byte)
        }
        return len(unpacked) * per_byte, {index: it for index, it in found.items() if it}

    def unpacked(self) -> bytes:
        """Unpack all statuses, within bounds.

        Raises:
            StatusListTooLargeError: They are more than we read.
            StatusListError: They are not packed by zlib in one piece.
        """
        unpacker = zlib.decompressobj()
        try:
            unpacked = unpacker.decompress(self.packed, MAX_BYTES + 1)
        except zlib.error as error:
            raise StatusListError("The status list is not compressed with zlib.") from error
        if len(unpacked) > MAX_BYTES:
            raise StatusListTooLargeError("The status list unpacks to more than we read.")
        if not unpacker.eof or unpacker.unused_data:
            raise StatusListError("The status list is cut off, or has more than one part.")
        return unpacked

    def to_json(self) -> JsonObject:
        """Make the ``status_list`` claim of a JWT."""
        return {"bits": self.bits, "lst": base64url.encode(self.packed)}

    @classmethod
    def from_json(cls, value: JsonValue) -> Self:
        """Read the ``status_list`` claim of a JWT.

        Raises:
            StatusListError: It is not one.
        """
        members = value if isinstance(value, dict) else {}
        bits, packed = members.get("bits"), members.get("lst")
        if not _is_number(bits) or not isinstance(packed, str):
            raise StatusListError("The token holds no status list.")
        try:
            return cls(bits=bits, packed=base64url.decode(packed))
        except MalformedBase64Error as error:
            raise StatusListError("The status list is not base64url.") from error

    def to_cbor(self) -> CborValue:
        """Make the status list claim of a CWT."""
        return {"bits": self.bits, "lst": self.packed}

    @classmethod
    def from_cbor(cls, value: CborValue) -> Self:
        """Read the status list claim of a CWT.

        Raises:
            StatusListError: It is not one.
        """
        members: Mapping[CborKey, CborValue] = value if isinstance(value, dict) else {}
        bits, packed = members.get("bits"), members.get("lst")
        if not _is_number(bits) or not isinstance(packed, bytes):
            raise StatusListError("The token holds no status list.")
        return cls(bits=bits, packed=packed)


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
