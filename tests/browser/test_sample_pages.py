"""Every page that we can show, also those that a fresh service never shows, at 320 pixels."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route

from credhub.web.edge import CONTENT_SECURITY_POLICY, SCRIPT_POLICY, SELF_CHECKING_POLICY
from tests.browser.conftest import DemoService
from tests.browser.looking import NARROW, keep_picture, looking, nobody_is_shut_out
from tests.web.pages.gallery import PAGES

pytestmark = pytest.mark.browser

FOLDER: Final = "sample-pages"


def policy_of(body: str) -> str:
    if 'id="own-check"' in body:
        return SELF_CHECKING_POLICY
    return SCRIPT_POLICY if "<script" in body else CONTENT_SECURITY_POLICY


@pytest.fixture(scope="module")
def page(chromium: Browser, demo: DemoService) -> Iterator[Page]:
    """A page at addresses of the service, which answer with the samples under its own headers."""

    def answer(route: Route) -> None:
        name = next(one for one in PAGES if route.request.url.endswith(f"/{quote(one)}"))
        body = PAGES[name]()
        headers = {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": policy_of(body),
        }
        route.fulfill(body=body, headers=headers)

    with looking(chromium, NARROW, origin=demo.origin) as opened:
        opened.route(f"{demo.origin}/{FOLDER}/*", answer)
        opened.route("**/c/*", lambda route: route.abort())  # There are no such credentials.
        yield opened


@pytest.mark.parametrize("name", PAGES)
def test_no_page_sticks_out_or_shuts_anybody_out(demo: DemoService, page: Page, name: str) -> None:
    page.goto(f"{demo.origin}/{FOLDER}/{quote(name)}")

    keep_picture(page, f"sample-{name.replace(' ', '-')}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    nobody_is_shut_out(page)


def test_the_focus_can_be_seen_wherever_it_goes(demo: DemoService, page: Page) -> None:
    page.goto(f"{demo.origin}/{FOLDER}/{quote('verdict valid')}")
    seen = set()

    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        seen.add(page.evaluate("document.activeElement.outerHTML"))
        assert (outline, width) == ("solid", 3)

    assert len(seen) > 10
