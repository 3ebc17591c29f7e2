"""Puts pictures that the browser tests kept together into the sheets of ``docs/images``.

Each is shown as it was on the screen, never smaller, so that the sheets can be read.

    CREDHUB_SCREENSHOTS=FOLDER pytest tests/browser
    python -m tests.browser.pictures FOLDER docs/images
"""

import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.browser_ready import browser

STYLE: Final = """
body { margin: 0; inline-size: max-content; }
main { display: grid; grid-template-columns: repeat(%d, max-content); gap: 16px; padding: 16px; }
main { background: #808080; inline-size: max-content; }
div { overflow: hidden; }
img { display: block; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A picture made of pictures, in rows of so many, of which the upper part is shown."""

    columns: int
    height: int
    names: Sequence[str]


SHEETS: Final[Mapping[str, Sheet]] = {
    "verdicts-phone": Sheet(
        columns=4,
        height=620,
        names=(
            *("valid-360", "revoked-360", "suspended-360", "expired-360"),
            *("file-unknown-issuer-360", "file-status-not-known-360", "file-to-come-360"),
            "file-changed-360",
        ),
    ),
    "verdicts-others": Sheet(
        columns=4,
        height=620,
        names=(
            *("foreign-link-360", "file-older-badge-360", "file-namesake-360", "file-over-360"),
            *("refused-two-codes-in-a-photo-360", "file-right-to-left-360"),
            *("presentation-360", "endorsed-360-there"),
        ),
    ),
    "verdicts-desktop": Sheet(
        columns=2,
        height=660,
        names=(
            *("file-namesake-1280", "file-right-to-left-1280"),
            *("presentation-1280-there", "without-scripts-1280-there"),
        ),
    ),
}


def put_together(page: Page, folder: Path, sheet: Sheet) -> bytes:
    """Put the pictures of a sheet side by side, in their own size."""
    start = f'<div style="block-size: {sheet.height}px"><img src="'
    addresses = (_address(folder / f"{name}.png") for name in sheet.names)
    pictures = "".join(f'{start}{address}"></div>' for address in addresses)
    page.set_content(f"<style>{STYLE % sheet.columns}</style><main>{pictures}</main>")
    page.wait_for_function("[...document.images].every(it => it.complete && it.naturalWidth)")
    return page.locator("main").screenshot()


def _address(picture: Path) -> str:
    return "data:image/png;base64," + b64encode(picture.read_bytes()).decode()


def main(kept: str, made: str) -> None:
    """Make every sheet."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser(), args=list(CHROMIUM_ARGUMENTS)
        )
        page = chromium.new_page()
        for name, sheet in SHEETS.items():
            (Path(made) / f"{name}.png").write_bytes(put_together(page, Path(kept), sheet))
        chromium.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
