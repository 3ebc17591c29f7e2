"""The page checks itself in the reader's browser, and turns red when anything was changed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from credhub.jsontypes import JsonObject
from credhub.ledger.cosignature import WitnessKey, cosign
from credhub.ledger.note import add_signatures, split_note
from credhub.ledger.receipt import Receipt
from tests.browser.conftest import DemoService
from tests.browser.looking import nobody_is_shut_out
from tests.browser.test_employer import DESKTOP, PHONE, call, issue
from tests.unit.ledger.builder import KeyOf

pytestmark = pytest.mark.browser

NAME = "Nadia Haddad"
CREDENTIAL = "**/c/*format=vc"
RECEIPT = "**/c/*/receipt"
KEYS = "**/hubs/*/ledger-policy"
CHECKPOINT = "**/ledger/*/*/checkpoint"
FRACTIONS = (0.0, 0.13, 0.38, 0.62, 0.87, 1.0)


@pytest.fixture(scope="module")
def issued(demo: DemoService) -> JsonObject:
    return issue(demo, NAME)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport={"width": DESKTOP["width"], "height": DESKTOP["height"]})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, demo: DemoService) -> Iterator[Page]:
    """A page that asks only this service, and runs nothing that its policy refuses."""
    opened = context.new_page()
    asked: list[str] = []
    refused: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on(
        "console",
        lambda message: refused.append(message.text) if "Security" in message.text else None,
    )
    yield opened
    assert [url for url in asked if not url.startswith(demo.origin + "/")] == []
    assert refused == []


def expect_outcome(page: Page, outcome: str) -> None:
    expect(page.locator("#own-check")).to_have_attribute("data-outcome", outcome)


def changed(page: Page, address: str, change: Callable[[bytes], bytes]) -> None:
    """Let something between the server and the browser change one answer."""

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.body()
        spoilt = change(body)
        assert spoilt != body
        route.fulfill(response=response, body=spoilt)

    page.route(address, answer)


def one_bit(body: bytes, fraction: float, *, within: tuple[int, int] | None = None) -> bytes:
    start, end = within or (0, len(body))
    at = start + round((end - start - 1) * fraction)
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def test_an_untouched_page_is_confirmed_and_says_what_was_checked(
    demo: DemoService, page: Page, issued: JsonObject
) -> None:
    page.goto(str(issued["url"]))

    expect_outcome(page, "passed")
    block = page.locator("#own-check")
    expect(block.get_by_role("status")).to_contain_text("Your browser confirms it")
    expect(block.get_by_text("The name, the award, the dates and the issuer")).to_be_visible()
    assert re.search(r"It is entry \d+ of the ledger, recorded \d+ \w+ \d{4}\.", block.inner_text())
    assert len(re.findall(r"(?:[0-9a-f]{4} ){15}[0-9a-f]{4}", block.inner_text())) == 2
    expect(page.locator("#own-check-alarm")).to_be_hidden()
    expect(page.locator("body")).to_have_class("verdict-valid")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert call(demo, "GET", urlsplit(str(issued["url"])).path + "?format=vc")


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("address", [CREDENTIAL, RECEIPT, CHECKPOINT])
def test_one_changed_byte_of_what_the_server_sends_turns_it_red(
    page: Page, issued: JsonObject, address: str, fraction: float
) -> None:
    changed(page, address, lambda body: one_bit(body, fraction))

    page.goto(str(issued["url"]))

    expect_failure(page)


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_one_changed_byte_of_the_key_turns_it_red(
    page: Page, issued: JsonObject, fraction: float
) -> None:
    def change(body: bytes) -> bytes:
        key = re.search(rb"^log (\S+)", body, re.MULTILINE)
        assert key is not None
        return one_bit(body, fraction, within=key.span(1))

    changed(page, KEYS, change)

    page.goto(str(issued["url"]))

    expect_failure(page)


def expect_failure(page: Page) -> None:
    expect_outcome(page, "failed")
    expect(page.get_by_role("alert")).to_contain_text("Do not believe this page")
    expect(page.locator("body")).to_have_class("verdict-valid check-failed")
    expect(page.get_by_text("Genuine and in force")).to_be_hidden()
    expect(page.get_by_text(NAME).first).to_be_hidden()
    expect(page.locator("#own-check li[data-reason]:visible")).to_have_count(1)


@pytest.mark.parametrize(
    ("shown", "instead"),
    [
        (f'<p class="learner" data-signed="learner"><bdi>{NAME}', "<bdi>Nadia Hadad"),
        (r'(<h2 id="what"[^>]*><bdi>)[^<]*', r"\1Master of Science"),
        (r'(data-signed="awarded">\s*<time[^>]*>)\d+', r"\g<1>1"),
        (r'(data-signed="inForce">.*?<time datetime=")\d{4}', r"\g<1>1999"),
        (r'(data-signed="issuer">)did:web', r"\1did:key"),
        (r'(data-signed="issuerName"><bdi>)[^<]*', r"\1University of Oxford"),
        (f'<p class="learner" data-signed="learner">.*?</p>', ""),  # noqa: F541 - as the others
    ],
    ids=["name", "award", "day", "machine date", "issuer", "issuer name", "no name"],
)
def test_a_page_that_shows_what_was_not_signed_turns_red(
    page: Page, issued: JsonObject, shown: str, instead: str
) -> None:
    if instead == "<bdi>Nadia Hadad":
        instead = f'<p class="learner" data-signed="learner">{instead}'
    changed(
        page,
        str(issued["url"]),
        lambda body: re.sub(shown, instead, body.decode(), flags=re.DOTALL).encode(),
    )

    page.goto(str(issued["url"]))

    expect_failure(page)
    expect(page.get_by_text("Another text")).to_be_visible()


def test_the_genuine_credential_of_somebody_else_turns_red(
    demo: DemoService, page: Page, issued: JsonObject
) -> None:
    other = str(issue(demo, NAME)["url"])
    page.route(
        CREDENTIAL, lambda route: route.fulfill(response=route.fetch(url=f"{other}?format=vc"))
    )
    page.route(RECEIPT, lambda route: route.fulfill(response=route.fetch(url=f"{other}/receipt")))

    page.goto(str(issued["url"]))

    expect_outcome(page, "failed")
    expect(page.get_by_text("Another document")).to_be_visible()


def test_a_shorter_ledger_than_the_receipt_turns_red(demo: DemoService, page: Page) -> None:
    older = call(demo, "GET", "/ledger/riverside/checkpoint")
    later = issue(demo, "Later Learner")
    page.route(CHECKPOINT, lambda route: route.fulfill(body=older))

    page.goto(str(later["url"]))

    expect_outcome(page, "failed")
    expect(page.get_by_text("Another ledger")).to_be_visible()


def test_a_page_that_was_confirmed_prints_on_one_sheet(page: Page, issued: JsonObject) -> None:
    page.goto(str(issued["url"]))
    expect_outcome(page, "passed")

    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))

    assert len(printed) == 1
    text = printed[0].get_textpage().get_text_range()
    assert "Your browser confirms it" in text
    assert str(issued["url"]).rpartition("/")[2] in text.replace("\r\n", "")
    printed.close()


def test_no_heading_is_printed_over_nothing(page: Page, issued: JsonObject) -> None:
    page.goto(str(issued["url"]))
    page.emulate_media(media="print")

    for learned in page.locator(".learned").all():
        printed = learned.locator(".part:visible").count()
        assert learned.locator("h2:visible").count() == min(printed, 1)


# Witnesses


def with_witness(page: Page, *, spoil: Callable[[bytes], bytes] | None) -> None:
    """Let the service name a witness; with ``spoil`` it has cosigned, and that changes the note."""
    oak = KeyOf("oak")
    key = WitnessKey(name="oak.example/witness", public_key=oak.public_key)
    lines = f"witness oak {key.text()}\nquorum oak\n".encode()
    changed(page, KEYS, lambda body: body.replace(b"quorum none\n", lines))

    def cosigned(body: bytes) -> bytes:
        read = Receipt.parse(body.decode())
        text, _ = split_note(read.checkpoint)
        line = cosign(text, key=key, timestamp=1_795_349_000, sign=oak.sign)
        note = add_signatures(read.checkpoint, [line])
        assert spoil is not None
        return spoil(replace(read, checkpoint=note).text().encode())

    if spoil is not None:
        changed(page, RECEIPT, cosigned)


def test_a_quorum_of_witnesses_is_told(page: Page, issued: JsonObject) -> None:
    with_witness(page, spoil=lambda body: body)

    page.goto(str(issued["url"]))

    expect_outcome(page, "passed")
    expect(page.get_by_text("Enough of them saw the same ledger: oak.")).to_be_visible()


def test_a_quorum_that_is_not_there_yet_refutes_nothing(page: Page, issued: JsonObject) -> None:
    with_witness(page, spoil=None)

    page.goto(str(issued["url"]))

    expect_outcome(page, "passed")
    expect(page.get_by_text("Not enough of them have seen")).to_be_visible()


def test_one_changed_byte_of_a_cosignature_turns_it_red(page: Page, issued: JsonObject) -> None:
    with_witness(page, spoil=lambda body: one_bit(body, 0.5, within=(len(body) - 60, len(body))))

    page.goto(str(issued["url"]))

    expect_failure(page)


# What cannot be checked says nothing


@pytest.mark.parametrize(
    "address", [CREDENTIAL, RECEIPT, KEYS, CHECKPOINT, "**/static/verify.mjs*"]
)
def test_what_does_not_arrive_says_nothing_bad(
    page: Page, issued: JsonObject, address: str
) -> None:
    page.route(address, lambda route: route.abort())

    page.goto(str(issued["url"]))

    expect_unable(page, "The server could not be reached.")


def test_an_answer_that_is_an_error_says_nothing_bad(page: Page, issued: JsonObject) -> None:
    page.route(RECEIPT, lambda route: route.fulfill(status=503, body="later"))

    page.goto(str(issued["url"]))

    expect_unable(page, "The server did not send what is needed.")


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("delete SubtleCrypto.prototype.importKey", "Newer browsers can."),
        ("Object.defineProperty(crypto, 'subtle', {value: undefined})", "Newer browsers can."),
    ],
)
def test_a_browser_that_cannot_check_says_so(
    page: Page, issued: JsonObject, missing: str, why: str
) -> None:
    page.add_init_script(missing)

    page.goto(str(issued["url"]))

    expect_unable(page, why)


def expect_unable(page: Page, why: str) -> None:
    expect_outcome(page, "unable")
    block = page.locator("#own-check")
    expect(block.get_by_role("status")).to_contain_text("Your browser could not check this")
    expect(block.get_by_text(why)).to_be_visible()
    expect(page.locator("body")).to_have_class("verdict-valid")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_without_script_the_page_is_complete_and_says_how_to_check(
    chromium: Browser, issued: JsonObject
) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": PHONE["width"], "height": PHONE["height"]}
    )
    page = context.new_page()

    page.goto(str(issued["url"]))

    expect(page.locator(".band[role=status]")).to_contain_text("Genuine")
    expect(page.get_by_text("Your browser has not checked this")).to_be_visible()
    expect(page.get_by_text("node verify.mjs receipt")).to_be_visible()
    expect(page.get_by_text("Your browser confirms it")).to_be_hidden()
    expect(page.get_by_text("9 of 9 checks passed.")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 390])
def test_a_phone_shows_the_whole_command_and_the_whole_checkpoint_link(
    chromium: Browser, issued: JsonObject, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()

    page.goto(str(issued["url"]))

    command = page.locator(".by-hand pre")
    assert command.evaluate("it => it.scrollWidth <= it.clientWidth")
    line = 1.5 * command.evaluate("it => parseFloat(getComputedStyle(it).lineHeight)")
    words = command.locator("code")
    lines = words.inner_text().count("\n") + 1
    bottoms = "it => [...it.getClientRects()].map((rect) => Math.round(rect.bottom))"
    assert len(set(words.evaluate(bottoms))) == lines == 4
    link = page.locator("section.ledger a")
    assert link.evaluate("it => it.getBoundingClientRect().height") < line
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()


def test_a_withdrawn_credential_is_confirmed_as_recorded_and_stays_withdrawn(
    demo: DemoService, page: Page
) -> None:
    issued = issue(demo, "Left Early")
    call(demo, "POST", f"/v1/credentials/{issued['id']}/revocation", {"reason": "A test."})

    page.goto(str(issued["url"]))

    expect_outcome(page, "passed")
    expect(page.locator("body")).to_have_class("verdict-revoked")
    expect(
        page.locator("#own-check").get_by_text("still stands is not part of this")
    ).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("outcome", ["passed", "failed", "unable"])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nobody_is_shut_out_of_any_outcome(
    chromium: Browser, issued: JsonObject, scheme: str, outcome: str, viewport: dict[str, int]
) -> None:
    context = chromium.new_context(
        viewport={"width": viewport["width"], "height": viewport["height"]},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    if outcome == "failed":
        changed(page, CREDENTIAL, lambda body: one_bit(body, 0.5))
    if outcome == "unable":
        page.route(RECEIPT, lambda route: route.abort())

    page.goto(str(issued["url"]))
    expect_outcome(page, outcome)

    nobody_is_shut_out(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
