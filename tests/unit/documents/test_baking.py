"""Baking, read by what reads the badges of others."""

from xml.etree import ElementTree as ET

import pytest

from credhub.documents import baking
from credhub.errors import BadgeNotMadeError
from credhub.uploads import png, svg
from tests.hostile import pngs

TEXTS = [
    '{"name":"Amélie"}',
    '{"name":"]]>","other":"<a b=\'c\'>&amp;]]]]>"}',
    '{"name":"\N{GRINNING FACE} a\\u0000b"}',
    "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
]
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9"><path d="M0 0"/></svg>'


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_baked_into_a_png_comes_out_again(text: str) -> None:
    baked = baking.png(pngs.image(), text)

    found = png.credential_in(baked)
    assert found is not None
    assert found.text == text
    header, text_chunk, *rest = png.chunks(baked)
    assert (text_chunk.kind, text_chunk.keyword) == (b"iTXt", b"openbadgecredential")
    assert [header, *rest] == [*png.chunks(pngs.image())]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_baked_into_an_svg_comes_out_again(text: str) -> None:
    baked = baking.svg(PICTURE, text)

    found = svg.credential_in(baked)
    assert found is not None
    assert found.text == text
    root = ET.fromstring(baked)  # noqa: S314 - we made it
    element = root[0]
    assert element.tag == f"{{{baking.NAMESPACE}}}credential"
    assert (element.text or element.attrib["verify"]) == text
    assert [child.tag for child in root[1:]] == ["{http://www.w3.org/2000/svg}path"]


@pytest.mark.parametrize("image", [b"", b"\x89PNG\r\n\x1a\n", PICTURE, b"GIF89a"])
def test_what_is_no_png_is_not_baked(image: bytes) -> None:
    with pytest.raises(BadgeNotMadeError):
        baking.png(image, "{}")


@pytest.mark.parametrize(
    "image", [b"", b"<svg ", b"<svg/>", b"<svg />", b"<?xml version='1.0'?><svg a=''>"]
)
def test_what_does_not_begin_as_an_svg_is_not_baked(image: bytes) -> None:
    with pytest.raises(BadgeNotMadeError):
        baking.svg(image, "{}")


def test_characters_that_no_xml_may_have_are_escaped_as_json_has_it() -> None:
    baked = baking.svg(PICTURE, '{"name": "\ufffe\uffff"}')

    found = svg.credential_in(baked)
    assert found is not None
    assert found.text == r'{"name": "\ufffe\uffff"}'
    assert ET.fromstring(baked)[0].text == found.text  # noqa: S314 - we made it
