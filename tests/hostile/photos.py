"""Photos of QR codes, as PNG and JPEG made here, and what is done to them (T40)."""

import struct
from collections.abc import Iterator, Sequence

import segno

from tests.hostile import pngs
from tests.hostile.case import Case

BLOCK = 8
BLACK, WHITE = 0, 255


def rows_of(*texts: str) -> list[list[int]]:
    """Draw QR codes side by side, each module 8 by 8 dots."""
    drawn = [_rows_of(text) for text in texts]
    high = max(len(rows) for rows in drawn)
    filled = [rows + [[WHITE] * len(rows[0])] * (high - len(rows)) for rows in drawn]
    return [[dot for row in line for dot in row] for line in zip(*filled, strict=True)]


def _rows_of(text: str) -> list[list[int]]:
    code = segno.make(text, error="q", boost_error=False, micro=False)
    return [
        [BLACK if module else WHITE for module in row for _ in range(BLOCK)]
        for row in code.matrix_iter(border=4)
        for _ in range(BLOCK)
    ]


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def frame(width: int, height: int, *, colours: int = 1) -> bytes:
    parts = b"".join(bytes([n + 1, 0x11, 0]) for n in range(colours))
    return segment(0xC0, struct.pack(">BHHB", 8, height, width, colours) + parts)


def jpeg(rows: Sequence[Sequence[int]], *, before: bytes = b"") -> bytes:
    """Write grey blocks of 8 by 8 as a baseline JPEG: of each block only the mean is coded.

    Source:
        ITU-T T.81, annexes B (markers) and F.1.2 (coding of differences).
    """
    bits = []
    last = 0
    for row in rows[::BLOCK]:
        for grey in row[::BLOCK]:
            level = grey - 128
            size = (abs(level - last)).bit_length()
            value = level - last if level > last else level - last + (1 << size) - 1
            bits.append(f"{size:04b}" + (f"{value:0{size}b}" if size else "") + "0")
            last = level
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    scan = bytes(int(text[n : n + 8], 2) for n in range(0, len(text), 8)).replace(
        b"\xff", b"\xff\0"
    )
    sizes = bytes([0, 0, 0, 0x0C]) + bytes(12) + bytes(range(12))  # twelve codes of four bits
    end = bytes([1]) + bytes(15) + b"\0"  # one code of one bit: the end of the block
    return (
        b"\xff\xd8"
        + before
        + segment(0xDB, b"\0" + bytes([8]) * 64)
        + frame(len(rows[0]), len(rows))
        + segment(0xC4, b"\x00" + sizes)
        + segment(0xC4, b"\x10" + end)
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + scan
        + b"\xff\xd9"
    )


def cases(address: str) -> Iterator[Case]:
    rows = rows_of(address)
    good_png, good_jpeg = pngs.of_rows(rows), jpeg(rows)

    def case(name: str, code: str, hostile: bytes, *, twin: bytes, threat: str = "T40") -> Case:
        return Case(name=f"photo: {name}", threat=threat, hostile=hostile, code=code, twin=twin)

    def flood(width: int, height: int) -> bytes:
        return pngs.image(first=pngs.header(width, height, bits=1))

    yield case("50,000 by 50,000", "image-too-large", flood(50_000, 50_000), twin=good_png)
    yield case("one very long row", "image-too-large", flood(2**31 - 1, 1), twin=good_png)
    yield case("10,000 by 10,000", "image-too-large", flood(10_000, 10_000), twin=good_png)
    large = jpeg(rows).replace(frame(len(rows), len(rows)), frame(65_535, 65_535))
    yield case("a JPEG of 65,535 by 65,535", "image-too-large", large, twin=good_jpeg)
    yield case("no pixels", "malformed-image", flood(0, 7), twin=good_png)
    colours = pngs.image(first=pngs.header(kind=5))
    yield case("colours that there are not", "malformed-image", colours, twin=good_png)
    depth = pngs.image(first=pngs.header(bits=3))
    yield case("a depth that there is not", "malformed-image", depth, twin=good_png)
    palette = pngs.image(first=pngs.header(kind=3))
    yield case("a missing palette", "malformed-image", palette, twin=good_png)
    half = pngs.image(pngs.chunk(b"PLTE", b"1234"), first=pngs.header(kind=3))
    yield case("a broken palette", "malformed-image", half, twin=good_png)
    interlaced = pngs.chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 1))
    yield case("interlaced", "photo-kind-not-read", pngs.image(first=interlaced), twin=good_png)
    yield case("a JPEG that is cut off", "malformed-image", good_jpeg[:20], twin=good_jpeg)
    strange = good_jpeg.replace(b"\xff\xc0", b"\x00\xc0")
    yield case("a JPEG without markers", "malformed-image", strange, twin=good_jpeg)
    endless = b"\xff\xd8" + segment(0xFE, b"") * 3000
    yield case("a JPEG of comments", "malformed-image", endless, twin=good_jpeg)
    five = b"\xff\xd8" + frame(8, 8, colours=5) + bytes(9)
    yield case("a JPEG of five colours", "malformed-image", five, twin=good_jpeg)
    two = pngs.of_rows(rows_of(address, "https://other.example/"))
    yield case("two codes", "several-qr-codes", two, twin=good_png, threat="T48")
    blank = pngs.of_rows([[WHITE] * 64] * 64)
    yield case("no code", "no-credential-in-file", blank, twin=good_png)
    for kind, start in {
        "WebP": b"RIFF\0\0\0\0WEBPVP8 ",
        "HEIC": b"\0\0\0\x18ftypheic",
        "GIF": b"GIF89a",
        "TIFF": b"II*\0",
    }.items():
        yield case(kind, "photo-kind-not-read", start + bytes(50), twin=good_jpeg)
    for name, other in {"an archive": b"PK\3\4", "a page": b"<!doctype html><p>"}.items():
        yield case(name, "file-kind-not-known", other, twin=good_png)
    yield case("nothing", "file-kind-not-known", b"", twin=good_png)
