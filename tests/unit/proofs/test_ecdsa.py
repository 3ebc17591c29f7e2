import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub.errors import MalformedKeyError, SignatureError
from credhub.proofs import ecdsa, signatures
from credhub.proofs.signer import key_of
from credhub.public_key import LENGTHS, KeyType, PublicKey
from tests import vectors
from tests.unit.ec_signer import EcMemorySigner

CURVES: dict[KeyType, EllipticCurve] = {KeyType.P256: SECP256R1(), KeyType.P384: SECP384R1()}
ORDERS = {
    KeyType.P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    KeyType.P384: int(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF"
        "581A0DB248B0A77AECEC196ACCC52973",
        16,
    ),
}
WYCHEPROOF = {
    KeyType.P256: "ecdsa_secp256r1_sha256_p1363_test",
    KeyType.P384: "ecdsa_secp384r1_sha384_p1363_test",
}

either = pytest.mark.parametrize("curve", list(CURVES))


@either
def test_a_signature_by_the_key_is_accepted(curve: KeyType) -> None:
    signer = EcMemorySigner(curve)

    signatures.verify(key_of(signer), signer.sign(b"message"), b"message")


@either
def test_every_flipped_bit_is_refused(curve: KeyType) -> None:
    signer = EcMemorySigner(curve)
    signature = signer.sign(b"message")

    for bit in range(8 * len(signature)):
        flipped = bytearray(signature)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SignatureError):
            ecdsa.verify(key_of(signer), bytes(flipped), b"message")
    with pytest.raises(SignatureError):
        ecdsa.verify(key_of(signer), signature, b"messagf")
    with pytest.raises(SignatureError):
        ecdsa.verify(key_of(EcMemorySigner(curve, 2)), signature, b"message")


@either
def test_t20_der_and_other_lengths_are_refused(curve: KeyType) -> None:
    signer = EcMemorySigner(curve)
    signature = signer.sign(b"message")
    half = len(signature) // 2
    numbers = [int.from_bytes(part, "big") for part in (signature[:half], signature[half:])]

    for wrong in (
        encode_dss_signature(*numbers),
        b"",
        signature[:-1],
        signature + b"\0",
        b"\0" + signature,
        b"\0" + signature[:half] + b"\0" + signature[half:],
    ):
        with pytest.raises(SignatureError):
            ecdsa.verify(key_of(signer), wrong, b"message")
    ecdsa.verify(key_of(signer), signature, b"message")


@either
def test_t20_numbers_out_of_range_are_refused(curve: KeyType) -> None:
    signer = EcMemorySigner(curve)
    signature = signer.sign(b"message")
    half, order = len(signature) // 2, ORDERS[curve]
    r, s = signature[:half], signature[half:]

    for number in (0, order, order + 1, 2 ** (8 * half) - 1):
        wrong = number.to_bytes(half, "big")
        for forged in (wrong + s, r + wrong, wrong + wrong):
            with pytest.raises(SignatureError):
                ecdsa.verify(key_of(signer), forged, b"message")


@either
def test_t20_a_signature_has_a_twin_so_nothing_is_known_by_its_signature(curve: KeyType) -> None:
    # (r, n - s) is as good as (r, s). A credential is therefore known by what was signed.
    signer = EcMemorySigner(curve)
    signature = signer.sign(b"message")
    half = len(signature) // 2
    s = int.from_bytes(signature[half:], "big")
    twin = signature[:half] + (ORDERS[curve] - s).to_bytes(half, "big")

    assert twin != signature
    ecdsa.verify(key_of(signer), twin, b"message")


@either
def test_t20_keys_off_the_curve_are_refused(curve: KeyType) -> None:
    signer = EcMemorySigner(curve)
    signature, length = signer.sign(b"message"), LENGTHS[curve]
    refused = 0

    for number in range(1, 40):
        key = PublicKey(curve, b"\2" + number.to_bytes(length - 1, "big"))
        try:
            EllipticCurvePublicKey.from_encoded_point(CURVES[curve], key.raw)
        except ValueError:
            refused += 1
            with pytest.raises(MalformedKeyError):
                ecdsa.verify(key, signature, b"message")
    assert 0 < refused < 39


@either
@pytest.mark.parametrize("damage", ["infinity", "uncompressed", "short", "long", "other sign"])
def test_t20_keys_in_another_spelling_are_refused(curve: KeyType, damage: str) -> None:
    signer = EcMemorySigner(curve)
    signature, raw = signer.sign(b"message"), signer.public_key
    whole = EllipticCurvePublicKey.from_encoded_point(CURVES[curve], raw)
    wrong = {
        "infinity": b"\0",
        "uncompressed": whole.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "short": raw[:-1],
        "long": raw + b"\0",
        "other sign": bytes([raw[0] ^ 1]) + raw[1:],
    }[damage]

    with pytest.raises((MalformedKeyError, SignatureError)):
        ecdsa.verify(PublicKey(curve, wrong), signature, b"message")


@either
def test_t20_wycheproof_agrees(curve: KeyType) -> None:
    suite = json.loads(vectors.text(f"wycheproof/{WYCHEPROOF[curve]}.json"))
    outcomes: dict[str, list[int]] = {"valid": [], "invalid": []}

    for group in suite["testGroups"]:
        point = EllipticCurvePublicKey.from_encoded_point(
            CURVES[curve], bytes.fromhex(group["publicKey"]["uncompressed"])
        )
        key = PublicKey(curve, point.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))
        for case in group["tests"]:
            try:
                ecdsa.verify(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            except SignatureError:
                outcomes["invalid"].append(case["tcId"])
                assert case["result"] == "invalid", case
            else:
                outcomes["valid"].append(case["tcId"])
                assert case["result"] == "valid", case

    assert sum(map(len, outcomes.values())) == suite["numberOfTests"]
    assert outcomes["valid"]
    assert outcomes["invalid"]
