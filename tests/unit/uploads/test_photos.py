"""Photos and scans of a printed certificate, of every kind that is drawn."""

import pytest

from credhub.errors import MalformedImageError, MalformedPdfError, NotALinkError
from credhub.uploads import paper, photo
from credhub.uploads.found import Carrier, Found, What
from tests.hostile import pdfs, photos, pngs
from tests.unit.uploads.finding import found_in

ADDRESS = "https://hub.example/c/abcdefghijklmnopqrstuvwxyz234567"
ROWS = photos.rows_of(ADDRESS)
FOUND = Found(what=What.ADDRESS, carrier=Carrier.PHOTO, text=ADDRESS)


@pytest.mark.parametrize("kind", [0, 2, 3, 4, 6])
def test_a_png_of_any_kind_of_colour_is_read(kind: int) -> None:
    assert Found.decode(found_in(pngs.of_rows(ROWS, kind=kind))) == FOUND


def test_what_is_transparent_is_read_like_the_rest() -> None:
    assert Found.decode(found_in(pngs.of_rows(ROWS, kind=6, opaque=b"\0"))) == FOUND


@pytest.mark.parametrize("before", [b"", photos.segment(0xFE, b"a comment"), b"\xff\xff"])
def test_a_jpeg_is_read_whatever_stands_before_its_pixels(before: bytes) -> None:
    assert Found.decode(found_in(photos.jpeg(ROWS, before=before))) == FOUND


def test_a_photo_may_be_small_in_a_large_one_and_lie_on_its_side() -> None:
    lying = [list(column) for column in zip(*ROWS, strict=True)]
    wide = [[200] * 1200 + row + [200] * 1600 for row in lying]
    high = [[200] * len(wide[0])] * 1500 + wide

    assert Found.decode(found_in(pngs.of_rows(high))) == FOUND


def test_the_same_code_twice_says_one_thing() -> None:
    twice = photos.rows_of(ADDRESS, ADDRESS)

    assert Found.decode(found_in(pngs.of_rows(twice))) == FOUND


@pytest.mark.parametrize("carrier", [Carrier.PDF, Carrier.PHOTO])
def test_what_cannot_be_drawn_is_refused(carrier: Carrier) -> None:
    kind = MalformedPdfError if carrier is Carrier.PDF else MalformedImageError

    with pytest.raises(kind):
        photo.address_on(b"%PDF-1.7 and nothing", carrier)


def test_a_code_that_holds_nothing_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo, "MAX_TEXT", len(ADDRESS) - 1)

    with pytest.raises(NotALinkError):
        photo.address_on(paper.of_png(pngs.of_rows(ROWS)), Carrier.PHOTO)


@pytest.mark.parametrize("box", [b"[0 0 0 0]", b"[0 0 1000000 1]", b"[0 0 1 0.001]"])
def test_a_page_of_a_strange_size_shows_nothing(box: bytes) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox %s >>" % box
    root = b"<< /Type /Catalog /Pages 2 0 R >>"

    assert photo.address_on(pdfs.written({1: root, 2: pdfs.PAGES, 3: page}), Carrier.PDF) is None


def test_pages_beyond_the_first_ones_are_not_looked_at() -> None:
    kids = b"3 0 R " * 10_000
    pages = b"<< /Type /Pages /Kids [%s] /Count 10000 >>" % kids
    root = b"<< /Type /Catalog /Pages 2 0 R >>"

    assert photo.address_on(pdfs.written({1: root, 2: pages, 3: pdfs.PAGE}), Carrier.PDF) is None
