"""T20: a key that accepts any signature vouches for nothing, in whatever form it is used."""

import json

import pytest

from credhub import base64url, multikey
from credhub.dids import did_key
from credhub.jsontypes import JsonObject, canonical
from credhub.public_key import KeyType, PublicKey
from credhub.verification.report import Check, Report, Verdict
from tests.unit import factories
from tests.unit.factories import MemorySigner
from tests.unit.proofs.test_ed25519 import SMALL_ORDER
from tests.unit.verification.world import World, result

# The identity as commitment and zero as answer: by a weak key, this signs every message.
FORGED = bytes.fromhex(SMALL_ORDER[0]) + bytes(32)


def did_of(key: str) -> str:
    return did_key.PREFIX + multikey.encode(PublicKey(KeyType.ED25519, bytes.fromhex(key)))


def method_of(did: str) -> str:
    return f"{did}#{did.removeprefix(did_key.PREFIX)}"


def badge(did: str) -> JsonObject:
    made = factories.credential(did=did)
    return {name: made[name] for name in made if name != "credentialSchema"}


def with_proof(did: str, signature: bytes = FORGED) -> JsonObject:
    signed = factories.signed(badge(MemorySigner().did))
    assert isinstance(signed["proof"], list)
    [proof] = signed["proof"]
    assert isinstance(proof, dict)
    forged: JsonObject = {
        "verificationMethod": method_of(did),
        "proofValue": multikey.encode_base58(signature),
    }
    return badge(did) | {"proof": [proof | forged]}


def in_token(did: str) -> bytes:
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": method_of(did)}
    parts = (json.dumps(header).encode(), canonical(badge(did)), FORGED)
    return ".".join(map(base64url.encode, parts)).encode()


def judged(data: bytes | JsonObject) -> Report:
    return World(position=None).verify(data)


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_t20_whoever_has_a_weak_key_is_no_issuer(key: str) -> None:
    for data in (with_proof(did_of(key)), in_token(did_of(key))):
        report = judged(data)

        assert report.verdict is Verdict.INVALID
        assert result(report, Check.PROOF).code == "weak-key"
        assert report.credential is None


def test_t20_whoever_has_another_key_is() -> None:
    genuine = factories.signed(badge(MemorySigner().did))

    assert judged(genuine).verdict is Verdict.UNKNOWN_ISSUER
    assert judged(with_proof(MemorySigner().did)).verdict is Verdict.INVALID
