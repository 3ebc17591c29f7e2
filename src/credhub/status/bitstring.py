"""The bits of a status list and their published form."""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable
from typing import Final

from credhub.errors import (
    StatusIndexError,
    StatusListError,
    StatusListTooLargeError,
    StatusListTooShortError,
)

LENGTH: Final = 131_072
MAX_BYTES: Final = 4 * 1024 * 1024

# Level 9 is up to fifteen times slower for a few bytes.
_LEVEL: Final = 6
_GZIP: Final = 31
_BASE64URL: Final = re.compile(r"u[A-Za-z0-9_-]*")
_MAX_CHARACTERS: Final = 2 * MAX_BYTES


def encode(set_indexes: Iterable[int], *, length: int = LENGTH) -> str:
    """Write a list in which these bits are 1.

    Args:
        set_indexes: Counted from zero, each below ``length``.
        length: How many bits; at least 131,072 and a multiple of eight.

    Raises:
        StatusIndexError: An index lies outside the list.
        ValueError: The length does not fit.

    Source:
        W3C Bitstring Status List 1.0, section 3.3 (Bitstring Generation).
    """
    if length < LENGTH or length % 8:
        raise ValueError(f"A list has at least {LENGTH} bits, in whole bytes.")
    bits = bytearray(length // 8)
    for index in set_indexes:
        if not 0 <= index < length:
            raise StatusIndexError(index)
        bits[index >> 3] |= 0x80 >> (index & 7)
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    packed = compressor.compress(bits) + compressor.flush()
    return "u" + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")


def decode(encoded: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read the bits of a published list.

    Args:
        encoded: The value of ``encodedList``.
        max_bytes: The most that it may unpack to.

    Raises:
        StatusListError: The text is not multibase base64url of one gzip member.
        StatusListTooLargeError: It unpacks to more than ``max_bytes``.
        StatusListTooShortError: It has fewer than 131,072 bits.

    Source:
        W3C Bitstring Status List 1.0, section 3.4 (Bitstring Expansion).
    """
    bits = _unpack(_base64url(encoded), max_bytes)
    if len(bits) * 8 < LENGTH:
        raise StatusListTooShortError("The status list is too short.")
    return bits


def bit(bits: bytes, index: int) -> bool:
    """Read one bit; the left-most one has index zero.

    Raises:
        StatusIndexError: The index lies outside the list.
    """
    return bool(value(bits, index, 1))


def value(bits: bytes, index: int, size: int) -> int:
    """Read the number in one of the places of so many bits; its left-most bit counts most.

    Raises:
        StatusIndexError: The place does not lie in the list with all its bits.

    Source:
        W3C Bitstring Status List 1.0, section 3.2 (Validate Algorithm).
    """
    start = index * size
    if not 0 <= start <= len(bits) * 8 - size:
        raise StatusIndexError(index)
    end = start + size
    window = bits[start >> 3 : (end + 7) >> 3]
    return int.from_bytes(window, "big") >> (-end & 7) & (1 << size) - 1


def _base64url(encoded: str) -> bytes:
    if len(encoded) > _MAX_CHARACTERS:
        raise StatusListTooLargeError("The status list is too large.")
    if not _BASE64URL.fullmatch(encoded):
        raise StatusListError("The status list is not multibase base64url.")
    text = encoded[1:]
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise StatusListError("The status list is not base64url.") from error


def _unpack(packed: bytes, max_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        bits = unpacker.decompress(packed, max_bytes + 1)
    except zlib.error as error:
        raise StatusListError("The status list is not compressed with gzip.") from error
    if len(bits) > max_bytes:
        raise StatusListTooLargeError("The status list unpacks to more than we read.")
    if not unpacker.eof or unpacker.unused_data:
        raise StatusListError("The status list is cut off, or has more than one part.")
    return bits
