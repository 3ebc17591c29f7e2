"""Addresses of documents: what may be followed, and under which name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.web.pages.links import MAX_LENGTH, host_of, link_of

BASE_URL = "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://example.org", "example.org"),
        ("https://EXAMPLE.org:8443/a?b=c#d", "example.org:8443"),
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
        ("http://127.0.0.1:8000/c/abc", "127.0.0.1:8000"),
        ("https://example.org/名前", "example.org"),
    ],
)
def test_a_plain_https_address_or_our_own_is_a_link(address: str, host: str) -> None:
    link = link_of(address, base_url=BASE_URL)

    assert link is not None
    assert link.host == host


def test_t48_a_look_alike_host_is_shown_as_what_it_is() -> None:
    link = link_of("https://credhub.ex\u0430mple/v/1", base_url=BASE_URL)

    assert link is not None
    assert link.host == "credhub.xn--exmple-4nf"
    assert link.href == "https://credhub.xn--exmple-4nf/v/1"


@pytest.mark.parametrize(
    "address",
    [
        None,
        7,
        ["https://example.org"],
        "",
        "example.org",
        "http://example.org/",
        "http://127.0.0.1:80001/",
        "http://127.0.0.1:8000.evil.example/",
        "http://127.0.0.1:8000@evil.example/",
        "https://-example.org/",
        "https://example..org/",
        "https://exa mple.org/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://\u2024\u2024/",
        "https://example.org/\u202egnp",
        f"https://example.org/{'a' * MAX_LENGTH}",
    ],
)
def test_t37_anything_else_is_no_link(address: object) -> None:
    assert link_of(address, base_url=BASE_URL) is None


@given(st.text() | st.from_regex(r"https?://[^/]{0,20}/.{0,20}") | st.text("https:/@.\\[]%xn-"))
def test_t37_a_link_is_https_with_an_ascii_host_whatever_the_text(address: str) -> None:
    link = link_of(address, base_url="https://learn.example.org")

    if link is not None:
        assert re.match(r"https://[a-z0-9.:\[\]-]+(?:[/?#]|$)", link.href)
        assert not re.search(r"[\s<>\"'`\\]", link.href)


def test_the_host_of_this_service_has_its_port() -> None:
    assert host_of(BASE_URL) == "127.0.0.1:8000"
