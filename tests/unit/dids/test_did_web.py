import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.dids import did_web
from credhub.errors import DidSyntaxError


@pytest.mark.parametrize(
    ("base_url", "did"),
    [
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000:hubs:demo"),
        ("http://localhost:8000/", "did:web:localhost%3A8000:hubs:demo"),
        ("https://Hub.Example", "did:web:hub.example:hubs:demo"),
        ("https://hub.example:8443", "did:web:hub.example%3A8443:hubs:demo"),
    ],
)
def test_a_hub_has_a_did_below_its_address(base_url: str, did: str) -> None:
    assert did_web.did_of(base_url, "demo") == did


@pytest.mark.parametrize(
    "base_url",
    ["", "hub.example", "https://", "https://a@b.example", "https://hub.example/x",
     "https://hub.example?x", "https://hub.example#x", "https://:80"],
)  # fmt: skip
def test_an_address_that_is_more_than_a_host_is_refused(base_url: str) -> None:
    with pytest.raises(DidSyntaxError):
        did_web.did_of(base_url, "demo")


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:hub.example", "https://hub.example/.well-known/did.json"),
        ("did:web:hub.example:hubs:demo", "https://hub.example/hubs/demo/did.json"),
        ("did:web:hub.example%3A8443", "https://hub.example:8443/.well-known/did.json"),
        ("did:web:hub.example%3a8443:x", "https://hub.example:8443/x/did.json"),
        (
            "did:web:xn--mnchen-3ya.example:A.b_c-d",
            "https://xn--mnchen-3ya.example/A.b_c-d/did.json",
        ),
        ("did:web:1.2.3.example:...", "https://1.2.3.example/.../did.json"),
        ("did:web:a.b.c.d.e.f", "https://a.b.c.d.e.f/.well-known/did.json"),
    ],
)
def test_t25_a_plain_did_has_one_address(did: str, url: str) -> None:
    assert did_web.url_of(did) == url


@pytest.mark.parametrize(
    "did",
    [
        pytest.param("did:web:evil.example%40internal", id="user name"),
        pytest.param("did:web:evil.example%40internal.example", id="user name and host"),
        pytest.param("did:web:user@internal.example", id="bare user name"),
        pytest.param("did:web:a.example%2Fetc%2Fpasswd", id="slash"),
        pytest.param("did:web:a.example/etc", id="bare slash"),
        pytest.param("did:web:a.example:..:etc", id="dots"),
        pytest.param("did:web:a.example:.", id="dot"),
        pytest.param("did:web:a.example:x:..", id="dots at the end"),
        pytest.param("did:web:a.example:%2e%2e:etc", id="encoded dots"),
        pytest.param("did:web:a.example?x=1", id="query"),
        pytest.param("did:web:a.example#key", id="fragment"),
        pytest.param("did:web:a.example%23", id="encoded fragment"),
        pytest.param("did:web:127.0.0.1", id="address"),
        pytest.param("did:web:127.0.0.1%3A8000:hubs:demo", id="address with port"),
        pytest.param("did:web:2130706433", id="decimal address"),
        pytest.param("did:web:0x7f000001", id="hexadecimal address"),
        pytest.param("did:web:0x7f.1", id="short hexadecimal address"),
        pytest.param("did:web:127.1", id="short address"),
        pytest.param("did:web:%5B%3A%3A1%5D", id="version 6"),
        pytest.param("did:web:[::1]", id="bare version 6"),
        pytest.param("did:web:localhost", id="one label"),
        pytest.param("did:web:localhost%3A8000", id="one label with port"),
        pytest.param("did:web:münchen.example", id="other letters"),
        pytest.param("did:web:\uff41.example", id="wide letters"),
        pytest.param("did:web:HUB.example", id="upper case"),
        pytest.param("did:web:a..example", id="empty label"),
        pytest.param("did:web:.example", id="leading dot"),
        pytest.param("did:web:a.example.", id="trailing dot"),
        pytest.param("did:web:-a.example", id="leading hyphen"),
        pytest.param("did:web:a-.example", id="trailing hyphen"),
        pytest.param("did:web:a_b.example", id="underscore"),
        pytest.param("did:web:a.example%3A", id="no port"),
        pytest.param("did:web:a.example%3A0", id="port zero"),
        pytest.param("did:web:a.example%3A08", id="port with a zero"),
        pytest.param("did:web:a.example%3A65536", id="port too high"),
        pytest.param("did:web:a.example%3A80%3A80", id="two ports"),
        pytest.param("did:web:a.example::x", id="empty part"),
        pytest.param("did:web:a.example:", id="empty part at the end"),
        pytest.param("did:web:a.example:x%20y", id="space"),
        pytest.param("did:web:a.example\n", id="line break"),
        pytest.param("did:web:" + "a." * 300 + "example", id="too long"),
        pytest.param("did:web:" + "a" * 64 + ".example", id="label too long"),
        pytest.param("did:web:", id="nothing"),
        pytest.param("DID:WEB:a.example", id="other case"),
        pytest.param("did:key:z6Mk", id="other method"),
    ],
)
def test_t25_any_other_spelling_is_refused(did: str) -> None:
    with pytest.raises(DidSyntaxError):
        did_web.url_of(did)


@given(
    st.text() | st.text("did:web.%3A2F40-_xn0[]@/?#").map(lambda tail: "did:web:a.example" + tail)
)
def test_text_is_either_refused_or_read_exactly(did: str) -> None:
    try:
        url = did_web.url_of(did)
    except DidSyntaxError:
        return
    host, _, path = url.removeprefix("https://").partition("/")
    segments = path.removesuffix("/did.json").removeprefix(".well-known").split("/")
    again = "did:web:" + ":".join([host.replace(":", "%3A"), *filter(None, segments)])
    assert again == did.replace("%3a", "%3A")
