"""Images as PDF pages: the one decoder then draws any of them at a size that we choose.

The pixels of a PNG and of a JPEG go into a PDF as they are compressed, so that nothing is decoded
here. The header says how many there are, and too many are refused before anything is decoded.

Source:
    ISO 32000-2, sections 7.4.4 (predictors of PNG), 8.6.6 (colour spaces), 8.9.5 (images);
    PNG, third edition, section 11.2; ITU-T T.81, annex B.2.
"""

import struct
from dataclasses import dataclass, replace
from typing import Final

from credhub.errors import ImageTooLargeError, MalformedImageError, PhotoKindError
from credhub.uploads import png

MAX_PIXELS: Final = 64 * 1000 * 1000
MAX_SIDE: Final = 20_000
PAGE_SIDE: Final = 1000.0

_HEADER: Final = struct.Struct(">IIBBBBB")
# Of the kind of colours, behind signature, length, name, sides and bits.
_KIND_AT: Final = 25
_PALETTE: Final = 3
_COLOURS: Final = {0: 1, 2: 3, _PALETTE: 1, 4: 2, 6: 4}
# How opaque a pixel is, the last colorant, is dropped by the function, or mixed with white.
_DROPPED: Final = b"pop"
_MIXED: Final = {
    4: b"dup 1 exch sub 3 1 roll mul add",
    6: b"dup 1 exch sub 5 -1 roll 2 index mul 1 index add 5 1 roll 4 -1 roll 2 index mul 1 index"
    b" add 4 1 roll 3 -1 roll 2 index mul 1 index add 3 1 roll pop pop",
}
_SPACES: Final = {
    0: b"/DeviceGray",
    2: b"/DeviceRGB",
    4: b"[/DeviceN [/Gray /Mask] /DeviceGray 6 0 R]",
    6: b"[/DeviceN [/Red /Green /Blue /Mask] /DeviceRGB 6 0 R]",
}
_JPEG_SPACES: Final = {1: b"/DeviceGray", 3: b"/DeviceRGB", 4: b"/DeviceCMYK"}
# Start of frame, without the markers in their range that are tables (T.81, table B.1).
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MAX_SEGMENTS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Image:
    width: int
    height: int
    bits: int
    colours: int
    space: bytes
    decoding: bytes
    pixels: bytes
    mixing: bytes = _DROPPED


def of_png(data: bytes) -> bytes:
    """Put a PNG on a page, as if all of it were opaque.

    Raises:
        As ``of_png_on_white``.
    """
    return _page(_png(data))


def of_png_on_white(data: bytes) -> bytes:
    """Put a PNG on a white page.

    Raises:
        MalformedPngError: It is damaged.
        MalformedImageError: It is in colours that there are not.
        PhotoKindError: Its rows are not in order (it is interlaced).
        ImageTooLargeError: It has too many pixels.
    """
    image = _png(data)
    return _page(replace(image, mixing=_MIXED.get(data[_KIND_AT], _DROPPED)))


def _png(data: bytes) -> _Image:
    found = list(png.chunks(data))
    width, height, bits, kind, _, _, interlaced = _HEADER.unpack(found[0].body)
    if kind not in _COLOURS or bits not in (1, 2, 4, 8, 16):
        raise MalformedImageError
    if interlaced:
        raise PhotoKindError
    palette = next((chunk.body for chunk in found if chunk.kind == b"PLTE"), b"")
    return _Image(
        width=width,
        height=height,
        bits=bits,
        colours=_COLOURS[kind],
        space=_palette(palette) if kind == _PALETTE else _SPACES[kind],
        decoding=b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors %d"
        b" /BitsPerComponent %d /Columns %d >>" % (_COLOURS[kind], bits, width),
        pixels=b"".join(chunk.body for chunk in found if chunk.kind == b"IDAT"),
    )


def of_jpeg(data: bytes) -> bytes:
    """Put a JPEG on a page.

    Raises:
        MalformedImageError: It has no header, or one that says nothing sensible.
        ImageTooLargeError: It has too many pixels.
    """
    bits, height, width, colours = _frame(data)
    if colours not in _JPEG_SPACES:
        raise MalformedImageError
    image = _Image(
        width=width,
        height=height,
        bits=bits,
        colours=colours,
        space=_JPEG_SPACES[colours],
        decoding=b"/Filter /DCTDecode",
        pixels=data,
    )
    return _page(image)


def _palette(colours: bytes) -> bytes:
    if not colours or len(colours) % 3 or len(colours) > 3 * 256:
        raise MalformedImageError
    return b"[/Indexed /DeviceRGB %d <%s>]" % (len(colours) // 3 - 1, colours.hex().encode())


def _frame(data: bytes) -> tuple[int, int, int, int]:
    offset = 2
    for _ in range(_MAX_SEGMENTS):
        segment = data[offset : offset + 10]
        if len(segment) < 10 or segment[0] != 0xFF:  # noqa: PLR2004 - a marker, and a frame's head
            raise MalformedImageError
        if segment[1] == 0xFF:  # noqa: PLR2004 - a marker may be filled up with these
            offset += 1
            continue
        length, bits, height, width, colours = struct.unpack(">HBHHB", segment[2:])
        if segment[1] in _FRAMES:
            return bits, height, width, colours
        offset += 2 + length
    raise MalformedImageError


def _page(image: _Image) -> bytes:
    if not image.width or not image.height:
        raise MalformedImageError
    sides = max(image.width, image.height)
    if sides > MAX_SIDE or image.width * image.height > MAX_PIXELS:
        raise ImageTooLargeError
    wide, high = (PAGE_SIDE * side / sides for side in (image.width, image.height))
    return _document(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents 4 0 R"
        b" /Resources << /XObject << /Image 5 0 R >> >> >>" % (wide, high),
        _stream(b"<<", b"%.2f 0 0 %.2f 0 0 cm /Image Do" % (wide, high)),
        _stream(
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent %d"
            b" /ColorSpace %s %s"
            % (image.width, image.height, image.bits, image.space, image.decoding),
            image.pixels,
        ),
        _stream(
            b"<< /FunctionType 4 /Domain [%s] /Range [%s]"
            % (b"0 1 " * image.colours, b"0 1 " * max(1, image.colours - 1)),
            b"{ %s }" % image.mixing,
        ),
    )


def _stream(dictionary: bytes, content: bytes) -> bytes:
    return b"%s /Length %d >> stream\n%s\nendstream" % (dictionary, len(content), content)


def _document(*objects: bytes) -> bytes:
    written = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        written += b"%010d 00000 n \n" % place
    written += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % table)
