"""T36 and T37: whatever a document holds, it stays text."""

from collections.abc import Iterator
from copy import deepcopy

import pytest

from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.report import Verdict
from tests.web.pages import samples
from tests.web.pages.dom import Element, read, skeleton
from tests.web.pages.gallery import hub_page, permanent_page

PAYLOADS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "'><svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' onfocus='alert(1)' autofocus='",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<!-- <b> --><i>",
    "-->\u003cscript>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "{{ 7*7 }}{% for x in y %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202e<b>gnp.exe</b>\u2066",
    "</bdi></p></article><h1>Genuine and in force</h1>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    'https://ok.example/"><script>alert(1)</script>',
)
BAD_ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "http://plain.example/",
    "//evil.example/",
    "/verify",
    "https:evil.example",
    "https://",
    "https://user:pass@evil.example/",
    "https://evil.example\\@good.example/",
    "https://learn.example.org@evil.example/",
    "file:///etc/passwd",
)
Path = tuple[str | int, ...]


def _text_paths(value: JsonValue, path: Path = ()) -> Iterator[Path]:
    match value:
        case str():
            yield path
        case list():
            for index, item in enumerate(value):
                yield from _text_paths(item, (*path, index))
        case dict():
            for name, member in value.items():
                yield from _text_paths(member, (*path, name))
        case _:
            pass


def _with(document: JsonObject, path: Path, text: str) -> JsonObject:
    changed = deepcopy(document)
    place: JsonValue = changed
    for step in path[:-1]:
        place = _step(place, step)
    match place, path[-1]:
        case dict(), str(name):
            place[name] = text
        case list(), int(index):
            place[index] = text
        case _:
            raise AssertionError(path)
    return changed


def _step(place: JsonValue, step: str | int) -> JsonValue:
    match place, step:
        case dict(), str(name):
            return place[name]
        case list(), int(index):
            return place[index]
        case _:
            raise AssertionError(step)


def _page(document: JsonObject, verdict: Verdict) -> Element:
    return read(permanent_page(samples.report(verdict, document)))


TEXT_FIELDS = tuple(_text_paths(samples.credential()))


@pytest.mark.parametrize("path", TEXT_FIELDS, ids=lambda path: "/".join(map(str, path)))
def test_t36_no_text_field_can_add_an_element_or_an_attribute(path: Path) -> None:
    document = samples.credential()
    harmless = skeleton(_page(_with(document, path, "x"), Verdict.VALID))

    for payload in PAYLOADS:
        hostile = _page(_with(document, path, payload), Verdict.VALID)

        assert skeleton(hostile) == harmless, payload


def test_t36_the_payloads_are_shown_as_they_are() -> None:
    for payload in PAYLOADS:
        document = _with(samples.credential(), ("credentialSubject", "name"), payload)

        assert " ".join(payload.split()) in _page(document, Verdict.UNKNOWN_ISSUER).text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t36_a_hub_cannot_add_an_element_to_its_page(payload: str) -> None:
    hostile = read(hub_page(name=payload, description=payload))

    assert skeleton(hostile) == skeleton(read(hub_page(name="x", description="x")))


LINK_FIELDS = (
    ("credentialSubject", "achievement", "criteria", "id"),
    ("credentialSubject", "achievement", "alignment", 0, "targetUrl"),
    ("credentialSubject", "achievement", "id"),
    ("evidence", 0, "id"),
    ("issuer", "url"),
)


@pytest.mark.parametrize("path", LINK_FIELDS, ids=lambda path: "/".join(map(str, path)))
@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_t37_an_address_that_is_not_plain_https_is_no_link(path: Path, address: str) -> None:
    page = _page(_with(samples.credential(), path, address), Verdict.VALID)

    own = {"/", "/verify", "/docs", "#content"}
    targets = {link.attributes["href"] for link in page.find("a")} - own
    assert address.strip() not in targets
    assert all(target.startswith(("https://", "/")) for target in targets)
    assert not [target for target in targets if "evil" in target or target.startswith("//")]


def test_t37_an_https_address_is_a_link_that_names_its_host() -> None:
    page = _page(samples.credential(), Verdict.VALID)

    (link,) = page.find("a", href="https://riverside.example.org/logbooks/amina-2026")
    assert link.attributes["rel"] == "noopener nofollow ugc"
    assert "(riverside.example.org)" in page.text
