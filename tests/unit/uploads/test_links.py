"""Addresses in QR codes (T48)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import NotALinkError
from credhub.uploads.links import ForeignLink, OwnLink, address_in, read

CODE = "aaaaabcdefghijklmnopqrstuvwxyz23"
ORIGINS = ("https://hub.example", "http://127.0.0.1:8000")


@pytest.mark.parametrize(
    "address",
    [
        f"https://hub.example/c/{CODE}",
        f"HTTPS://HUB.EXAMPLE/C/{CODE.upper()}",
        f"http://127.0.0.1:8000/c/{CODE}",
    ],
)
def test_t48_an_own_address_gives_its_code(address: str) -> None:
    assert read(address, ORIGINS) == OwnLink(CODE)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://credhub.ex\u0430mple/v/1", "credhub.xn--exmple-4nf"),
        (f"https://hub.ex\u0430mple/c/{CODE}", "hub.xn--exmple-4nf"),
        (f"https://hub.example.evil.example/c/{CODE}", "hub.example.evil.example"),
        (f"https://hub.example@evil.example/c/{CODE}", "evil.example"),
        (f"https://evil.example\\@hub.example/c/{CODE}", "evil.example"),
        (f"https://evil.example/c/{CODE}?https://hub.example/c/{CODE}", "evil.example"),
        (f"http://hub.example/c/{CODE}", "hub.example"),
        (f"https://hub.example:444/c/{CODE}", "hub.example"),
        (f"https://hub.example/c/{CODE}#x", "hub.example"),
        (f"https://hub.example/c/{CODE}?q", "hub.example"),
        ("https://hub.example/c/..", "hub.example"),
        (f"https://hub\uff0eexample\u3002evil/c/{CODE}", "hub.example.evil"),
        ("https://[::1]/x", "::1"),
    ],
)
def test_t48_any_other_address_is_foreign_and_its_host_is_in_ascii(address: str, host: str) -> None:
    assert read(address, ORIGINS) == ForeignLink(host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "mailto:a@b",
        "javascript:alert(1)",
        "https://",
        "https://[",
        "https:///x",
        "//a",
        f"https://{'a.' * 130}example/",
        "https://a b/",
        "https://<b>/",
    ],
)
def test_what_is_no_web_address_is_refused(text: str) -> None:
    with pytest.raises(NotALinkError):
        read(text, ORIGINS)


@given(st.text() | st.text().map(lambda text: f"https://{text}/"))
def test_a_host_is_ascii_or_the_text_is_refused(text: str) -> None:
    try:
        link = read(text, ORIGINS)
    except NotALinkError:
        return
    assert isinstance(link, ForeignLink)
    assert link.host.isascii()
    assert not set(link.host) & set("<>&\"' /")


@pytest.mark.parametrize(
    "text", [b"https://a.example/x", b" HTTP://a.example \r\n", b"\xef\xbb\xbfhttps://a.example"]
)
def test_a_text_that_is_an_address_and_nothing_else_is_one(text: bytes) -> None:
    address = address_in(text)

    assert address is not None
    assert read(address, ORIGINS) == ForeignLink("a.example")


@pytest.mark.parametrize(
    "text", [b"", b"a.example/x", b"ftp://a.example", b"see https://a.example", b"https://a.e it"]
)
def test_any_other_text_is_no_address(text: bytes) -> None:
    assert address_in(text) is None
