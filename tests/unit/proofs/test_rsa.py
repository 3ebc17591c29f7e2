"""RSA signatures of others: one padding, one hash, and keys of the usual kind."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub.errors import (
    MalformedKeyError,
    OutcomeUnknownError,
    SignatureError,
    UncommonKeyError,
    VerificationError,
    WeakKeyError,
)
from credhub.keys import signers
from credhub.proofs import jose, rsa, signatures
from credhub.proofs.forms import Form
from credhub.proofs.signer import key_of
from credhub.proofs.suites import suites
from credhub.public_key import KeyType, PublicKey
from tests import vectors
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.unit.rsa_signer import RsaMemorySigner, private_key

MESSAGE = b"message"
SIGNER = RsaMemorySigner()
KEY = SIGNER.public_key
# DigestInfo of SHA-256 (RFC 8017, section 9.2, note 1).
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
HASH = hashlib.sha256(MESSAGE).digest()


def refused(signature: bytes, key: bytes = KEY, message: bytes = MESSAGE) -> None:
    with pytest.raises(SignatureError):
        rsa.verify(key, signature, message)


def der(modulus: int, exponent: int = 65537) -> bytes:
    key = RSAPublicNumbers(exponent, modulus).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def raised(encoded: bytes) -> bytes:
    """Sign without padding, as a careless or a dishonest owner of the key may."""
    numbers = private_key().private_numbers()
    n = numbers.public_numbers.n
    return pow(int.from_bytes(encoded, "big"), numbers.d, n).to_bytes(256, "big")


@pytest.mark.parametrize("bits", [2048, 2056, 3072, 4096])
def test_a_signature_by_a_usual_key_is_accepted(bits: int) -> None:
    signer = RsaMemorySigner(private_key(bits))

    rsa.verify(signer.public_key, signer.sign(MESSAGE), MESSAGE)
    signatures.verify(key_of(signer), signer.sign(MESSAGE), MESSAGE)
    refused(signer.sign(MESSAGE), signer.public_key, b"messagf")
    refused(signer.sign(MESSAGE), RsaMemorySigner(private_key(bits, which=2)).public_key)


def test_every_flipped_bit_is_refused() -> None:
    signature = SIGNER.sign(MESSAGE)

    for bit in range(8 * len(signature)):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        refused(bytes(flipped))


def test_a_signature_has_one_spelling() -> None:
    signature = SIGNER.sign(MESSAGE)
    n = private_key().public_key().public_numbers().n
    twin = int.from_bytes(signature, "big") + n

    for wrong in (b"", signature[:-1], signature + b"\0", b"\0" + signature, bytes(256)):
        refused(wrong)
    refused(twin.to_bytes(257, "big"))
    refused(n.to_bytes(256, "big"))
    refused((n - 1).to_bytes(256, "big"))


def padded(
    content: bytes, *, begins: bytes = b"\0\1", fill: bytes = b"\xff", end: int = 256
) -> bytes:
    return begins + fill * (end - len(begins) - 1 - len(content)) + b"\0" + content


def test_what_the_padding_must_be() -> None:
    # The positive twin: the one encoding is what the attacks below change.
    rsa.verify(KEY, raised(padded(DIGEST_INFO + HASH)), MESSAGE)


@pytest.mark.parametrize(
    "encoded",
    [
        b"\0\1\xff\xff\xff\xff\xff\xff\xff\xff\0" + DIGEST_INFO + HASH + bytes(194),
        padded(DIGEST_INFO + HASH + b"\0"),
        padded(b"\0" + DIGEST_INFO + HASH),
        padded(HASH),
        padded(bytes.fromhex("302f300b0609608648016503040201") + b"\x04\x20" + HASH),
        padded(bytes.fromhex("308131300d060960864801650304020105000420") + HASH),
        padded(bytes.fromhex("3032300d06096086480165030402010500048120") + HASH),
        padded(bytes.fromhex("3031300d060960864801650304020205000420") + HASH),
        padded(DIGEST_INFO + bytes(32)),
        padded(DIGEST_INFO + HASH, begins=b"\0\2"),
        padded(DIGEST_INFO + HASH, begins=b"\0\0"),
        padded(DIGEST_INFO + HASH, begins=b"\1\1"),
        padded(DIGEST_INFO + HASH, fill=b"\0"),
        padded(DIGEST_INFO + HASH, fill=b"\xfe"),
        padded(DIGEST_INFO + HASH, end=255) + b"\0",
    ],
    ids=[
        "garbage at the end",
        "a byte at the end",
        "a zero before",
        "no digest info",
        "no parameters",
        "long form of the outer length",
        "long form of the inner length",
        "another hash named",
        "another hash",
        "block type 2",
        "block type 0",
        "a first byte",
        "zero padding",
        "other padding",
        "shifted",
    ],
)
def test_t20_another_padding_is_refused(encoded: bytes) -> None:
    refused(raised(encoded))


@pytest.mark.parametrize("hashed", [SHA384(), SHA512()], ids=lambda one: one.name)
def test_another_hash_is_refused(hashed: HashAlgorithm) -> None:
    refused(private_key().sign(MESSAGE, PKCS1v15(), hashed))


def test_the_other_padding_of_rsa_is_refused() -> None:
    refused(private_key().sign(MESSAGE, PSS(MGF1(SHA256()), 32), SHA256()))


@pytest.mark.parametrize("bits", [1024, 1536, 2040])
def test_t20_a_short_key_is_weak(bits: int) -> None:
    signer = RsaMemorySigner(private_key(bits))

    with pytest.raises(WeakKeyError):
        rsa.verify(signer.public_key, signer.sign(MESSAGE), MESSAGE)


def test_t20_a_key_of_which_everybody_knows_a_factor_is_weak() -> None:
    with pytest.raises(WeakKeyError):
        rsa.verify(der(2**2048 - 2), bytes(256), MESSAGE)


def test_t11_a_long_key_costs_nothing() -> None:
    # No such key is made here, which takes a while: any odd number of the length will do.
    with pytest.raises(UncommonKeyError):
        rsa.verify(der(2**4096 + 1), bytes(513), MESSAGE)


def test_an_unusual_exponent_is_not_called_forged() -> None:
    signer = RsaMemorySigner(private_key(exponent=3))

    with pytest.raises(UncommonKeyError):
        rsa.verify(signer.public_key, signer.sign(MESSAGE), MESSAGE)
    with pytest.raises(UncommonKeyError):
        rsa.verify(der(2**2048 - 1, 2**2047 + 1), bytes(256), MESSAGE)
    assert issubclass(UncommonKeyError, OutcomeUnknownError)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x30\x00", KEY[:-1], MemorySigner().public_key],
    ids=["nothing", "an empty sequence", "cut off", "another kind"],
)
def test_what_is_no_rsa_key_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedKeyError):
        rsa.verify(raw, bytes(256), MESSAGE)


def test_the_key_of_another_kind_is_refused() -> None:
    key = Ed25519PublicKey.from_public_bytes(MemorySigner().public_key)
    other = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(MalformedKeyError):
        rsa.verify(other, bytes(256), MESSAGE)


# None is ever made


def test_no_form_and_no_suite_signs_with_rsa() -> None:
    assert all(form.key_type is not KeyType.RSA for form in Form)
    for suite in suites(factories.canonicalizer()).values():
        assert KeyType.RSA not in suite.key_types


def test_no_signer_for_rsa_is_made() -> None:
    with pytest.raises(KeyError):
        signers.generate(KeyType.RSA)


def test_no_token_is_signed_with_rsa() -> None:
    with pytest.raises(KeyError):
        jose.sign({}, b"{}", signer=SIGNER)


def test_an_rsa_key_is_shown_like_any_other() -> None:
    assert repr(PublicKey(KeyType.RSA, b"\1")) == "PublicKey(RSA, 01)"


# Wycheproof


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_every_wycheproof_signature_is_judged_right(bits: int) -> None:
    name = f"wycheproof/rsa_signature_{bits}_sha256_test.json"
    if not (vectors.folder() / name).is_file():
        pytest.skip(f"no {name}: take it from testvectors_v1 of github.com/C2SP/wycheproof")
    seen = set()

    for group in json.loads(vectors.text(name))["testGroups"]:
        numbers = {
            part: int(group["publicKey"][part], 16) for part in ("modulus", "publicExponent")
        }
        key = der(numbers["modulus"], numbers["publicExponent"])
        for case in group["tests"]:
            found = judged(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            usual = numbers["publicExponent"] == 65537
            good = "valid" if usual else UncommonKeyError.code
            assert found == (good if case["result"] == "valid" else SignatureError.code), case
            seen.add(found)
    assert {"valid", SignatureError.code} <= seen


def judged(key: bytes, signature: bytes, message: bytes) -> str:
    try:
        rsa.verify(key, signature, message)
    except VerificationError as error:
        return error.code
    return "valid"
