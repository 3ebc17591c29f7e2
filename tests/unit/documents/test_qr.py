import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from credhub.documents import qr

CODE = "aaaad4mfrggzdfmztwq2lk4djmjrhc3u"


def decoded(matrix: tuple[tuple[bool, ...], ...]) -> list[str]:
    side = (len(matrix) + 8) * 4
    pixels = bytearray(b"\xff" * side * side)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            for line in range((y + 4) * 4, (y + 5) * 4):
                pixels[line * side + (x + 4) * 4 : line * side + (x + 5) * 4] = (
                    b"\0" * 4 if dark else b"\xff" * 4
                )
    found = zxingcpp.read_barcodes(memoryview(bytes(pixels)).cast("B", (side, side)))
    return [code.text for code in found]


@settings(max_examples=20, deadline=None)
@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567:/.-abc", min_size=1, max_size=120))
def test_a_reader_sees_the_text_that_was_written(text: str) -> None:
    assert decoded(qr.matrix(text)) == [text]


@pytest.mark.parametrize(
    "address",
    [f"https://credentials.riverside.example/c/{CODE}", f"http://127.0.0.1:8000/c/{CODE}"],
)
def test_a_permanent_address_is_written_in_capitals(address: str) -> None:
    assert qr.payload_of(address) == address.upper()


@pytest.mark.parametrize(
    "address",
    [
        f"https://riverside.example/hub/c/{CODE}",
        f"https://riverside.example/c/{CODE}?x=a",
        f"https://riverside.example/c/{CODE}#qWe",
        "https://riverside.example/Achievements/abc",
    ],
)
def test_an_address_that_may_depend_on_case_is_left_as_it_is(address: str) -> None:
    assert qr.payload_of(address) == address


def test_capitals_need_fewer_modules() -> None:
    address = f"https://credentials.riverside.example/c/{CODE}"

    assert len(qr.matrix(qr.payload_of(address))) < len(qr.matrix(address))


def test_an_image_has_its_quiet_zone_on_white() -> None:
    text = qr.payload_of(f"https://riverside.example/c/{CODE}")

    image = qr.svg(text).decode()

    side = len(qr.matrix(text)) + 2 * qr.QUIET_ZONE
    assert re.match(rf'<svg [^>]*width="{side}" height="{side}"', image)
    assert "#fff" in image
    assert qr.svg(text) == image.encode()
