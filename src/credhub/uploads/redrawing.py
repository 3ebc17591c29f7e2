"""Pictures that strangers made, drawn anew: of the file that came nothing is kept but its look.

A picture may carry more than it shows: what somebody else's program reads as markup, an archive,
a place or a name. It is decoded, drawn on white at one size, and written as a new PNG.

Source:
    PNG, third edition, sections 5 and 11.2.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # it has no types

from credhub.errors import MalformedImageError, PhotoKindError
from credhub.uploads import paper, png
from credhub.uploads.sniffing import Kind, kind_of

SIDE: Final = 600
"""Of the longer side, in dots."""

_HEADER: Final = struct.Struct(">IIBBBBB")
_DEPTH: Final = 8
_RGB: Final = 2
_PAGES: Final[Mapping[Kind, Callable[[bytes], bytes]]] = {
    Kind.PNG: paper.of_png_on_white,
    Kind.JPEG: paper.of_jpeg,
}


def redraw(data: bytes) -> bytes:
    """Draw a PNG or JPEG anew, in a worker.

    Raises:
        PhotoKindError: It is another kind of file, or its rows are not in order (interlaced).
        MalformedImageError: It cannot be drawn.
        ImageTooLargeError: It has too many pixels.
    """
    page_of = _PAGES.get(kind_of(data))
    if page_of is None:
        raise PhotoKindError
    try:
        with pypdfium2.PdfDocument(page_of(data)) as opened:
            drawn = opened[0].render(
                scale=SIDE / paper.PAGE_SIDE, may_draw_forms=False, rev_byteorder=True
            )
            return _written(bytes(drawn.buffer), drawn.width, drawn.height, drawn.stride)
    except pypdfium2.PdfiumError as error:
        raise MalformedImageError from error


def _written(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    wide = width * 3
    rows = b"".join(
        b"\0" + pixels[start : start + wide] for start in range(0, height * stride, stride)
    )
    header = _HEADER.pack(width, height, _DEPTH, _RGB, 0, 0, 0)
    return b"".join(
        (
            png.SIGNATURE,
            _chunk(png.HEADER, header),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(png.END, b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
