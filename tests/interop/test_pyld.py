"""Signatures over what PyLD makes of a document: ours are believed, and we believe theirs.

Nothing of ours is in the other half: PyLD writes the canonical form, ``cryptography`` signs it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from credhub import multikey
from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.signer import key_of
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner

pytestmark = pytest.mark.interop

SECRET: Final = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
SIGNER: Final = MemorySigner()
OPTIONS: Final[JsonObject] = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-rdfc-2022",
    "created": "2026-11-22T12:00:00Z",
    "verificationMethod": SIGNER.method,
    "proofPurpose": "assertionMethod",
}
SCRIPTS: Final = 'أميلي "太阳" \\ \t Dubois 😀'
OTHER_NAMES: Final[tuple[JsonObject, ...]] = (
    {},
    {"name": SCRIPTS},
    {"evidence": [{"type": ["Evidence"], "name": name} for name in ("One", SCRIPTS, "Three")]},
)


def theirs(document: JsonObject, options: JsonObject) -> bytes:
    """Compute what is signed, as another reader of the standard would."""
    context = document["@context"]
    return _hash({**options, "@context": context}) + _hash(document)


def _hash(document: Mapping[str, JsonValue]) -> bytes:
    definitions = factories.contexts().definitions

    def load(address: str, _: object) -> dict[str, Any]:
        known = {"@context": definitions[address]}
        return {"contextUrl": None, "documentUrl": address, "document": known}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "base": None}
    text: str = jsonld.normalize(document, {**options, "documentLoader": load})
    return hashlib.sha256(text.encode()).digest()


@pytest.mark.parametrize("change", OTHER_NAMES)
def test_what_we_sign_is_believed_and_nothing_else(change: JsonObject) -> None:
    document = factories.credential() | change
    signed = data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=SIGNER.method,
        created=NOON,
    )
    [proof] = data_integrity.proofs_of(signed)
    signature = multikey.decode_base58(str(proof.pop("proofValue")))

    assert proof == OPTIONS
    SECRET.public_key().verify(signature, theirs(document, proof))
    with pytest.raises(InvalidSignature):
        SECRET.public_key().verify(signature, theirs(document | {"id": "urn:uuid:1"}, proof))


@pytest.mark.parametrize("change", OTHER_NAMES)
def test_what_they_sign_is_believed_and_nothing_else(change: JsonObject) -> None:
    document = factories.credential() | change
    value = multikey.encode_base58(SECRET.sign(theirs(document, OPTIONS)))
    signed = document | {"proof": OPTIONS | {"proofValue": value}}

    check(signed)
    with pytest.raises(VerificationError):
        check(signed | {"validFrom": "2020-01-01T00:00:00Z"})


def check(signed: JsonObject) -> None:
    [proof] = data_integrity.proofs_of(signed)
    data_integrity.verify(signed, proof, suite=factories.suite(), public_key=key_of(SIGNER))
