import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import VerificationError
from credhub.proofs.sd_jwt.compact import MAX_BYTES, MAX_DISCLOSURES, SdJwt


def test_a_token_without_disclosures() -> None:
    assert SdJwt.parse("a.b.c~") == SdJwt(jwt="a.b.c")


def test_a_token_with_disclosures_and_a_key_binding() -> None:
    parsed = SdJwt.parse("a.b.c~x~y~d.e.f")

    assert parsed == SdJwt(jwt="a.b.c", disclosures=("x", "y"), key_binding="d.e.f")
    assert parsed.text() == "a.b.c~x~y~d.e.f"
    assert parsed.presented() == "a.b.c~x~y~"


def test_the_digest_is_the_same_whatever_is_shown() -> None:
    assert SdJwt.parse("a.b.c~x~y~").digest == SdJwt.parse("a.b.c~y~d.e.f").digest
    assert SdJwt.parse("a.b.c~").digest != SdJwt.parse("a.b.d~").digest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed-sd-jwt"),
        ("a.b.c", "malformed-sd-jwt"),
        ("~", "malformed-sd-jwt"),
        ("~a~", "malformed-sd-jwt"),
        ("a.b.c~~", "malformed-sd-jwt"),
        ("a.b.c~x~~y~", "malformed-sd-jwt"),
        ("a.b.c~\u00e9~", "malformed-sd-jwt"),
        ('{"payload": ""}', "token-json-serialization"),
        (' {"payload": "~"}', "token-json-serialization"),
        ("a.b.c~x~x~", "repeated-disclosure"),
        ("a.b.c~x~y~x~d.e.f", "repeated-disclosure"),
        ("a" * MAX_BYTES + "~", "token-too-large"),
        ("a.b.c~" + "~".join(map(str, range(MAX_DISCLOSURES + 1))) + "~", "token-too-large"),
    ],
)
def test_what_is_no_such_token_is_refused(text: str, code: str) -> None:
    with pytest.raises(VerificationError) as caught:
        SdJwt.parse(text)

    assert caught.value.code == code


def test_as_many_disclosures_as_are_allowed() -> None:
    text = "a.b.c~" + "~".join(map(str, range(MAX_DISCLOSURES))) + "~"

    assert len(SdJwt.parse(text).disclosures) == MAX_DISCLOSURES


@given(st.text() | st.text(alphabet="ab.~{", max_size=20))
def test_text_is_either_refused_or_read_exactly(text: str) -> None:
    try:
        parsed = SdJwt.parse(text)
    except VerificationError:
        return
    assert parsed.text() == text
