"""The credential in a PNG badge. Its chunks are read, its pixels never are.

Source:
    Open Badges 3.0, section 5.3.1 (baking); PNG, third edition, sections 5 and 11.3.3.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credhub.errors import (
    AmbiguousBadgeError,
    BadgeChunkError,
    BadgeKeywordError,
    CompressedBadgeError,
    CredentialTooLargeError,
    DataAfterEndError,
    FileTooComplexError,
    MalformedPngError,
)
from credhub.uploads.found import MAX_CREDENTIAL, Carrier, Found, What

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = b"IHDR"
END: Final = b"IEND"
MAX_CHUNKS: Final = 20_000

_LENGTH: Final = struct.Struct(">I")
_KIND: Final = re.compile(rb"[A-Za-z]{4}")
_HEADER_BYTES: Final = 13
_MAX_LENGTH: Final = 2**31 - 1
_INTERNATIONAL: Final = b"iTXt"
_COMPRESSED: Final = b"zTXt"
_TEXTS: Final = frozenset({b"tEXt", _COMPRESSED, _INTERNATIONAL})
_BAKED: Final = {b"openbadgecredential": What.CREDENTIAL, b"openbadges": What.OPEN_BADGES_2}


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk with a correct checksum."""

    kind: bytes
    body: bytes

    @property
    def keyword(self) -> bytes:
        """What a chunk of text is about."""
        return self.body.partition(b"\x00")[0]


def chunks(data: bytes) -> Iterator[Chunk]:
    """Read a PNG from its signature to its end, chunk by chunk.

    Raises:
        MalformedPngError: It is cut off, or damaged.
        DataAfterEndError: It goes on after its end.
        FileTooComplexError: It has more chunks than any honest one.
    """
    if not data.startswith(SIGNATURE):
        raise MalformedPngError
    offset = len(SIGNATURE)
    for number in range(MAX_CHUNKS):
        chunk = _chunk_at(data, offset)
        if (chunk.kind == HEADER) != (number == 0) or _is_misshapen(chunk):
            raise MalformedPngError
        yield chunk
        offset += len(chunk.body) + 12
        if chunk.kind == END:
            if offset != len(data):
                raise DataAfterEndError
            return
    raise FileTooComplexError


def credential_in(data: bytes) -> Found | None:
    """Take the credential out of a badge; ``None`` when the image is not one.

    Raises:
        MalformedPngError: It is no whole PNG.
        UploadRefusedError: It holds a credential in another way than exactly one, readably.
    """
    baked = [chunk for chunk in chunks(data) if _is_baked(chunk)]
    if not baked:
        return None
    if len(baked) > 1:
        raise AmbiguousBadgeError
    return _read(baked[0])


def _chunk_at(data: bytes, offset: int) -> Chunk:
    body = offset + 8
    if body > len(data):
        raise MalformedPngError
    length: int = _LENGTH.unpack_from(data, offset)[0]
    end = body + length
    if length > _MAX_LENGTH or end + 4 > len(data):
        raise MalformedPngError
    kind = data[offset + 4 : body]
    checksum: int = _LENGTH.unpack_from(data, end)[0]
    if not _KIND.fullmatch(kind) or zlib.crc32(data[offset + 4 : end]) != checksum:
        raise MalformedPngError
    return Chunk(kind, data[body:end])


def _is_misshapen(chunk: Chunk) -> bool:
    lengths = {HEADER: _HEADER_BYTES, END: 0}
    return len(chunk.body) != lengths.get(chunk.kind, len(chunk.body))


def _is_baked(chunk: Chunk) -> bool:
    # In any letter case: others may read a chunk that we would pass over.
    return chunk.kind in _TEXTS and chunk.keyword.strip().lower() in _BAKED


def _read(chunk: Chunk) -> Found:
    what = _BAKED.get(chunk.keyword)
    if what is None:
        raise BadgeKeywordError
    if chunk.kind == _COMPRESSED:
        raise CompressedBadgeError
    if chunk.kind != _INTERNATIONAL:
        raise BadgeChunkError
    text = _international(chunk.body)
    if len(text) > MAX_CREDENTIAL:
        raise CredentialTooLargeError
    try:
        return Found(what=what, carrier=Carrier.PNG, text=text.decode())
    except UnicodeDecodeError as error:
        raise MalformedPngError from error


def _international(body: bytes) -> bytes:
    rest = body.partition(b"\x00")[2]
    flags = rest[:2]
    if flags[:1] == b"\x01":
        raise CompressedBadgeError
    parts = rest[2:].split(b"\x00", 2)
    if flags != b"\x00\x00" or len(parts) != 3:  # noqa: PLR2004 - language, translation, text
        raise MalformedPngError
    return parts[2]
