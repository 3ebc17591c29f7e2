"""Sealed values open with their key in their place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.errors import UnsealError
from credhub.keys.ed25519 import Ed25519Signer
from credhub.keys.sealing import hmac_of, seal, unseal
from credhub.proofs import ed25519

KEY, OTHER = b"k" * 32, b"o" * 32
PLACE = b"learner 7"


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens(plaintext: bytes, context: bytes) -> None:
    assert unseal(KEY, seal(KEY, plaintext, context=context), context=context) == plaintext


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_changed_bit_is_refused(plaintext: bytes, data: st.DataObject) -> None:
    sealed = seal(KEY, plaintext, context=PLACE)
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    changed = (int.from_bytes(sealed) ^ 1 << bit).to_bytes(len(sealed))

    with pytest.raises(UnsealError):
        unseal(KEY, changed, context=PLACE)


@pytest.mark.parametrize("length", range(0, 35, 3))
def test_a_cut_value_is_refused(length: int) -> None:
    sealed = seal(KEY, b"", context=PLACE)
    cut = sealed[:length] if length < len(sealed) else sealed + b"x"

    with pytest.raises(UnsealError):
        unseal(KEY, cut, context=PLACE)


def test_another_key_or_place_is_refused() -> None:
    sealed = seal(KEY, b"Ada", context=PLACE)

    with pytest.raises(UnsealError):
        unseal(OTHER, sealed, context=PLACE)
    with pytest.raises(UnsealError):
        unseal(KEY, sealed, context=b"learner 8")


def test_sealing_twice_shows_nothing() -> None:
    first, second = (seal(KEY, b"Ada", context=PLACE) for _ in range(2))

    assert first != second
    assert b"Ada" not in first + second
    assert len(first) == 1 + 12 + 3 + 16


def test_marks_depend_on_key_label_and_value() -> None:
    marks = {
        hmac_of(key, label, value)
        for key in (KEY, OTHER)
        for label in (b"email", b"external-id")
        for value in (b"a@example.org", b"b@example.org")
    }

    assert len(marks) == 8
    assert hmac_of(KEY, b"email", b"a") == hmac_of(KEY, b"email", b"a")


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(b"short", b"", context=b"")
    with pytest.raises(ValueError, match="32 bytes"):
        hmac_of(b"short", b"", b"")


def test_a_signer_survives_sealing_and_signs() -> None:
    made = Ed25519Signer.generate()

    opened = Ed25519Signer.open(KEY, made.seal(KEY, context=PLACE), context=PLACE)

    assert opened.public_key == made.public_key
    ed25519.verify(made.public_key, opened.sign(b"message"), b"message")


def test_a_sealed_signer_opens_in_its_place_alone() -> None:
    sealed = Ed25519Signer.generate().seal(KEY, context=PLACE)

    with pytest.raises(UnsealError):
        Ed25519Signer.open(KEY, sealed, context=b"other")
    with pytest.raises(UnsealError):
        Ed25519Signer.open(OTHER, sealed, context=PLACE)


def test_t85_a_signer_does_not_show_its_private_key() -> None:
    signer = Ed25519Signer.generate()
    private = unseal(KEY, signer.seal(KEY, context=PLACE), context=PLACE)

    assert private.hex() not in f"{signer!r} {signer}"
    assert signer.public_key.hex() in repr(signer)
