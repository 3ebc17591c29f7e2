"""What cannot be read comes back with its reason and the form; nobody meets a page for machines."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import DemoService
from tests.browser.looking import (
    SIZES,
    choose,
    keep_picture,
    looking,
    nobody_is_shut_out,
    nothing_sticks_out,
    paste,
)
from tests.hostile import pdfs, photos, pngs, svgs

pytestmark = pytest.mark.browser

LARGEST: Final = 10 * 1024 * 1024


def twice_baked() -> bytes:
    baked = pngs.international(b"{}")
    return pngs.image(baked, baked)


def two_codes() -> bytes:
    return photos.jpeg(photos.rows_of("https://a.example/1", "https://a.example/2"))


FILES: Final[Mapping[str, tuple[Callable[[], bytes], str]]] = {
    "two credentials in a badge": (twice_baked, "more than one credential"),
    "two codes in a photo": (two_codes, "more than one QR code"),
    "a picture of nothing": (lambda: pngs.of_rows([[255] * 64] * 64), "no credential in this file"),
    "a damaged image": (lambda: pngs.SIGNATURE + b"rubbish", "damaged"),
    "a damaged PDF": (lambda: b"%PDF-1.7\nrubbish", "damaged"),
    "a locked PDF": (lambda: pdfs.encrypted(pdfs.with_files(b"{}"), "secret"), "password"),
    "an SVG with declarations": (lambda: svgs.image(before=svgs.laughs()), "declarations"),
    "a photo of a telephone": (lambda: b"\0\0\0\x18ftypheic" + bytes(64), "such as HEIC"),
    "a zip": (lambda: b"PK\3\4" + bytes(64), "kind of file"),
    "words": (lambda: b"Dear employer, I am good at this.", "not a credential"),
    "too large": (lambda: b"{" + b" " * LARGEST + b"}", "larger than"),
}
"""By name: what makes the file, and what its reason says."""

every_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())


def comes_back(page: Page, reason: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(reason)
    expect(page.get_by_label("Credential file")).to_be_visible()
    expect(page.get_by_role("textbox", name="Address or code")).to_be_visible()


@every_size
@pytest.mark.parametrize("name", FILES)
def test_a_refused_file_comes_back_with_its_reason_and_the_form(
    demo: DemoService, chromium: Browser, size: ViewportSize, name: str
) -> None:
    make, reason = FILES[name]

    with looking(chromium, size, origin=demo.origin, scripts=False) as page:
        choose(page, demo.origin, make())
        comes_back(page, reason)
    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, make())
        comes_back(page, reason)
        keep_picture(page, f"refused-{name.replace(' ', '-')}-{size['width']}")
        nothing_sticks_out(page)
        nobody_is_shut_out(page)


@every_size
def test_pasted_words_and_nothing_at_all_come_back(
    demo: DemoService, chromium: Browser, size: ViewportSize
) -> None:
    with looking(chromium, size, origin=demo.origin) as page:
        paste(page, demo.origin, "Dear employer, I am good at this.")
        comes_back(page, "not a credential")
        paste(page, demo.origin, "")
        comes_back(page, "Nothing was chosen")
        nobody_is_shut_out(page)


@every_size
def test_a_file_that_is_refused_before_it_is_read_is_answered_with_a_page(
    demo: DemoService, chromium: Browser, size: ViewportSize
) -> None:
    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, bytes(3 * LARGEST))
        expect(page.get_by_role("heading", level=1)).to_have_text("This file is too large")
        keep_picture(page, f"refused-far-too-large-{size['width']}")
        nothing_sticks_out(page)
        nobody_is_shut_out(page)
        page.get_by_role("link", name="Check another credential").click()
        expect(page.get_by_label("Credential file")).to_be_visible()
