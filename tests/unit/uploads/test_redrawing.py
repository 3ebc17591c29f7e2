"""Pictures drawn anew: their look is kept, and nothing else of the file."""

import struct
import zlib

import pytest

from credhub.errors import (
    ImageTooLargeError,
    MalformedImageError,
    MalformedPngError,
    PhotoKindError,
    UploadRefusedError,
)
from credhub.uploads import png
from credhub.uploads.redrawing import SIDE, redraw
from tests.hostile import photos, pngs, svgs

WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (255, 0, 0)


def rgba(*colours: tuple[int, int, int, int]) -> bytes:
    """Write a picture of squares beside one another."""
    row = b"\0" + b"".join(bytes(colour) * 8 for colour in colours)
    return (
        pngs.SIGNATURE
        + pngs.header(8 * len(colours), 8, kind=6)
        + pngs.chunk(b"IDAT", zlib.compress(row * 8))
        + pngs.chunk(b"IEND")
    )


def pixels_of(data: bytes) -> tuple[int, int, list[bytes]]:
    """Read a PNG that was drawn here: its width, its height and its rows."""
    chunks = list(png.chunks(data))
    assert [chunk.kind for chunk in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, depth, kind = struct.unpack_from(">IIBB", chunks[0].body)
    assert (depth, kind) == (8, 2)
    plain = zlib.decompress(chunks[1].body)
    step = 1 + 3 * width
    assert len(plain) == step * height
    return width, height, [plain[at + 1 : at + step] for at in range(0, len(plain), step)]


def squares(data: bytes, count: int) -> list[tuple[int, ...]]:
    """Give the colours in the middle of squares beside one another."""
    width, height, rows = pixels_of(data)
    middle = rows[height // 2]
    centres = [int(width * (place + 0.5) / count) for place in range(count)]
    return [tuple(middle[3 * at : 3 * at + 3]) for at in centres]


def test_what_is_transparent_becomes_white() -> None:
    drawn = redraw(rgba((255, 0, 0, 255), (0, 0, 0, 0), (0, 0, 0, 255), (0, 0, 255, 0)))

    assert squares(drawn, 4) == [RED, WHITE, BLACK, WHITE]


def test_what_is_half_transparent_is_mixed() -> None:
    ((red, green, blue),) = squares(redraw(rgba((255, 0, 0, 128))), 1)

    assert red == 255
    assert green == blue
    assert 120 <= green <= 135


@pytest.mark.parametrize("kind", [0, 2, 3, 4, 6])
def test_every_kind_of_colour_is_drawn(kind: int) -> None:
    drawn = redraw(pngs.of_rows([[0] * 8 + [255] * 8] * 16, kind=kind))

    assert squares(drawn, 2) == [BLACK, WHITE]


def test_grey_that_is_transparent_becomes_white() -> None:
    assert squares(redraw(pngs.of_rows([[0] * 8] * 8, kind=4, opaque=b"\0")), 1) == [WHITE]


def test_a_jpeg_is_drawn() -> None:
    ((red, green, blue),) = squares(redraw(photos.jpeg([[255] * 16] * 16)), 1)

    assert min(red, green, blue) > 240


@pytest.mark.parametrize(("wide", "high"), [(8, 8), (64, 16), (16, 64)])
def test_a_picture_has_one_size_and_keeps_its_shape(wide: int, high: int) -> None:
    width, height, _ = pixels_of(redraw(pngs.of_rows([[0] * wide] * high)))

    assert max(width, height) == SIDE
    assert abs(width / height - wide / high) < 0.02


def test_t40_nothing_of_the_file_is_kept_but_its_look() -> None:
    plain = pngs.image()
    loaded = pngs.image(pngs.international(b"<script>"), pngs.chunk(b"eXIf", b"at home"))

    assert redraw(loaded) == redraw(plain)
    assert b"script" not in redraw(loaded)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (pngs.image(first=pngs.header(20_000, 20_000)), ImageTooLargeError),
        (pngs.image(first=pngs.header(0, 1)), MalformedImageError),
        (pngs.image()[:-4], MalformedPngError),
        (pngs.image() + b"more", UploadRefusedError),
        (svgs.image("<script/>"), PhotoKindError),
        (b"{}", PhotoKindError),
        (b"GIF89a" + bytes(50), PhotoKindError),
        (b"%PDF-1.7\n", PhotoKindError),
    ],
    ids=["20,000 by 20,000", "no pixels", "cut", "more", "drawing", "text", "GIF", "PDF"],
)
def test_t40_what_is_no_picture_is_refused(data: bytes, error: type[UploadRefusedError]) -> None:
    with pytest.raises(error):
        redraw(data)
