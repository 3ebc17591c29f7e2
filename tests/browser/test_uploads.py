"""What an employer chooses on the page and is refused, without JavaScript (T39, T48)."""

from collections.abc import Iterator

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
