import json
import reprlib

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credhub import base64url, jwk
from credhub.errors import MalformedKeyError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.signer import Signer, key_of
from credhub.public_key import KeyType, PublicKey
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import MemorySigner
from tests.unit.rsa_signer import RsaMemorySigner

SIGNERS: list[Signer] = [
    MemorySigner(),
    EcMemorySigner(KeyType.P256),
    EcMemorySigner(KeyType.P384),
    EcMemorySigner(KeyType.P384, 5),
    RsaMemorySigner(),
]
by_key = pytest.mark.parametrize(
    "key", [key_of(signer) for signer in SIGNERS], ids=lambda key: str(key.type)
)


@by_key
def test_a_key_survives(key: PublicKey) -> None:
    assert jwk.decode(jwk.encode(key)) == key


@by_key
def test_other_software_reads_the_same_key(key: PublicKey) -> None:
    algorithm = {
        "OKP": "EdDSA",
        "EC": "ES256" if key.type is KeyType.P256 else "ES384",
        "RSA": "RS256",
    }
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
    said: JsonObject = {"use": "sig", "kid": "key-1", "ext": True}

    said |= {"alg": jwk.ALGORITHMS[key.type][0], "key_ops": ["sign", "verify"]}

    assert jwk.decode({**jwk.encode(key), **said}) == key


@pytest.mark.parametrize(
    "key", [key_of(signer) for signer in SIGNERS if signer.key_type is not KeyType.RSA], ids=str
)
@pytest.mark.parametrize(
    "change",
    [
        {"d": "AA"},
        {"k": "AA"},
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "ECDH-ES"},
        {"alg": "ES512"},
        {"alg": ["ES256"]},
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


RSA = jwk.encode(key_of(RsaMemorySigner()))


def test_a_zero_byte_before_a_number_changes_nothing() -> None:
    n = base64url.decode(str(RSA["n"]))

    assert jwk.decode({**RSA, "n": base64url.encode(b"\0" + n)}) == jwk.decode(RSA)
    assert jwk.decode({**RSA, "crv": "P-256"}) == jwk.decode(RSA)


@pytest.mark.parametrize(
    "change",
    [
        *({name: "AA"} for name in ("d", "p", "q", "dp", "dq", "qi", "oth", "k")),
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"alg": "PS512"},
        {"kty": "EC"},
        {"n": None},
        {"n": 7},
        {"n": ""},
        {"n": "A="},
        {"n": "AQ"},
        {"n": base64url.encode(b"\xff" * 3000)},
        {"e": None},
        {"e": ""},
        {"e": "AA"},
        {"e": "AQ"},
        {"e": "BA"},
        {"e": base64url.encode(b"\xff" * 300)},
    ],
    ids=reprlib.repr,
)
def test_t20_what_is_no_rsa_key_is_refused(change: JsonObject) -> None:
    with pytest.raises(MalformedKeyError):
        jwk.decode({**RSA, **change})


def test_another_key_is_not_written_as_rsa() -> None:
    edwards = Ed25519PublicKey.from_public_bytes(MemorySigner().public_key)
    raw = edwards.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    for wrong in (raw, b""):
        with pytest.raises(MalformedKeyError):
            jwk.encode(PublicKey(KeyType.RSA, wrong))


@pytest.mark.parametrize("name", [["P-256"], {}, 7, "P-521", None])
def test_a_kind_that_we_do_not_know_is_not_known(name: JsonValue) -> None:
    assert not jwk.is_known({"kty": name, "crv": name})
    assert not jwk.is_known({**RSA, "use": "enc"})
    assert jwk.is_known(RSA)
    assert jwk.is_known({"crv": "P-256"})
