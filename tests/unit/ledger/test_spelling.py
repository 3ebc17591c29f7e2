import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.ledger.spelling import (
    MAX_SIZE,
    decimal,
    from_base64,
    hash_from_base64,
    is_name,
    to_base64,
)
from tests.damage import damaged_text

NUMBERS = st.integers(0, MAX_SIZE)


@given(NUMBERS)
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert decimal(str(number)) == number


@given(st.text() | damaged_text(NUMBERS.map(str)))
def test_a_number_is_refused_or_has_one_spelling(text: str) -> None:
    try:
        number = decimal(text)
    except ValueError:
        return
    assert str(number) == text


@pytest.mark.parametrize("text", ["", "01", "+1", "-1", "1_0", " 1", "\u0661", str(MAX_SIZE + 1)])
def test_other_spellings_of_a_number_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        decimal(text)


@given(st.text() | damaged_text(st.binary().map(to_base64)))
def test_base64_is_refused_or_has_one_spelling(text: str) -> None:
    try:
        data = from_base64(text)
    except ValueError:
        return
    assert to_base64(data) == text


def test_base64_with_loose_bits_is_refused() -> None:
    assert from_base64("AA==") == b"\0"

    with pytest.raises(ValueError, match="shortest"):
        from_base64("AB==")


def test_a_hash_has_32_bytes() -> None:
    assert hash_from_base64(to_base64(bytes(32))) == bytes(32)

    with pytest.raises(ValueError, match="32"):
        hash_from_base64(to_base64(bytes(31)))


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\tb", "a\u00a0b", "a\u2003b", "\u202e", "a\n"]
)
def test_a_name_without_letters_or_with_spaces_is_none(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize("name", ["hub.example/ledger/demo/2026", "例え"])
def test_a_name_may_be_an_address_in_any_script(name: str) -> None:
    assert is_name(name)
