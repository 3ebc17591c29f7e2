"""Strict CBOR: what is accepted is what would be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import cbor
from credhub.cbor import CborValue
from credhub.errors import MalformedCborError

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
)
values: st.SearchStrategy[CborValue] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 300), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(values)
def test_what_is_written_is_read_again(value: CborValue) -> None:
    try:
        read = cbor.decode(cbor.encode(value), max_depth=32)
    except MalformedCborError:
        pytest.fail("what was written is not read")

    assert read == value


@given(st.binary(max_size=40))
def test_bytes_are_either_refused_or_read_exactly(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except MalformedCborError:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    ("case", "data"),
    {
        "nothing": "",
        "a text that ends early": "83",
        "an array that claims to be huge": "9b7fffffffffffffff",
        "bytes that claim to be huge": "5b7fffffffffffffff00",
        "a map that claims to be huge": "bb00000000ffffffff",
        "something after the end": "0101",
        "a number in a longer form": "1801",
        "an indefinite length": "9f01ff",
        "a member twice": "a201010102",
        "a tag that stands for a number": "c2420100",
        "a tag that stands for a regular expression": "d823626128",
        "a tag that changes nothing": "d9d9f701",
        "an array that holds itself": "d81c81d81d00",
        "a tag that nobody knows": "d9ffff01",
        "a text that is not Unicode": "62ff00",
        "deep nesting": "81" * 9 + "01",
        "very deep nesting": "81" * 5000 + "01",
    }.items(),
    ids=lambda case: case if " " in case else "",
)
def test_what_another_reader_could_understand_otherwise_is_refused(case: str, data: str) -> None:
    assert case

    with pytest.raises(MalformedCborError):
        cbor.decode(bytes.fromhex(data))


def test_eight_levels_are_enough() -> None:
    assert cbor.decode(bytes.fromhex("81" * 8 + "01")) == [[[[[[[[1]]]]]]]]
