"""Every kind of upload, on a phone and on a desk, with JavaScript and without."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from credhub.jsontypes import JsonObject
from tests.browser.conftest import ROOT, DemoService
from tests.browser.looking import SIZES, choose, looking, paste
from tests.browser.test_employer import call, issue
from tests.hostile import pdfs, photos, pngs, svgs

pytestmark = pytest.mark.browser

NAME: Final = "Zofia Wiśniewska"
TOKENS: Final = ("vc+jwt", "dc+sd-jwt")


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=list(SIZES.values()), ids=list(SIZES))
def page(
    request: pytest.FixtureRequest, chromium: Browser, demo: DemoService, *, scripts: bool
) -> Iterator[Page]:
    with looking(chromium, request.param, origin=demo.origin, scripts=scripts) as opened:
        yield opened


def choose_forms(demo: DemoService, *forms: str) -> None:
    """Choose the forms of the hub as its operator does."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CREDHUB_")},
        "CREDHUB_DATA": str(demo.data),
        "CREDHUB_SECOND_STORE": f"sqlite:///{demo.data}-second/second.db",
        "CREDHUB_BASE_URL": demo.origin,
        "CREDHUB_NEW_KEY_WAIT": "0",
    }
    command = [sys.executable, "-m", "credhub.cli.main", "hub", "forms", "riverside", *forms]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own words


@pytest.fixture(scope="module")
def issued(demo: DemoService) -> Iterator[JsonObject]:
    """A credential that was signed as JSON and as tokens."""
    choose_forms(demo, *TOKENS)
    yield issue(demo, NAME)
    choose_forms(demo, "eddsa-rdfc-2022")


Make = Callable[[DemoService, JsonObject], bytes]


def as_format(name: str) -> Make:
    return lambda demo, issued: call(
        demo, "GET", f"{str(issued['url']).removeprefix(demo.origin)}?format={name}"
    )


def signed(issued: JsonObject) -> bytes:
    return json.dumps(issued["credential"]).encode()


def address(issued: JsonObject) -> str:
    return str(issued["url"])


FILES: Final[Mapping[str, Make]] = {
    "certificate": as_format("pdf"),
    "PDF of others": lambda _, issued: pdfs.with_files(b"notes", signed(issued)),
    "PNG badge": lambda _, issued: pngs.image(pngs.international(signed(issued))),
    "SVG badge": lambda _, issued: svgs.image(svgs.element(signed(issued).decode())),
    "JSON": as_format("vc"),
    "JWT": as_format("vc%2Bjwt"),
    "SD-JWT": as_format("dc%2Bsd-jwt"),
    "bundle": as_format("bundle"),
    "scan": lambda _, issued: pngs.of_rows(photos.rows_of(address(issued).upper())),
    "photo": lambda _, issued: photos.jpeg(photos.rows_of(address(issued))),
}


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_file_is_verified(
    demo: DemoService, issued: JsonObject, page: Page, kind: str
) -> None:
    choose(page, demo.origin, FILES[kind](demo, issued), name="from the mail")

    is_genuine(page)


@pytest.mark.parametrize("kind", ["JSON", "JWT", "SD-JWT", "bundle"])
def test_every_kind_of_text_is_verified_when_it_is_pasted(
    demo: DemoService, issued: JsonObject, page: Page, kind: str
) -> None:
    paste(page, demo.origin, FILES[kind](demo, issued).decode())

    is_genuine(page)


def test_a_link_is_opened_wherever_it_is_put(
    demo: DemoService, issued: JsonObject, page: Page
) -> None:
    for text in (address(issued), address(issued).rpartition("/")[2].upper()):
        page.goto(f"{demo.origin}/verify")
        page.get_by_label("Address or code").fill(text)
        page.get_by_role("button", name="Open").click()
        is_genuine(page)
    paste(page, demo.origin, address(issued))
    is_genuine(page)
    assert page.url == address(issued)


def is_genuine(page: Page) -> None:
    expect(page.locator("body")).to_have_class("verdict-valid")
    expect(page.get_by_text(NAME).first).to_be_visible()
