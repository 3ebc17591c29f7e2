"""PNG and SVG badges that are as they should be, or odd without harm."""

import pytest

from credhub.uploads import png, svg
from credhub.uploads.found import Carrier, Found, What
from credhub.uploads.reading import read
from tests.hostile import pngs, svgs

CREDENTIAL = b'{"type": ["VerifiableCredential"], "name": "\xc3\x9cbung"}'


def a_found(text: str, carrier: Carrier, what: What = What.CREDENTIAL) -> Found:
    return Found(what=what, carrier=carrier, text=text)


def test_a_png_badge_holds_its_credential() -> None:
    file = pngs.image(pngs.international(CREDENTIAL))

    assert png.credential_in(file) == a_found(CREDENTIAL.decode(), Carrier.PNG)


def test_a_png_badge_may_say_its_language_and_hold_other_texts() -> None:
    words = b"en\0Open Badge\0"
    other = pngs.chunk(b"tEXt", b"Software\0openbadgecredential")
    file = pngs.image(other, pngs.international(b"a.b.c", words=words))

    assert png.credential_in(file) == a_found("a.b.c", Carrier.PNG)


def test_a_png_without_a_credential_is_no_badge() -> None:
    assert png.credential_in(pngs.image()) is None


def test_an_older_png_badge_is_told_apart() -> None:
    file = pngs.image(pngs.international(b"https://a.example/1", keyword=b"openbadges"))

    assert png.credential_in(file) == a_found(
        "https://a.example/1", Carrier.PNG, What.OPEN_BADGES_2
    )


@pytest.mark.parametrize("namespace", [svgs.V3, "https://purl.imsglobal.org/spec/ob/v3p0"])
def test_an_svg_badge_holds_its_credential(namespace: str) -> None:
    file = svgs.image(svgs.element(CREDENTIAL.decode()), "<g/>", namespace=namespace)

    assert svg.credential_in(file) == a_found(CREDENTIAL.decode(), Carrier.SVG)


def test_an_svg_badge_may_hold_a_token() -> None:
    file = svgs.image(
        svgs.in_attribute("a.b.c", inner="\n  "), before="\ufeff<?xml version='1.0'?>"
    )

    assert svg.credential_in(file) == a_found("a.b.c", Carrier.SVG)


def test_an_svg_without_a_credential_is_no_badge() -> None:
    assert svg.credential_in(svgs.image("<g/>")) is None


def test_an_older_svg_badge_is_told_apart() -> None:
    inner = svgs.in_attribute("https://a.example/1", inner="{}", name="assertion")
    file = svgs.image(inner, namespace=svgs.V2)

    assert svg.credential_in(file) == a_found(
        "https://a.example/1", Carrier.SVG, What.OPEN_BADGES_2
    )


@pytest.mark.parametrize("name", list(svgs.HARMLESS))
def test_t38_what_is_never_drawn_does_no_harm(name: str) -> None:
    beside = svgs.HARMLESS[name]

    for inner in ((beside, svgs.element("{}")), (svgs.element("{}"), beside)):
        assert svg.credential_in(svgs.image(*inner)) == a_found("{}", Carrier.SVG)


def test_what_a_worker_found_is_read_back() -> None:
    answer = read(pngs.image(pngs.international(CREDENTIAL)))

    assert Found.decode(answer) == a_found(CREDENTIAL.decode(), Carrier.PNG)
    assert Found.decode(answer).encode() == answer
