"""The badge: a seal that says what was achieved, as a picture that needs nothing else."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typst

from credhub.documents import badge, typesetting
from credhub.documents.badge import PictureKind
from credhub.documents.content import CertificateContent
from credhub.errors import BadgeNotMadeError
from credhub.uploads import png
from credhub.uploads.redrawing import SIDE, redraw
from tests.unit.documents.factories import a_content
from tests.unit.documents.test_certificate import HOSTILE, NAMES
from tests.unit.uploads.test_redrawing import pixels_of

CONTENT = a_content()
BLANK = badge.draw(CONTENT, PictureKind.PNG)


def edges_of(drawn: bytes) -> list[bytes]:
    """Give what stands left and right of what the seal says, on white."""
    width, _, rows = pixels_of(redraw(drawn))
    margin = 3 * (width // 8)
    return [row[:margin] + row[-margin:] for row in rows]


def test_a_png_is_a_disc_of_its_size() -> None:
    drawn = badge.draw(CONTENT, PictureKind.PNG)

    (header, *_) = png.chunks(drawn)
    assert header.body[:8] == badge.PIXELS.to_bytes(4) * 2
    _, _, rows = pixels_of(redraw(drawn))
    assert rows[0][:3] == rows[-1][-3:] == b"\xff\xff\xff"
    assert rows[8][3 * (SIDE // 2) :][:3] == b"\x0f\x5c\x6e"


@pytest.mark.parametrize("kind", PictureKind)
def test_the_same_content_gives_the_same_picture_and_another_another(kind: PictureKind) -> None:
    other = replace(CONTENT, achievement_name="Another achievement")

    assert badge.draw(CONTENT, kind) == badge.draw(CONTENT, kind) != badge.draw(other, kind)


@pytest.mark.parametrize("kind", PictureKind)
def test_it_says_nothing_about_the_learner(kind: PictureKind) -> None:
    other = replace(CONTENT, learner_name="Somebody Else", credential=b'{"another":1}')

    assert badge.draw(other, kind) == badge.draw(CONTENT, kind)


@pytest.mark.parametrize("name", [*NAMES.values(), *HOSTILE, "W" * 200, "word " * 40])
def test_whatever_it_is_called_stays_within_the_seal(name: str) -> None:
    content = replace(CONTENT, achievement_name=name, hub_name=name)

    assert edges_of(badge.draw(content, PictureKind.PNG)) == edges_of(BLANK)


@pytest.mark.parametrize("name", [*NAMES.values(), *HOSTILE])
def test_an_svg_asks_for_nothing_and_runs_nothing(name: str) -> None:
    drawn = badge.draw(replace(CONTENT, achievement_name=name), PictureKind.SVG)

    for element in ET.fromstring(drawn).iter():  # noqa: S314 - we drew it
        assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "a", "image"}
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on")
            assert attribute.rpartition("}")[2] != "href" or value.startswith("#")


def test_a_png_is_framed_in_its_size() -> None:
    drawn = badge.draw(CONTENT, PictureKind.PNG)

    root = ET.fromstring(badge.framed(drawn))  # noqa: S314 - we drew it

    assert root.attrib["viewBox"] == f"0 0 {badge.PIXELS} {badge.PIXELS}"
    assert root[0].attrib["href"].startswith("data:image/png;base64,")
    assert png.credential_in(drawn) is None


def test_a_worker_draws_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = badge.request_of(CONTENT, PictureKind.SVG)
    assert badge.draw_bytes(request) == badge.draw(CONTENT, PictureKind.SVG)
    broken = tmp_path / "broken.typ"
    broken.write_text("#panic()", encoding="utf-8")
    monkeypatch.setattr(typesetting, "compiler", lambda _: typst.Compiler(broken))

    with pytest.raises(BadgeNotMadeError):
        badge.draw_bytes(request)


def test_what_a_worker_is_asked_is_read_again() -> None:
    _, _, content = badge.request_of(CONTENT, PictureKind.PNG).partition(b" ")

    assert CertificateContent.decode(content) == CONTENT
