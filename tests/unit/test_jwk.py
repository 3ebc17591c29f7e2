import json

import jwt
import pytest

from credhub import base64url, jwk
from credhub.errors import MalformedKeyError
from credhub.jsontypes import JsonObject
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType, PublicKey
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner

SIGNERS: list[Signer] = [
    MemorySigner(),
    EcMemorySigner(KeyType.P256),
    EcMemorySigner(KeyType.P384),
    EcMemorySigner(KeyType.P384, 5),
]
by_key = pytest.mark.parametrize("key", [key_of(signer) for signer in SIGNERS], ids=str)


@by_key
def test_a_key_survives(key: PublicKey) -> None:
    assert jwk.decode(jwk.encode(key)) == key


@by_key
def test_other_software_reads_the_same_key(key: PublicKey) -> None:
    algorithm = {"OKP": "EdDSA", "EC": "ES256" if key.type is KeyType.P256 else "ES384"}
    written = jwk.encode(key)

    read = jwt.PyJWK.from_dict(written, algorithm[str(written["kty"])])

    again = json.loads(read.Algorithm.to_jwk(read.key))
    assert {name: again[name] for name in written} == written


def test_the_key_of_rfc_8037_has_its_thumbprint() -> None:
    key = jwk.decode(
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    )

    assert base64url.encode(jwk.thumbprint(key)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@by_key
def test_further_members_are_passed_over(key: PublicKey) -> None:
    said: JsonObject = {"use": "sig", "kid": "key-1", "alg": "any", "ext": True}

    assert jwk.decode({**jwk.encode(key), **said}) == key


@by_key
@pytest.mark.parametrize(
    "change",
    [
        {"d": "AA"},
        {"k": "AA"},
        {"use": "enc"},
        {"crv": "P-521"},
        {"crv": None},
        {"crv": ["P-256"]},
        {"kty": "RSA"},
        {"kty": None},
        {"x": None},
        {"x": 7},
        {"x": "AA"},
        {"x": "A="},
        {"x": ""},
    ],
    ids=str,
)
def test_another_key_is_refused(key: PublicKey, change: JsonObject) -> None:
    with pytest.raises(MalformedKeyError):
        jwk.decode({**jwk.encode(key), **change})


@pytest.mark.parametrize("key_type", [KeyType.P256, KeyType.P384])
def test_t20_a_point_off_the_curve_is_refused(key_type: KeyType) -> None:
    written = jwk.encode(key_of(EcMemorySigner(key_type)))
    other = jwk.encode(key_of(EcMemorySigner(key_type, 2)))

    for wrong in ({"y": other["y"]}, {"y": None}, {"y": "AA"}, {"x": written["y"]}):
        with pytest.raises(MalformedKeyError):
            jwk.decode({**written, **wrong})


def test_t20_what_is_not_a_point_is_not_written() -> None:
    with pytest.raises(MalformedKeyError):
        jwk.encode(PublicKey(KeyType.P256, b"\2" + b"\xff" * 32))
