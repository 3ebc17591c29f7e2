"""What a learner does: follow a link, take files, hide the name, leave; also without scripts."""

import json
import re
import urllib.request
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from credhub.jsontypes import JsonObject
from tests.browser.conftest import DemoService
from tests.browser.looking import (
    NARROW,
    SIZES,
    keep_picture,
    looking,
    nobody_is_shut_out,
    nothing_sticks_out,
)

pytestmark = pytest.mark.browser

NAMES = {"english": "Amina Yusuf Warsame", "arabic": "أمينة يوسف ورسمة"}


def call(demo: DemoService, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
    request = urllib.request.Request(  # noqa: S310 - our own http
        demo.origin + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {demo.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": uuid4().hex,
        },
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own http
        content: JsonObject = json.loads(answer.read())
    return content


def issue(demo: DemoService, name: str) -> JsonObject:
    listed = call(demo, "GET", "/v1/achievements")["items"]
    assert isinstance(listed, list)
    (first, *_) = listed
    assert isinstance(first, dict)
    body: JsonObject = {"achievement": first["id"], "recipient": {"name": name}}
    return call(demo, "POST", "/v1/credentials", body)


def link_to(demo: DemoService, issued: JsonObject) -> str:
    return str(call(demo, "POST", f"/v1/credentials/{issued['id']}/claim-link", {})["url"])


def turn(page: Page, name: str) -> None:
    """Set a page from right to left, as it is for readers of Arabic."""
    if name == "arabic":
        page.evaluate("document.documentElement.dir = 'rtl'")


def look(page: Page, name: str, picture: str) -> None:
    turn(page, name)
    keep_picture(page, f"learner-{name}-{picture}")
    nobody_is_shut_out(page)
    nothing_sticks_out(page)


@pytest.mark.parametrize("size", [*SIZES, "narrow"])
@pytest.mark.parametrize("name", NAMES)
def test_a_learner_takes_what_is_theirs_and_hides_the_name(
    demo: DemoService, chromium: Browser, name: str, size: str
) -> None:
    issued = issue(demo, NAMES[name])
    viewport = SIZES.get(size, NARROW)
    with looking(chromium, viewport, origin=demo.origin) as page:
        page.goto(link_to(demo, issued))
        assert page.url == f"{demo.origin}/claim"  # The secret is in no history.
        look(page, name, f"{size}-link")
        page.get_by_role("button", name="Open it").click()

        expect(page).to_have_url(f"{demo.origin}/claim/credential")
        expect(page.get_by_text(NAMES[name]).first).to_be_visible()
        look(page, name, f"{size}-claim")
        with page.expect_download() as download:
            page.get_by_role("button", name="Certificate").click()
        assert re.fullmatch(r"certificate-[a-z2-7]{8}\.pdf", download.value.suggested_filename)

        page.get_by_label("Only whether it is valid").check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
        look(page, name, f"{size}-saved")

        page.goto(str(issued["url"]))
        expect(page.get_by_text("Name not shown here")).to_be_visible()
        assert NAMES[name] not in page.content()
        look(page, name, f"{size}-validity")

        page.goto(f"{demo.origin}/claim/credential")
        page.get_by_label("Nothing", exact=True).check()
        page.get_by_role("button", name="Save", exact=True).click()
        page.goto(str(issued["url"]))
        expect(page.get_by_role("heading", level=1)).to_have_text("Not shown here")
        look(page, name, f"{size}-nothing")


def test_everything_works_without_scripts_and_by_keyboard(
    demo: DemoService, chromium: Browser
) -> None:
    issued = issue(demo, "Mariam Haddad")
    link = link_to(demo, issued)
    with looking(chromium, NARROW, origin=demo.origin, scripts=False) as page:
        page.goto(link)
        page.get_by_label("The link from your hub").fill(link)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{demo.origin}/claim/credential")

        page.get_by_label("What should be different?").fill("My name is Maryam.")
        page.get_by_role("button", name="Send to your hub").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="Sent to your hub")).to_be_visible()

        page.get_by_role("button", name="Leave now").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="You have left")).to_be_visible()
        page.goto(f"{demo.origin}/claim/credential")
        expect(page.get_by_role("alert")).to_contain_text("Nothing is open in this browser")

    requests = call(demo, "GET", "/v1/learner-requests")["items"]
    assert "My name is Maryam." in str(requests)


def test_a_used_link_leads_to_asking_for_a_new_one(demo: DemoService, chromium: Browser) -> None:
    link = link_to(demo, issue(demo, "Tomasz Nowak"))
    with looking(chromium, NARROW, origin=demo.origin) as page:
        page.goto(link)
        page.get_by_role("button", name="Open it").click()
        expect(page).to_have_url(f"{demo.origin}/claim/credential")
    with looking(chromium, NARROW, origin=demo.origin) as page:
        page.goto(link)
        page.get_by_role("button", name="Open it").click()
        expect(page.get_by_role("alert")).to_contain_text("This link opens nothing")
        look(page, "english", "refused")
        page.get_by_role("button", name="Ask for a new link").click()
        expect(page.get_by_role("status").first).to_contain_text("We have passed it on")
        look(page, "english", "asked")
