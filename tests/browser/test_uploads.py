"""What an employer chooses on the page and is refused, without JavaScript (T39, T48)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import DemoService
from tests.browser.test_employer import DESKTOP, PHONE
from tests.hostile import photos, pngs

pytestmark = pytest.mark.browser


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, chromium: Browser, demo: DemoService) -> Iterator[Page]:
    """A page without JavaScript, which must never ask another host for anything."""
    context = chromium.new_context(viewport=request.param, java_script_enabled=False)
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert asked
    assert [url for url in asked if not url.startswith(demo.origin + "/")] == []


def choose(page: Page, demo: DemoService, content: bytes) -> None:
    page.goto(f"{demo.origin}/verify")
    file = FilePayload(name="file", mimeType="application/octet-stream", buffer=content)
    page.get_by_label("Credential file").set_input_files(file)
    page.get_by_role("button", name="Check it").click()


def drop(page: Page, demo: DemoService, file: Path) -> None:
    """Drag a file from elsewhere onto the field, and let go."""
    page.goto(f"{demo.origin}/verify")
    place = page.get_by_label("Credential file").bounding_box()
    assert place is not None
    events = page.context.new_cdp_session(page)
    held = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    where = {"x": place["x"] + place["width"] / 2, "y": place["y"] + place["height"] / 2}
    for event in ("dragEnter", "dragOver", "drop"):
        events.send("Input.dispatchDragEvent", {"type": event, "data": held, **where})
    page.get_by_role("button", name="Check it").click()


def test_a_file_may_be_dropped(demo: DemoService, page: Page, tmp_path: Path) -> None:
    badge = tmp_path / "badge.png"
    badge.write_bytes(pngs.of_rows(photos.rows_of("https://school.example/v/1")))

    drop(page, demo, badge)

    expect(page.locator("body")).to_have_class("verdict-indeterminate")
    expect(page.get_by_text("school.example").first).to_be_visible()


def test_t39_what_is_refused_comes_with_its_reason_and_the_form(
    demo: DemoService, page: Page
) -> None:
    baked = pngs.international(b"{}")

    choose(page, demo, pngs.image(baked, baked))

    expect(page.get_by_role("alert")).to_contain_text("more than one credential")
    expect(page.get_by_label("Credential file")).to_be_visible()


def test_t48_a_foreign_code_is_shown_and_not_opened(demo: DemoService, page: Page) -> None:
    choose(page, demo, pngs.of_rows(photos.rows_of("https://credhub.ex\u0430mple/v/1")))

    expect(page.locator("body")).to_have_class("verdict-indeterminate")
    expect(page.get_by_text("credhub.xn--exmple-4nf")).to_be_visible()
    expect(page.locator("a[href*='exmple'], a[href*='mple/v/1']")).to_have_count(0)
