import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.credentials.code import MAX_HUB, RANDOM_BYTES, PublicCode
from credhub.errors import UnknownCodeError

codes = st.builds(
    PublicCode.make,
    st.integers(0, MAX_HUB),
    st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES),
)


def test_a_code_is_32_characters_that_begin_with_the_hub() -> None:
    code = PublicCode.make(1, bytes(17))

    assert code == PublicCode(hub=1, text="aaaac" + "a" * 27)
    assert PublicCode.make(MAX_HUB, b"\xff" * 17).text == "7" * 32


@given(codes)
def test_a_code_is_read_in_any_letter_case(code: PublicCode) -> None:
    assert PublicCode.parse(code.text) == code
    assert PublicCode.parse(code.text.upper()) == code
    assert PublicCode.parse(code.text.title()) == code


@given(
    st.text()
    | st.builds(
        lambda code, at, character: code.text[:at] + character + code.text[at + 1 :],
        codes,
        st.integers(0, 32),
        st.characters(),
    )
)
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        code = PublicCode.parse(text)
    except UnknownCodeError:
        return
    assert code.text == text.lower()


@pytest.mark.parametrize(
    "text", ["", "a" * 31, "a" * 33, "a" * 31 + "1", "a" * 31 + "=", "a" * 32 + "\n", "\u212a" * 32]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(UnknownCodeError):
        PublicCode.parse(text)


@pytest.mark.parametrize(("hub", "random"), [(-1, bytes(17)), (2**24, bytes(17)), (0, bytes(16))])
def test_a_code_is_made_of_what_fits(hub: int, random: bytes) -> None:
    with pytest.raises(ValueError, match="17 bytes"):
        PublicCode.make(hub, random)
