"""Proof values: what is not exactly in their one form is refused."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub import base64url, cbor, multikey
from credhub.cbor import CborValue
from credhub.errors import BaseProofError, MalformedProofError
from credhub.proofs.ecdsa_sd_2023.values import (
    MAX_CHARACTERS,
    MAX_SIGNATURES,
    BaseProof,
    DerivedProof,
    base_signature,
    is_base,
)
from credhub.public_key import KeyType, PublicKey

SIGNATURE = bytes(range(64))
KEY = PublicKey(KeyType.P256, b"\x02" + bytes(range(32)))
KEY_BYTES = multikey.to_bytes(KEY)

signatures = st.lists(st.binary(min_size=64, max_size=64), max_size=4).map(tuple)
keys = st.builds(PublicKey, st.just(KeyType.P256), st.binary(min_size=33, max_size=33))
bases = st.builds(
    BaseProof,
    base_signature=st.binary(min_size=64, max_size=64),
    proof_key=keys,
    hmac_key=st.binary(min_size=32, max_size=32),
    signatures=signatures,
    pointers=st.lists(st.text(max_size=10), max_size=3).map(tuple),
)
deriveds = st.builds(
    DerivedProof,
    base_signature=st.binary(min_size=64, max_size=64),
    proof_key=keys,
    signatures=signatures,
    labels=st.lists(st.binary(min_size=32, max_size=32), unique=True, max_size=40).map(tuple),
    mandatory=st.lists(st.integers(0, 3000), unique=True, max_size=9).map(sorted).map(tuple),
)


def text(kind: int, components: CborValue) -> str:
    return "u" + base64url.encode(bytes([0xD9, 0x5D, kind]) + cbor.encode(components))


def base(**changed: CborValue) -> str:
    members: dict[str, CborValue] = {
        "signature": SIGNATURE,
        "key": KEY_BYTES,
        "hmac_key": bytes(32),
        "signatures": [SIGNATURE],
        "pointers": ["/issuer"],
    }
    return text(0, list((members | changed).values()))


def derived(**changed: CborValue) -> str:
    members: dict[str, CborValue] = {
        "signature": SIGNATURE,
        "key": KEY_BYTES,
        "signatures": [SIGNATURE],
        "labels": {0: bytes(32), 1: bytes([1] * 32)},
        "mandatory": [0, 2],
    }
    return text(1, list((members | changed).values()))


def raw(proof: str) -> bytes:
    return base64url.decode(proof[1:])


@given(bases)
def test_a_base_proof_is_read_as_it_was_written(proof: BaseProof) -> None:
    assert BaseProof.parse(proof.text()) == proof
    assert is_base(proof.text())
    assert base_signature(proof.text()) == proof.base_signature


@given(deriveds)
def test_a_derived_proof_is_read_as_it_was_written(proof: DerivedProof) -> None:
    assert DerivedProof.parse(proof.text()) == proof
    assert not is_base(proof.text())
    assert base_signature(proof.text()) == proof.base_signature


@given(st.sampled_from([base(), derived()]), st.integers(min_value=0), st.binary(max_size=3))
def test_a_damaged_proof_is_either_refused_or_read_exactly(
    proof: str, place: int, instead: bytes
) -> None:
    data = raw(proof)
    place %= len(data)
    damaged = "u" + base64url.encode(data[:place] + instead + data[place + 1 :])

    for kind in (BaseProof, DerivedProof):
        try:
            read = kind.parse(damaged)
        except (MalformedProofError, BaseProofError):
            continue
        assert read.text() == damaged


COMMON: dict[str, Callable[[], str]] = {
    "another multibase": lambda: "z" + base()[1:],
    "no multibase": lambda: base()[1:],
    "nothing": lambda: "",
    "only a header": lambda: "u" + base64url.encode(b"\xd9\x5d\x00"),
    "padding": lambda: base() + "=",
    "another alphabet": lambda: base().replace("_", "/").replace("-", "+") + "+",
    "another header": lambda: text(2, [1, 2, 3, 4, 5]),
    "no header": lambda: "u" + base64url.encode(raw(base())[3:]),
    "too long": lambda: "u" + "A" * MAX_CHARACTERS,
    "not an array": lambda: text(0, {}),
    "four parts": lambda: text(0, [1, 2, 3, 4]),
    "six parts": lambda: text(0, [1, 2, 3, 4, 5, 6]),
    "more after the end": lambda: "u" + base64url.encode(raw(base()) + b"\0"),
    "a tag": lambda: "u" + base64url.encode(b"\xd9\x5d\x00\xd9\xd9\xf7" + raw(base())[3:]),
    "an indefinite length": lambda: (
        "u" + base64url.encode(b"\xd9\x5d\x00\x9f" + raw(base())[4:] + b"\xff")
    ),
    "a long length": lambda: "u" + base64url.encode(b"\xd9\x5d\x00\x98\x05" + raw(base())[4:]),
    "deep nesting": lambda: base(pointers=[[["/issuer"]]]),
}
BASE: dict[str, Callable[[], str]] = COMMON | {
    "a derived proof": derived,
    "a short signature": lambda: base(signature=SIGNATURE[:-1]),
    "a signature that is a text": lambda: base(signature="a" * 64),
    "a key without a curve": lambda: base(key=KEY.raw),
    "a key that is a text": lambda: base(key="z6Mk"),
    "an Ed25519 key": lambda: base(key=b"\xed\x01" + bytes(32)),
    "a P-384 key": lambda: base(key=b"\x81\x24" + bytes(49)),
    "a short key of labels": lambda: base(hmac_key=bytes(31)),
    "signatures that are no array": lambda: base(signatures={0: SIGNATURE}),
    "a statement's signature that is short": lambda: base(signatures=[SIGNATURE[1:]]),
    "too many signatures": lambda: base(signatures=[SIGNATURE] * (MAX_SIGNATURES + 1)),
    "pointers that are no array": lambda: base(pointers="/issuer"),
    "a pointer that is no text": lambda: base(pointers=[0]),
}
DERIVED: dict[str, Callable[[], str]] = COMMON | {
    "a short signature": lambda: derived(signature=SIGNATURE[:-1]),
    "an Ed25519 key": lambda: derived(key=b"\xed\x01" + bytes(32)),
    "signatures that are no array": lambda: derived(signatures=SIGNATURE),
    "a statement's signature that is long": lambda: derived(signatures=[SIGNATURE + b"\0"]),
    "too many signatures": lambda: derived(signatures=[SIGNATURE] * (MAX_SIGNATURES + 1)),
    "labels that are no map": lambda: derived(labels=[bytes(32)]),
    "a label of a text": lambda: derived(labels={"c14n0": bytes(32)}),
    "labels that begin with one": lambda: derived(labels={1: bytes(32)}),
    "labels with a gap": lambda: derived(labels={0: bytes(32), 2: bytes([1] * 32)}),
    "a label below zero": lambda: derived(labels={-1: bytes(32), 0: bytes([1] * 32)}),
    "a short label": lambda: derived(labels={0: bytes(31)}),
    "one label for two nodes": lambda: derived(labels={0: bytes(32), 1: bytes(32)}),
    "one node twice": lambda: (
        "u" + base64url.encode(raw(derived()).replace(b"\x01\x58\x20\x01", b"\x00\x58\x20\x01"))
    ),
    "indexes that are no array": lambda: derived(mandatory=0),
    "an index that is a text": lambda: derived(mandatory=["0"]),
    "an index that is true": lambda: derived(mandatory=[True]),
    "an index that is a fraction": lambda: derived(mandatory=[0.0]),
    "an index below zero": lambda: derived(mandatory=[-1]),
    "indexes out of order": lambda: derived(mandatory=[2, 0]),
    "an index twice": lambda: derived(mandatory=[2, 2]),
    "too many indexes": lambda: derived(mandatory=list(range(MAX_SIGNATURES + 1))),
}


@pytest.mark.parametrize("case", BASE)
def test_a_malformed_base_proof_is_refused(case: str) -> None:
    with pytest.raises(MalformedProofError):
        BaseProof.parse(BASE[case]())


@pytest.mark.parametrize("case", DERIVED)
def test_a_malformed_derived_proof_is_refused(case: str) -> None:
    with pytest.raises((MalformedProofError, BaseProofError)) as refusal:
        DerivedProof.parse(DERIVED[case]())

    assert is_base(DERIVED[case]()) == isinstance(refusal.value, BaseProofError)


def test_the_positive_twins_are_read() -> None:
    assert BaseProof.parse(base()).pointers == ("/issuer",)
    assert DerivedProof.parse(derived()).mandatory == (0, 2)


def test_labels_may_come_in_any_order() -> None:
    read = DerivedProof.parse(derived(labels={1: bytes([1] * 32), 0: bytes(32)}))

    assert read.labels == (bytes(32), bytes([1] * 32))


def test_a_base_proof_is_no_derived_one() -> None:
    with pytest.raises(BaseProofError):
        DerivedProof.parse(base())


def test_no_secret_stands_in_a_repr() -> None:
    assert "hmac" not in repr(BaseProof.parse(base()))
