"""Every verdict on a phone and on a desk, with JavaScript and without: what an employer is told."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from credhub.jsontypes import JsonObject, canonical
from tests.browser import strangers
from tests.browser.conftest import DemoService
from tests.browser.looking import (
    SIZES,
    choose,
    keep_picture,
    looking,
    nobody_is_shut_out,
    nothing_sticks_out,
)
from tests.browser.test_employer import call, issue
from tests.hostile import photos, pngs

pytestmark = pytest.mark.browser

GENUINE: Final = "Genuine and in force"
NAME: Final = "Nadia Haddad"
ARABIC: Final = "فاطمة الزهراء عبد الرحمن"
every_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())


def valid(demo: DemoService) -> str:
    return str(issue(demo, NAME)["url"])


def right_to_left(demo: DemoService) -> str:
    return str(issue(demo, ARABIC)["url"])


def revoked(demo: DemoService) -> str:
    issued = issue(demo, NAME)
    call(demo, "POST", f"/v1/credentials/{issued['id']}/revocation", {"reason": "A test."})
    return str(issued["url"])


def suspended(demo: DemoService) -> str:
    wanted: JsonObject = {
        "name": "Forklift operator",
        "description": "May drive the hub's forklift.",
        "criteria": {"narrative": "Passed the driving test."},
        "achievementType": "Certificate",
        "suspendable": True,
    }
    achievement = json.loads(call(demo, "POST", "/v1/achievements", wanted))
    body: JsonObject = {"achievement": achievement["id"], "recipient": {"name": NAME}}
    issued = json.loads(call(demo, "POST", "/v1/credentials", body))
    call(demo, "POST", f"/v1/credentials/{issued['id']}/suspension", {"reason": "A test."})
    return str(issued["url"])


def expired(demo: DemoService) -> str:
    achievements = json.loads(call(demo, "GET", "/v1/achievements"))["items"]
    soon = (datetime.now(UTC) + timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    body: JsonObject = {
        "achievement": achievements[0]["id"],
        "recipient": {"name": NAME},
        "validUntil": soon,
    }
    address = str(json.loads(call(demo, "POST", "/v1/credentials", body))["url"])
    path = address.removeprefix(demo.origin)
    while json.loads(call(demo, "GET", f"{path}?format=report"))["verdict"] == "valid":
        pass
    return address


OWN: Final[Mapping[str, tuple[str, str, Callable[[DemoService], str]]]] = {
    "valid": ("valid", GENUINE, valid),
    "right-to-left": ("valid", GENUINE, right_to_left),
    "revoked": ("revoked", "Withdrawn by the issuer", revoked),
    "suspended": ("suspended", "Suspended for now", suspended),
    "expired": ("expired", "Genuine, but expired", expired),
}
"""Credentials of the hub itself: the verdict, the headline, and what makes the address."""


def told(page: Page, verdict: str, headline: str) -> None:
    """Check that the verdict stands at the top, as words and for those who hear the page."""
    expect(page.locator("body")).to_have_class(f"verdict-{verdict}")
    band = page.locator(".band[role=status]")
    expect(band.get_by_role("heading", level=1)).to_have_text(headline)
    size = page.viewport_size
    lower = page.evaluate(
        "document.querySelector('.band .sentence').getBoundingClientRect().bottom"
    )
    assert size is not None
    assert lower < size["height"] / 2, "the verdict and its sentence stand in the upper half"


def looked_at(page: Page, name: str, *, at: str | None = None) -> None:
    keep_picture(page, name, at=at)
    nothing_sticks_out(page)
    nobody_is_shut_out(page)


@every_size
@pytest.mark.parametrize("name", OWN)
def test_every_verdict_of_an_own_credential_is_told(
    demo: DemoService, chromium: Browser, size: ViewportSize, name: str
) -> None:
    verdict, headline, make = OWN[name]
    address = make(demo)

    with looking(chromium, size, origin=demo.origin, scripts=False) as page:
        page.goto(address)
        told(page, verdict, headline)
        expect(page.get_by_text("What you can do")).to_have_count(0 if verdict == "valid" else 1)
        if name == "valid":
            keep_picture(page, f"without-scripts-{size['width']}", at="#own-check")
    with looking(chromium, size, origin=demo.origin) as page:
        page.goto(address)
        told(page, verdict, headline)
        expect(page.locator("#own-check")).to_have_attribute("data-outcome", "passed")
        looked_at(page, f"{name}-{size['width']}")


@every_size
@pytest.mark.parametrize("name", strangers.FILES)
def test_every_verdict_of_a_file_is_told(
    demo: DemoService, chromium: Browser, size: ViewportSize, name: str
) -> None:
    verdict, headline, _ = strangers.FILES[name]
    content = strangers.file(name)

    with looking(chromium, size, origin=demo.origin, scripts=False) as page:
        choose(page, demo.origin, content)
        told(page, verdict, headline)
        expect(page.get_by_text("What you can do")).to_be_visible()
    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, content)
        told(page, verdict, headline)
        looked_at(page, f"file-{name}-{size['width']}")


@every_size
def test_a_link_to_another_site_is_told_and_not_opened(
    demo: DemoService, chromium: Browser, size: ViewportSize
) -> None:
    photo = pngs.of_rows(photos.rows_of("https://credhub.ex\u0430mple/v/1"))

    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, photo)
        told(page, "indeterminate", "It leads to another website")
        expect(page.get_by_text("credhub.xn--exmple-4nf")).to_be_visible()
        looked_at(page, f"foreign-link-{size['width']}")


@every_size
def test_a_name_is_read_in_its_own_direction(
    demo: DemoService, chromium: Browser, size: ViewportSize
) -> None:
    content = canonical(strangers.credential(strangers.right_to_left))

    with looking(chromium, size, origin=demo.origin) as page:
        choose(page, demo.origin, content)
        for selector in (".learner bdi", ".award bdi"):
            direction = "it => getComputedStyle(it).direction"
            assert page.locator(selector).first.evaluate(direction) == "rtl"
        # What stands around the name is read as before.
        assert page.evaluate("getComputedStyle(document.body).direction") == "ltr"
