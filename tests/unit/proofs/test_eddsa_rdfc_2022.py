"""The W3C vectors of the cryptosuite, with every value between the document and the signature."""

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub import instants, multikey
from credhub.errors import SignatureError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity, eddsa_rdfc_2022, signatures
from credhub.proofs.contexts import VC, Contexts
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.public_key import KeyType, PublicKey
from tests import vectors
from tests.unit import factories

FOLDER = "vc-di-eddsa/TestVectors"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
CITIZENSHIP = "https://w3id.org/citizenship/v4rc1"
# That context is nothing but a default vocabulary, which we never accept: so the two words that
# the vectors take from it are written out, with the meaning that it gives them.
EXAMPLE_WORDS: JsonObject = {
    word: f"https://www.w3.org/ns/credentials/examples#{word}"
    for word in ("AlumniCredential", "alumniOf")
}
# Unsigned document, folder of the values in between, the key.
CASES = {
    "alumni": ("unsigned.json", "eddsa-rdfc-2022"),
    "employ": ("employmentAuth.json", "eddsa-rdfc-2022/employ"),
}


def vector_canonicalizer() -> SafeCanonicalizer:
    ours = factories.contexts()
    citizenship = vectors.document("contexts/citizenship-v4rc1.json")["@context"]
    definitions: dict[str, JsonValue] = {
        VC: ours.definitions[VC],
        EXAMPLES: EXAMPLE_WORDS,
        CITIZENSHIP: citizenship,
    }
    return SafeCanonicalizer(Contexts(definitions, frozenset({VC})))


def suite() -> HashedSuite:
    return eddsa_rdfc_2022.suite(vector_canonicalizer())


def canonical(document: JsonObject) -> str:
    return vector_canonicalizer().canonical(document).decode()


def key_pair() -> tuple[Ed25519PrivateKey, PublicKey]:
    pair = vectors.document(f"{FOLDER}/keyPair.json")
    secret = multikey.decode_base58(str(pair["privateKeyMultibase"]))[2:]
    return Ed25519PrivateKey.from_private_bytes(secret), multikey.decode(
        str(pair["publicKeyMultibase"])
    )


def test_the_examples_context_is_a_default_vocabulary() -> None:
    assert vectors.document("contexts/credentials-examples-v2.json") == {
        "@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}
    }


@pytest.mark.parametrize("case", CASES)
def test_every_value_on_the_way_to_the_signature_matches(case: str) -> None:
    unsigned, values = CASES[case]
    document = vectors.document(f"{FOLDER}/{unsigned}")
    configuration = vectors.document(f"{FOLDER}/{values}/proofConfigDataInt.json")

    def value(name: str) -> str:
        return vectors.text(f"{FOLDER}/{values}/{name}DataInt.txt")

    assert canonical(document) == value("canonDoc")
    assert sha256(canonical(document).encode()).hexdigest() == value("docHash")
    assert canonical(configuration) == value("proofCanon")
    assert sha256(canonical(configuration).encode()).hexdigest() == value("proofHash")

    options = {name: member for name, member in configuration.items() if name != "@context"}
    message = suite().signing_input(document, options)
    assert message.hex() == value("combinedHash")

    secret, public_key = key_pair()
    signature = secret.sign(message)
    assert signature.hex() == value("sigHex")
    assert multikey.encode_base58(signature) == value("sigBTC58")
    signatures.verify(public_key, signature, message)


@pytest.mark.parametrize("case", CASES)
def test_the_signed_document_verifies_and_is_what_we_would_make(case: str) -> None:
    signed = vectors.document(f"{FOLDER}/{CASES[case][1]}/signedDataInt.json")
    unsigned = vectors.document(f"{FOLDER}/{CASES[case][0]}")
    proof = data_integrity.proofs_of(signed)[0]
    secret, public_key = key_pair()

    class VectorSigner:
        key_type = KeyType.ED25519
        public_key = key_pair()[1].raw

        def sign(self, message: bytes) -> bytes:
            return secret.sign(message)

    data_integrity.verify(signed, proof, suite=suite(), public_key=public_key)
    made = data_integrity.sign(
        unsigned,
        suite=suite(),
        signer=VectorSigner(),
        verification_method=str(proof["verificationMethod"]),
        created=instants.parse(str(proof["created"])),
    )
    assert data_integrity.proofs_of(made) == [proof]


@pytest.mark.parametrize("case", CASES)
def test_a_changed_vector_is_refused(case: str) -> None:
    signed = vectors.document(f"{FOLDER}/{CASES[case][1]}/signedDataInt.json")
    proof = data_integrity.proofs_of(signed)[0]
    _, public_key = key_pair()

    changes: list[JsonObject] = [{"name": "Another"}, {"validFrom": "2024-01-01T00:00:00Z"}]
    for change in changes:
        with pytest.raises(SignatureError):
            data_integrity.verify(signed | change, proof, suite=suite(), public_key=public_key)


@pytest.mark.parametrize("name", ["signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"])  # fmt: skip # noqa: E501
def test_proof_sets_and_chains_verify(name: str) -> None:
    signed = vectors.document(f"{FOLDER}/proof-set-chain/{name}.json")
    pairs = json.loads(vectors.text(f"{FOLDER}/proof-set-chain/multiKeyPairs.json"))
    keys = {pair["publicKeyMultibase"] for pair in pairs.values()}

    proofs = data_integrity.proofs_of(signed)
    for proof in proofs:
        text = str(proof["verificationMethod"]).partition("#")[2]
        assert text in keys
        data_integrity.verify(signed, proof, suite=suite(), public_key=multikey.decode(text))


def test_the_name_is_that_of_the_standard() -> None:
    assert factories.suite().name == "eddsa-rdfc-2022"
