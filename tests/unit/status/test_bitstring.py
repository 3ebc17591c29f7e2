import base64
import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import (
    StatusIndexError,
    StatusListError,
    StatusListTooLargeError,
    StatusListTooShortError,
)
from credhub.status import bitstring
from credhub.status.bitstring import LENGTH, MAX_BYTES
from tests import vectors


def text_of(packed: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


@given(st.sets(st.integers(0, LENGTH - 1), max_size=50))
def test_a_list_survives_its_text(indexes: set[int]) -> None:
    bits = bitstring.decode(bitstring.encode(indexes))

    assert len(bits) == LENGTH // 8
    assert int.from_bytes(bits, "big").bit_count() == len(indexes)
    assert all(bitstring.bit(bits, index) for index in indexes)


def test_t28_the_first_bit_is_the_left_most() -> None:
    bits = bitstring.decode(bitstring.encode({0, 7, 8, 131071}))

    assert bits[:3] == b"\x81\x80\x00"
    assert bits[-1] == 1
    places = (0, 1, 6, 7, 8, 9, 131070, 131071)
    assert [bitstring.bit(bits, place) for place in places] == [
        True, False, False, True, True, False, False, True,
    ]  # fmt: skip


def test_t28_places_outside_the_list_are_errors() -> None:
    bits = bytes(LENGTH // 8)

    assert bitstring.bit(bits, LENGTH - 1) is False
    for index in (-1, LENGTH, 2**64):
        with pytest.raises(StatusIndexError) as refused:
            bitstring.bit(bits, index)
        assert refused.value.index == index
        with pytest.raises(StatusIndexError):
            bitstring.encode({index})


def test_t28_a_short_list_is_refused() -> None:
    with pytest.raises(StatusListTooShortError):
        bitstring.decode(text_of(gzip.compress(bytes(LENGTH // 8 - 1))))
    assert bitstring.decode(text_of(gzip.compress(bytes(LENGTH // 8))))
    for length in (LENGTH - 8, LENGTH + 1):
        with pytest.raises(ValueError, match="131072"):
            bitstring.encode((), length=length)
    assert len(bitstring.decode(bitstring.encode((), length=2 * LENGTH))) == LENGTH // 4


def test_the_text_is_the_same_each_time() -> None:
    assert bitstring.encode({5}) == bitstring.encode([5, 5])
    packed = base64.urlsafe_b64decode(bitstring.encode({5})[1:] + "==")
    assert packed[4:8] == bytes(4)  # no time of making in the gzip header


def test_t27_a_bomb_is_refused_before_it_is_unpacked() -> None:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(2**20)
    packed = b"".join(compressor.compress(zeros) for _ in range(64)) + compressor.flush()

    with pytest.raises(StatusListTooLargeError):
        bitstring.decode(text_of(packed))
    with pytest.raises(StatusListTooLargeError):
        bitstring.decode("u" + "A" * (3 * MAX_BYTES))


def test_t27_the_bound_is_exact() -> None:
    packed = text_of(gzip.compress(bytes(LENGTH // 8)))

    assert bitstring.decode(packed, max_bytes=LENGTH // 8)
    with pytest.raises(StatusListTooLargeError):
        bitstring.decode(packed, max_bytes=LENGTH // 8 - 1)


PACKED = gzip.compress(bytes(LENGTH // 8))


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("", id="empty"),
        pytest.param("u", id="nothing"),
        pytest.param(text_of(PACKED)[1:], id="no multibase"),
        pytest.param("z" + text_of(PACKED)[1:], id="other multibase"),
        pytest.param(text_of(PACKED) + "=", id="padding"),
        pytest.param(text_of(PACKED)[:-1] + "+", id="other alphabet"),
        pytest.param(text_of(PACKED) + "\n", id="line break"),
        pytest.param("u" + "A" * 5, id="one character too many"),
        pytest.param(text_of(PACKED[:-1]), id="cut off"),
        pytest.param(text_of(PACKED[:30]), id="cut off early"),
        pytest.param(text_of(PACKED + PACKED), id="two members"),
        pytest.param(text_of(PACKED + b"x"), id="something behind"),
        pytest.param(text_of(gzip.compress(PACKED)), id="packed twice"),
        pytest.param(text_of(zlib.compress(bytes(LENGTH // 8))), id="zlib"),
        pytest.param(text_of(bytes(LENGTH // 8)), id="not packed"),
        pytest.param(text_of(PACKED[:-8] + b"\0" * 8), id="wrong sum"),
    ],
)
def test_t27_what_is_no_list_is_refused(encoded: str) -> None:
    with pytest.raises(StatusListError):
        bitstring.decode(encoded)


@given(st.text() | st.binary(max_size=60).map(text_of))
def test_any_text_is_either_refused_or_a_list(encoded: str) -> None:
    with pytest.raises(StatusListError):
        bitstring.decode(encoded)


def test_the_list_of_the_specification_is_read() -> None:
    examples = json.loads(vectors.text("bitstring-status-list/spec-examples.json"))
    lists = [text for text in examples if '"BitstringStatusListCredential"' in text]

    assert len(lists) == 2
    for text in lists:
        encoded = text.partition('"encodedList": "')[2].partition('"')[0]
        assert bitstring.decode(encoded) == bytes(LENGTH // 8)
