"""The W3C vectors, with every value on the way to both kinds of proofs.

The document of ``prc`` is taken from the signed one: the file of the unsigned one was changed
after the vectors were made.
"""

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from credhub import multikey
from credhub.errors import BaseProofError, MalformedProofError, VerificationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.ecdsa_sd_2023 import signing
from credhub.proofs.ecdsa_sd_2023.derived import derive, relabelled
from credhub.proofs.ecdsa_sd_2023.grouping import Grouped, LocalGrouping
from credhub.proofs.ecdsa_sd_2023.labels import keyed_label
from credhub.proofs.ecdsa_sd_2023.pointers import select, tokens
from credhub.proofs.ecdsa_sd_2023.proof_key import ProofKey
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite, VerifyingSuite
from credhub.proofs.ecdsa_sd_2023.values import BaseProof, DerivedProof, base_signature
from credhub.public_key import KeyType, PublicKey
from tests import vectors
from tests.unit.proofs.ecdsa_sd_2023 import samples
from tests.unit.proofs.ecdsa_sd_2023.samples import Draws

FOLDER = "vc-di-ecdsa/TestVectors"
CASES = ("employ", "prc")
SELECTIVE = {"employ": "employSelective", "prc": "prCredSelective"}
UNSIGNED = {"employ": "employmentAuth", "prc": "prCredUnsigned"}
MANDATORY = {"employ": "employMandatory", "prc": "prCredMandatory"}


def value(case: str, name: str) -> JsonObject:
    return vectors.document(f"{FOLDER}/ecdsa-sd-2023/{case}/{name}.json")


def values(name: str) -> list[str]:
    found: list[str] = json.loads(vectors.text(f"{FOLDER}/{name}.json"))
    return found


def entries(case: str, name: str, *way: str) -> dict[int, str]:
    found = json.loads(vectors.text(f"{FOLDER}/ecdsa-sd-2023/{case}/{name}.json"))
    for step in way:
        found = found[step]
    return {int(number): str(line) for number, line in found["value"]}


def key_material() -> tuple[bytes, bytes, bytes, PublicKey]:
    """Give the key of labels, the secrets of the proof's key and of the issuer, and its key."""
    pairs = vectors.document(f"{FOLDER}/ecdsa-sd-2023/SDKeyMaterial.json")
    secrets, publics = [], []
    for name in ("proofKeyPair", "baseKeyPair"):
        pair = pairs[name]
        assert isinstance(pair, dict)
        secrets.append(multikey.decode_base58(str(pair["secretKeyMultibase"]))[2:])
        publics.append(multikey.decode(str(pair["publicKeyMultibase"])))
    return bytes.fromhex(str(pairs["hmacKeyString"])), secrets[0], secrets[1], publics[1]


class VectorSigner:
    key_type = KeyType.P256
    public_key = b""

    def sign(self, message: bytes) -> bytes:
        secret = int.from_bytes(key_material()[2], "big")
        return ProofKey(derive_private_key(secret, SECP256R1())).sign(message)


def unsigned(case: str, name: str = "addSignedSDBase") -> JsonObject:
    return {member: one for member, one in value(case, name).items() if member != "proof"}


def grouping() -> LocalGrouping:
    return LocalGrouping(samples.canonicalizer())


def grouped(case: str, shown: list[str]) -> Grouped:
    return grouping().group(
        unsigned(case),
        hmac_key=key_material()[0],
        mandatory=values(MANDATORY[case]),
        shown=shown,
    )


def proof_of(document: JsonObject) -> JsonObject:
    [proof] = data_integrity.proofs_of(document)
    return proof


def options(case: str) -> JsonObject:
    configuration = value(case, "addProofConfig")
    return {name: one for name, one in configuration.items() if name != "@context"}


@pytest.mark.parametrize("case", CASES)
def test_the_statements_and_the_mandatory_ones_match(case: str) -> None:
    canonical = samples.canonicalizer().canonical(unsigned(case)).decode()
    divided = grouped(case, [])

    assert canonical.splitlines(keepends=True) == values(f"ecdsa-sd-2023/{case}/addBaseDocCanon")
    assert list(divided.statements) == values(f"ecdsa-sd-2023/{case}/addBaseDocHMACCanon")
    always, others = signing.split(divided.statements, divided.mandatory)
    assert always == list(entries(case, "addBaseTransform", "mandatory").values())
    assert others == list(entries(case, "addBaseTransform", "nonMandatory").values())
    assert divided.mandatory == tuple(entries(case, "addBaseTransform", "mandatory"))
    assert divided.shown == ()
    assert divided.labels == ()


@pytest.mark.parametrize("case", CASES)
def test_what_is_signed_is_the_document_before(case: str) -> None:
    before, after = vectors.document(f"{FOLDER}/{UNSIGNED[case]}.json"), unsigned(case)

    assert before.keys() == after.keys()
    # The card was described in other words when it was signed.
    others = {"description"} if case == "prc" else set()
    assert {name for name in before if before[name] != after[name]} == others


@pytest.mark.parametrize("case", CASES)
def test_the_pointers_lead_where_they_should(case: str) -> None:
    found: JsonObject
    for found in json.loads(vectors.text(f"{FOLDER}/ecdsa-sd-2023/{case}/addPointerValues.json")):
        there: JsonValue = unsigned(case)
        for token in tokens(str(found["pointer"])):
            assert isinstance(there, dict)
            there = there[token]
        assert there == found["value"]


@pytest.mark.parametrize("case", CASES)
def test_the_hashes_match(case: str) -> None:
    configured = value(case, "addProofConfig")
    divided = grouped(case, [])
    always, _ = signing.split(divided.statements, divided.mandatory)

    assert samples.canonicalizer().canonical(configured).decode() == vectors.text(
        f"{FOLDER}/ecdsa-sd-2023/{case}/addProofConfigCanon.txt"
    )
    hashed = signing.options_hash(unsigned(case), options(case), samples.canonicalizer())
    assert value(case, "addHashData") == {
        "proofHash": hashed.hex(),
        "mandatoryHash": sha256("".join(always).encode()).hexdigest(),
    }


@pytest.mark.parametrize("case", CASES)
def test_the_base_proof_is_what_we_would_make(case: str) -> None:
    hmac_key, proof_secret, _, public_key = key_material()
    raw = value(case, "addRawBaseSignatureInfo")
    signed = value(case, "addSignedSDBase")
    suite = IssuingSuite(
        samples.canonicalizer(),
        grouping(),
        random=Draws(hmac_key, proof_secret),
        mandatory=lambda _: values(MANDATORY[case]),
    )

    text = suite.proof_value(unsigned(case), options(case), VectorSigner())

    made = BaseProof.parse(text)
    assert made.base_signature.hex() == raw["baseSignature"]
    assert multikey.encode(made.proof_key) == raw["publicKey"]
    assert [one.hex() for one in made.signatures] == raw["signatures"]
    assert list(made.pointers) == raw["mandatoryPointers"]
    assert text == proof_of(signed)["proofValue"]
    data_integrity.verify(signed, proof_of(signed), suite=suite, public_key=public_key)


@pytest.mark.parametrize("case", CASES)
def test_the_base_proof_is_read_again(case: str) -> None:
    read = BaseProof.parse(str(proof_of(value(case, "addSignedSDBase"))["proofValue"]))

    assert value(case, "derivedRecoveredBaseData") == {
        "baseSignature": read.base_signature.hex(),
        "proofPublicKey": multikey.encode(read.proof_key),
        "hmacKey": read.hmac_key.hex(),
        "signatures": [one.hex() for one in read.signatures],
        "mandatoryPointers": list(read.pointers),
    }


@pytest.mark.parametrize("case", CASES)
def test_the_groups_match(case: str) -> None:
    indexes = value(case, "derivedGroupIndexes")
    combined = grouped(case, [*values(MANDATORY[case]), *values(SELECTIVE[case])])
    selective = grouped(case, values(SELECTIVE[case]))

    assert combined.mandatory == tuple(indexes["mandatoryIndexes"])  # type: ignore[arg-type]  # numbers
    assert combined.shown == tuple(indexes["combinedIndexes"])  # type: ignore[arg-type]  # numbers
    assert selective.shown == tuple(indexes["selectiveIndexes"])  # type: ignore[arg-type]  # numbers
    for group, divided in (("combined", combined), ("selective", selective)):
        matching = entries(case, "derivedAllGroupData", "groups", group, "matching")
        others = entries(case, "derivedAllGroupData", "groups", group, "nonMatching")
        assert dict(enumerate(divided.statements)) == matching | others
        assert divided.shown == tuple(matching)


@pytest.mark.parametrize("case", CASES)
def test_the_derived_proof_is_what_we_would_make(case: str) -> None:
    data = value(case, "derivedDisclosureData")
    expected = value(case, "derivedRevealDocument")

    made = derive(value(case, "addSignedSDBase"), values(SELECTIVE[case]), grouping=grouping())

    assert made == expected
    proof = DerivedProof.parse(str(proof_of(made)["proofValue"]))
    labels = {f"c14n{number}": keyed_label(one) for number, one in enumerate(proof.labels)}
    assert proof.base_signature.hex() == data["baseSignature"]
    assert [one.hex() for one in proof.signatures] == data["signatures"]
    assert data["labelMap"] == {
        "dataType": "Map",
        "value": [[name, label] for name, label in labels.items()],
    }
    assert list(proof.mandatory) == data["mandatoryIndexes"]
    assert value(case, "derivedAdjMandatoryIndexes") == {
        "adjMandatoryIndexes": list(proof.mandatory)
    }
    assert value(case, "derivedAdjSignatures")["filteredSignatures"] == data["signatures"]
    pointers = [*values(MANDATORY[case]), *values(SELECTIVE[case])]
    assert select(unsigned(case), pointers) == value(case, "derivedUnsignedReveal")


@pytest.mark.parametrize("case", CASES)
def test_the_derived_proof_verifies(case: str) -> None:
    document = value(case, "derivedRevealDocument")
    data = value(case, "verifyCreateVerifyData")
    *_, public_key = key_material()
    proof = DerivedProof.parse(str(proof_of(document)["proofValue"]))
    canonical = samples.canonicalizer().canonical(unsigned(case, "derivedRevealDocument"))

    lines = relabelled(canonical.decode(), proof.labels)
    always, others = signing.split(lines, proof.mandatory)

    assert lines == values(f"ecdsa-sd-2023/{case}/verifyNQuads")
    assert others == data["nonMandatory"]
    assert sha256("".join(always).encode()).hexdigest() == data["mandatoryHash"]
    hashed = signing.options_hash(document, options(case), samples.canonicalizer())
    assert hashed.hex() == data["proofHash"]
    read = value(case, "verifyDerivedProofValue")
    assert read["signatures"] == [one.hex() for one in proof.signatures]
    assert read["mandatoryIndexes"] == list(proof.mandatory)
    data_integrity.verify(
        document,
        proof_of(document),
        suite=VerifyingSuite(samples.canonicalizer()),
        public_key=public_key,
    )


@pytest.mark.parametrize("case", CASES)
def test_both_proofs_have_one_base_signature(case: str) -> None:
    texts = [
        str(proof_of(value(case, name))["proofValue"])
        for name in ("addSignedSDBase", "derivedRevealDocument")
    ]

    assert {base_signature(text).hex() for text in texts} == {
        value(case, "addRawBaseSignatureInfo")["baseSignature"]
    }


@pytest.mark.parametrize("case", CASES)
def test_each_proof_is_refused_where_the_other_is_wanted(case: str) -> None:
    base, shown = value(case, "addSignedSDBase"), value(case, "derivedRevealDocument")
    *_, public_key = key_material()

    with pytest.raises(BaseProofError):
        data_integrity.verify(
            base,
            proof_of(base),
            suite=VerifyingSuite(samples.canonicalizer()),
            public_key=public_key,
        )
    with pytest.raises(MalformedProofError):
        derive(shown, values(SELECTIVE[case]), grouping=grouping())


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "change",
    [
        {"validFrom": "2019-12-03T00:00:01Z"},
        {"issuer": {"id": "did:key:zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76"}},
        {"name": "Another"},
        {"type": ["VerifiableCredential"]},
    ],
    ids=str,
)
def test_a_changed_vector_is_refused(case: str, change: JsonObject) -> None:
    document = value(case, "derivedRevealDocument") | change
    *_, public_key = key_material()

    with pytest.raises(VerificationError):
        data_integrity.verify(
            document,
            proof_of(document),
            suite=VerifyingSuite(samples.canonicalizer()),
            public_key=public_key,
        )
