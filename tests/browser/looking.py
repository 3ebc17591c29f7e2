"""How a page is looked at: on a phone and on a desk, by everybody, with nothing from outside."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Page, Response, ViewportSize

SERIOUS: Final = frozenset({"serious", "critical"})
SMALL: Final = ViewportSize(width=360, height=740)
LARGE: Final = ViewportSize(width=1280, height=800)
NARROW: Final = ViewportSize(width=320, height=640)
SIZES: Final[Mapping[str, ViewportSize]] = {"phone": SMALL, "desktop": LARGE}

PICTURES: Final = "CREDHUB_SCREENSHOTS"
"""Names a folder that keeps a picture of every page that is looked at."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One page, and what was seen of its traffic."""

    page: Page
    asked: list[str]
    documents: list[Response]
    refused: list[str]

    def check(self, origin: str) -> None:
        """Check that nothing was asked of others, and that the page runs nothing of its own."""
        assert self.asked
        assert [url for url in self.asked if not url.startswith(f"{origin}/")] == []
        assert self.refused == []
        for document in self.documents:
            policy = document.headers["content-security-policy"]
            assert policy.startswith("default-src 'none';")
            assert "unsafe" not in policy


@contextmanager
def looking(
    chromium: Browser, size: ViewportSize, *, origin: str, scripts: bool = True
) -> Iterator[Page]:
    """Open a page, and check at the end what it asked for and what its policy refused."""
    context = chromium.new_context(
        viewport=size, java_script_enabled=scripts, locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    looked = Looked(page, [], [], [])

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            looked.refused.append(message.text)

    def on_response(response: Response) -> None:
        if response.request.is_navigation_request() and response.status not in range(300, 400):
            looked.documents.append(response)

    page.on("request", lambda request: looked.asked.append(request.url))
    page.on("console", on_console)
    page.on("response", on_response)
    yield page
    looked.check(origin)
    context.close()


def choose(page: Page, origin: str, content: bytes, *, name: str = "file") -> None:
    """Choose a file on the page where credentials are checked."""
    page.goto(f"{origin}/verify")
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    page.get_by_label("Credential file").set_input_files(file)
    page.get_by_role("button", name="Check it").click()


def paste(page: Page, origin: str, text: str) -> None:
    """Paste a text on the page where credentials are checked."""
    page.goto(f"{origin}/verify")
    page.get_by_label("Or paste the credential").fill(text)
    page.get_by_role("button", name="Check it").click()


def nobody_is_shut_out(page: Page) -> None:
    """Check a page with axe, by all its rules; what passes is not described, which takes longer."""
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [one["id"] for one in violations if one["impact"] in SERIOUS] == []


def nothing_sticks_out(page: Page) -> None:
    """Check that nobody must scroll sideways, at this width and at the narrowest that counts.

    Source:
        WCAG 2.2, success criterion 1.4.10 (320 CSS pixels).
    """
    before = page.viewport_size
    for size in filter(None, (before, NARROW)):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{wide} pixels stick out at {size['width']}"
    if before is not None:
        page.set_viewport_size(before)


def keep_picture(page: Page, name: str, *, at: str | None = None) -> None:
    """Keep what the reader sees first, if somebody wants pictures, and what he sees further on."""
    folder = os.environ.get(PICTURES)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.screenshot(path=Path(folder) / f"{name}-full.png", full_page=True)
    if folder and at is not None:
        page.locator(at).first.evaluate("it => { it.scrollIntoView(); scrollBy(0, -24); }")
        page.screenshot(path=Path(folder) / f"{name}-there.png")
