"""What a file is, by its first bytes alone."""

import re
from enum import StrEnum
from typing import Final

from credhub.errors import PhotoKindError, UnknownFileKindError

# Some programs write a line before the header; readers look for it in the first kilobyte
# (ISO 32000-2, annex I, note 3).
_PDF_WITHIN: Final = 1024
_SVG_WITHIN: Final = 64 * 1024
_SVG: Final = re.compile(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]{0,63}:)?svg[\s/>]")
_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
# HEIF and AVIF begin with a box of this type, WebP with RIFF and a length.
_ISO_MEDIA: Final = b"ftyp"


class Kind(StrEnum):
    """The kinds of files that are read. Which text is a token, JSON or a bundle, parsers say."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    SVG = "svg"
    TEXT = "text"


def kind_of(data: bytes) -> Kind:
    """Say what a file is.

    Raises:
        PhotoKindError: It is an image of a kind that we do not read.
        UnknownFileKindError: It is nothing that we read.
    """
    if data.startswith(b"\x89PNG"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if _is_other_image(data):
        raise PhotoKindError
    start = data.removeprefix(_BOM).lstrip(_SPACE)
    if start.startswith(b"<") and _SVG.search(start[:_SVG_WITHIN]):
        return Kind.SVG
    if _may_be_text(start):
        return Kind.TEXT
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Kind.PDF
    raise UnknownFileKindError


def _is_other_image(data: bytes) -> bool:
    return (
        data.startswith((b"GIF8", b"II*\x00", b"MM\x00*", b"BM"))
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or data[4:8] == _ISO_MEDIA
    )


def _may_be_text(start: bytes) -> bool:
    # JSON, or the letters of base64url that every token begins with.
    if start.startswith((b"{", b"[")):
        return True
    return start[:1].isalnum() and start.isascii() and not _CONTROL.search(start)
