import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url
from credhub.errors import MalformedBase64Error


@given(st.binary())
def test_bytes_survive(raw: bytes) -> None:
    assert base64url.decode(base64url.encode(raw)) == raw


@given(st.text() | st.text(alphabet="ABab01-_+/= \n", max_size=9))
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        raw = base64url.decode(text)
    except MalformedBase64Error:
        return
    assert base64url.encode(raw) == text


@pytest.mark.parametrize(
    "text", ["A", "AB==", "AB=", "AA\n", " AA", "A+A", "A/AA", "AAAAA", "é", "AA.A", "A\0AA", "AAé"]
)
def test_what_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(MalformedBase64Error):
        base64url.decode(text)


@pytest.mark.parametrize(("text", "raw"), [("AA", b"\0"), ("AAA", b"\0\0"), ("_-8", b"\xff\xef")])
def test_the_last_bits_are_zero(text: str, raw: bytes) -> None:
    assert base64url.decode(text) == raw
    with pytest.raises(MalformedBase64Error):
        base64url.decode(text[:-1] + chr(ord(text[-1]) + 1))
