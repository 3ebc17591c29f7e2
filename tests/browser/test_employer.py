"""What an employer does: scan the certificate, look at the page, look again after a revocation."""

import json
import urllib.request
from collections.abc import Iterator
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
import zxingcpp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from credhub.jsontypes import JsonObject
from tests.browser.conftest import DemoService
from tests.browser.looking import nobody_is_shut_out

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport=request.param)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, demo: DemoService) -> Iterator[Page]:
    """A page that must never ask another host for anything."""
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    assert asked
    assert [url for url in asked if not url.startswith(demo.origin + "/")] == []


def call(demo: DemoService, method: str, path: str, body: JsonObject | None = None) -> bytes:
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
        content: bytes = answer.read()
    return content


def issue(demo: DemoService, name: str) -> JsonObject:
    achievements = json.loads(call(demo, "GET", "/v1/achievements"))["items"]
    body: JsonObject = {"achievement": achievements[0]["id"], "recipient": {"name": name}}
    issued: JsonObject = json.loads(call(demo, "POST", "/v1/credentials", body))
    return issued


def scan(pdf: bytes) -> str:
    """Read the QR code of a certificate as a phone would: from a picture of the page."""
    document = pypdfium2.PdfDocument(pdf)
    bitmap = document[0].render(scale=2, grayscale=True)
    rows = memoryview(bytes(bitmap.buffer)).cast("B", (bitmap.height, bitmap.stride))
    bitmap.close()
    document.close()
    found = zxingcpp.read_barcodes(rows)
    assert len(found) == 1
    return str(found[0].text)


def test_a_scanned_certificate_leads_to_valid_and_after_revocation_to_revoked(
    demo: DemoService, page: Page
) -> None:
    issued = issue(demo, "Nadia Haddad")
    pdf = call(demo, "GET", f"/v1/credentials/{issued['id']}?format=pdf")

    address = scan(pdf)
    assert address.lower() == issued["url"]
    page.goto(address.replace("HTTP://", "http://"))
    expect(page.locator(".band[role=status]")).to_contain_text("Genuine")
    expect(page.locator("body")).to_have_class("verdict-valid")
    expect(page.get_by_text("Nadia Haddad").first).to_be_visible()

    call(demo, "POST", f"/v1/credentials/{issued['id']}/revocation", {"reason": "A test."})
    page.reload()
    expect(page.locator("body")).to_have_class("verdict-revoked")
    expect(page.locator(".band[role=status]")).to_contain_text("Withdrawn")


def test_the_form_checks_a_pasted_credential(demo: DemoService, page: Page) -> None:
    issued = issue(demo, "Ольга Петренко")

    page.goto(f"{demo.origin}/verify")
    page.get_by_role("textbox", name="paste").fill(json.dumps(issued["credential"]))
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("body")).to_have_class("verdict-valid")

    forged = json.dumps(issued["credential"]).replace("\\u041e", "\\u0415")
    page.goto(f"{demo.origin}/verify")
    page.get_by_role("textbox", name="paste").fill(forged)
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("body")).to_have_class("verdict-invalid")


def test_a_typed_code_opens_its_page(demo: DemoService, page: Page) -> None:
    issued = issue(demo, "王秀英")

    page.goto(demo.origin)
    page.get_by_role("textbox").fill(str(issued["url"]).rpartition("/")[2].upper())
    page.get_by_role("button").click()

    expect(page.locator("body")).to_have_class("verdict-valid")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_any_page(demo: DemoService, chromium: Browser, scheme: str) -> None:
    issued = issue(demo, "فاطمة الزهراء")
    listed = json.loads(call(demo, "GET", "/v1/achievements"))["items"]
    addresses = [
        issued["url"],
        listed[0]["url"],
        demo.origin,
        f"{demo.origin}/verify",
        f"{demo.origin}/hubs/riverside",
        f"{demo.origin}/docs",
        f"{demo.origin}/c/{'a' * 32}",
    ]
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    # axe is put into the page by the test; the policy of the page itself forbids all script.
    for address in addresses:
        page.goto(str(address))
        nobody_is_shut_out(page)
    context.close()


def test_without_script_nothing_is_missing(demo: DemoService, chromium: Browser) -> None:
    issued = issue(demo, "Zoë Ångström")
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()

    page.goto(str(issued["url"]))

    expect(page.locator(".band[role=status]")).to_contain_text("Genuine")
    expect(page.get_by_text("Your browser has not checked this")).to_be_visible()
    context.close()
