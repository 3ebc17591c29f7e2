import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from credhub.errors import MalformedKeyError, SignatureError, WeakKeyError
from credhub.proofs import ed25519
from tests import vectors
from tests.unit.factories import MemorySigner

PRIME = 2**255 - 19
# Every encoding of a point whose order divides eight (Chalkias, Garillot, Nikolaenko, "Taming
# the many EdDSAs", 2020, table 6), the non-canonical ones too.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


def test_a_signature_by_the_key_is_accepted() -> None:
    signer = MemorySigner()

    ed25519.verify(signer.public_key, signer.sign(b"message"), b"message")


def test_every_flipped_bit_is_refused() -> None:
    signer = MemorySigner()
    signature = signer.sign(b"message")

    for bit in range(8 * len(signature)):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureError):
            ed25519.verify(signer.public_key, bytes(flipped), b"message")
    for wrong in (b"", signature[:-1], signature + b"\0"):
        with pytest.raises(SignatureError):
            ed25519.verify(signer.public_key, wrong, b"message")
    with pytest.raises(SignatureError):
        ed25519.verify(signer.public_key, signature, b"messagf")
    with pytest.raises(SignatureError):
        ed25519.verify(MemorySigner(2).public_key, signature, b"message")


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_t20_keys_of_small_order_are_refused(key: str) -> None:
    with pytest.raises(WeakKeyError):
        ed25519.check_key(bytes.fromhex(key))


def test_t20_the_library_alone_accepts_anything_by_such_a_key() -> None:
    # The identity as key and as commitment, with zero as answer, signs every message.
    identity = bytes.fromhex(SMALL_ORDER[0])
    forged = identity + bytes(32)

    Ed25519PublicKey.from_public_bytes(identity).verify(forged, b"any message at all")
    with pytest.raises(WeakKeyError):
        ed25519.verify(identity, forged, b"any message at all")


@pytest.mark.parametrize("y", [PRIME, PRIME + 1, PRIME + 3, 2**255 - 1])
def test_t20_a_second_spelling_of_a_key_is_refused(y: int) -> None:
    for sign in (0, 2**255):
        with pytest.raises(WeakKeyError):
            ed25519.check_key((y + sign).to_bytes(32, "little"))


def test_t20_keys_beside_the_weak_ones_are_accepted() -> None:
    for y in (2, 3, PRIME - 2):
        ed25519.check_key(y.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(MalformedKeyError):
        ed25519.check_key(bytes(length))


def test_wycheproof_agrees() -> None:
    suite = json.loads(vectors.text("wycheproof/ed25519_test.json"))
    outcomes: dict[str, list[int]] = {"valid": [], "invalid": []}

    for group in suite["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            try:
                ed25519.verify(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            except SignatureError:
                outcomes["invalid"].append(case["tcId"])
                assert case["result"] == "invalid", case
            else:
                outcomes["valid"].append(case["tcId"])
                assert case["result"] == "valid", case

    assert sum(map(len, outcomes.values())) == suite["numberOfTests"]
    assert outcomes["valid"]
    assert outcomes["invalid"]
