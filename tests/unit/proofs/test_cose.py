"""COSE_Sign1: T08 to T10 for messages in CBOR."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from credhub import cbor
from credhub.cbor import CborValue
from credhub.errors import (
    AlgorithmNotAllowedError,
    JoseHeaderError,
    KeyTypeError,
    MalformedTokenError,
    SignatureError,
    TokenTypeError,
    VerificationError,
)
from credhub.proofs import cose
from credhub.proofs.cose import TAG, Sign1
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType
from tests.damage import damaged_bytes
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner
from tests.unit.rsa_signer import RsaMemorySigner

TYPE = "application/statuslist+cwt"
SIGNERS: list[Signer] = [MemorySigner(), EcMemorySigner(KeyType.P256), EcMemorySigner(KeyType.P384)]
PAYLOAD = cbor.encode({2: "https://hub.example/list"})


def message(signer: Signer | None = None) -> bytes:
    return cose.sign(PAYLOAD, media_type=TYPE, kid="did:x#key", signer=signer or MemorySigner())


def with_header(header: CborValue, unprotected: CborValue = None) -> bytes:
    """Write a message with another header, honestly signed."""
    protected = cbor.encode(header)
    signed = cbor.encode(["Signature1", protected, b"", PAYLOAD])
    parts: CborValue = [protected, unprotected or {}, PAYLOAD, MemorySigner().sign(signed)]
    return TAG + cbor.encode(parts)


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: str(signer.key_type))
def test_a_message_is_read_by_the_key_that_signed_it(signer: Signer) -> None:
    read = Sign1.parse(message(signer))

    read.check_type(TYPE)
    read.verify(key_of(signer))
    assert (read.kid, read.claims()) == ("did:x#key", {2: "https://hub.example/list"})


def test_another_key_did_not_sign_it() -> None:
    with pytest.raises(SignatureError):
        Sign1.parse(message()).verify(key_of(MemorySigner(2)))


@pytest.mark.parametrize(
    "signer", [*SIGNERS[1:], RsaMemorySigner()], ids=lambda signer: str(signer.key_type)
)
def test_t08_the_key_says_which_algorithm_counts(signer: Signer) -> None:
    with pytest.raises(KeyTypeError):
        Sign1.parse(message()).verify(key_of(signer))


def test_t08_the_newer_name_of_an_algorithm_is_known() -> None:
    Sign1.parse(with_header({1: -19})).verify(key_of(MemorySigner()))


@pytest.mark.parametrize("algorithm", [None, 5, -257, "EdDSA", b"-8", [-8], {1: -8}, -8.0])
def test_t08_other_algorithms_are_refused(algorithm: CborValue) -> None:
    with pytest.raises(AlgorithmNotAllowedError):
        Sign1.parse(with_header({1: algorithm}))


def test_t08_an_algorithm_that_is_not_signed_does_not_count() -> None:
    with pytest.raises(AlgorithmNotAllowedError):
        Sign1.parse(with_header({}, {1: -8}))


def test_t10_a_header_that_must_be_understood_is_refused() -> None:
    Sign1.parse(with_header({1: -8, 99: "x"}))
    with pytest.raises(JoseHeaderError):
        Sign1.parse(with_header({1: -8, 2: [99], 99: "x"}))
    with pytest.raises(JoseHeaderError):
        Sign1.parse(with_header([1, -8]))


def test_t12_a_message_of_another_type_is_refused() -> None:
    for header in ({1: -8}, {1: -8, 16: "application/cwt"}):
        with pytest.raises(TokenTypeError):
            Sign1.parse(with_header(header)).check_type(TYPE)  # type: ignore[arg-type]  # keys are numbers


@pytest.mark.parametrize(
    ("unprotected", "kid"),
    [
        ({}, None),
        ({4: b"12"}, "12"),
        ({4: "12"}, None),
        ({4: b"\xff"}, None),
        ({4: b"1\x002"}, None),
    ],
)
def test_the_name_of_the_key_need_not_be_signed(unprotected: CborValue, kid: str | None) -> None:
    assert Sign1.parse(with_header({1: -8}, unprotected)).kid == kid


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TAG,
        TAG + b"\xff",
        message()[1:],
        TAG + cbor.encode({}),
        TAG + cbor.encode([b"", {}, b""]),
        TAG + cbor.encode(["", {}, b"", b""]),
        TAG + cbor.encode([b"", [], b"", b""]),
        TAG + cbor.encode([b"", {}, None, b""]),
        TAG + cbor.encode([b"", {}, b"", ""]),
        message() + b"\x00",
    ],
)
def test_t13_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedTokenError):
        Sign1.parse(data)


def test_t13_content_that_is_no_cbor_is_refused() -> None:
    made = cose.sign(b"\xff", media_type=TYPE, kid="did:x#key", signer=MemorySigner())

    with pytest.raises(MalformedTokenError):
        Sign1.parse(made).claims()


@given(damaged_bytes(st.just(message())))
def test_a_damaged_message_is_refused(damaged: bytes) -> None:
    assume(damaged != message())

    with pytest.raises(VerificationError):
        Sign1.parse(damaged).verify(key_of(MemorySigner()))
