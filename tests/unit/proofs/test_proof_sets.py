"""Proof sets and chains, made here and by W3C."""

from copy import deepcopy

import pytest

from credhub import instants, multikey
from credhub.errors import (
    DuplicateProofError,
    MalformedProofError,
    PreviousProofError,
    SignatureError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity, eddsa_jcs_2022
from credhub.proofs.data_integrity import ASSERTION, AUTHENTICATION, MAX_PROOFS, known_proofs
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.suites import suites
from tests import vectors
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.proofs.published import Signer, canonicalizer

FOLDER = "vc-di-eddsa/TestVectors/proof-set-chain"
ALL = suites(canonicalizer())
FIRST, SECOND = MemorySigner(1), MemorySigner(2)

both_kinds = pytest.mark.parametrize(
    "suite", [factories.suite(), eddsa_jcs_2022.suite()], ids=lambda suite: suite.name
)


def check(document: JsonObject, *, purpose: str = ASSERTION) -> int:
    """Check every proof by the did:key that it names, and count them."""
    known = known_proofs(document, ALL, purpose=purpose)
    for one in known:
        key = multikey.decode(one.verification_method.partition("#")[2])
        data_integrity.verify(document, one.proof, suite=one.suite, public_key=key, purpose=purpose)
    return len(known)


def sign(
    document: JsonObject,
    signer: MemorySigner,
    suite: HashedSuite | None = None,
    purpose: str = ASSERTION,
    **options: JsonValue,
) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=suite or factories.suite(),
        signer=signer,
        verification_method=signer.method,
        created=NOON,
        purpose=purpose,
        options=options,
    )


def chain(suite: HashedSuite) -> JsonObject:
    signed = sign(factories.credential(), FIRST, suite, id="urn:x:1")
    return sign(signed, SECOND, suite, previousProof="urn:x:1")


@pytest.mark.parametrize(
    ("name", "count"),
    [("ProofSet1", 1), ("ProofSet2", 2), ("ProofChain1", 3), ("ProofChain2", 4)],
)
def test_the_w3c_sets_and_chains_verify(name: str, count: int) -> None:
    assert check(vectors.document(f"{FOLDER}/signed{name}.json")) == count


STEPS = (
    ("keyPair1", "proofSet", 1, "unsigned"),
    ("keyPair2", "proofSet", 2, "unsigned"),
    ("keyPair3", "proofChain", 1, "proofChainTempDoc1"),
    ("keyPair4", "proofChain", 2, "proofChainTempDoc2"),
)
"""By what, how, and the document with those proofs that the new one covers."""


def test_we_make_the_w3c_sets_and_chains() -> None:
    document = vectors.document(f"{FOLDER}/unsigned.json")
    pairs = vectors.document(f"{FOLDER}/multiKeyPairs.json")

    for pair, kind, number, covered in STEPS:
        key = pairs[pair]
        options = vectors.document(f"{FOLDER}/{kind}Config{number}.json")
        assert isinstance(key, dict)
        signer, suite = Signer(key), ALL[str(options["cryptosuite"])]
        document = data_integrity.sign(
            document,
            suite=suite,
            signer=signer,
            verification_method=str(options["verificationMethod"]),
            created=instants.parse(str(options["created"])),
            options=options,
        )

        published = vectors.document(f"{FOLDER}/signed{kind[0].upper()}{kind[1:]}{number}.json")
        proofs = data_integrity.proofs_of(document)
        assert proofs == data_integrity.proofs_of(published)
        assert proofs[-1] == vectors.document(f"{FOLDER}/{kind}ConfigSigned{number}.json")
        what = vectors.document(f"{FOLDER}/{covered}.json")
        assert suite.proof_value(what, options, signer) == proofs[-1]["proofValue"]


def test_t07_of_the_w3c_chain_every_link_holds_the_ones_before() -> None:
    signed = vectors.document(f"{FOLDER}/signedProofChain2.json")
    proofs = data_integrity.proofs_of(signed)

    for number, proof in enumerate(proofs):
        changed: list[JsonObject] = deepcopy(proofs)
        changed[number] = proof | {"created": "2023-02-24T23:36:39Z"}
        with pytest.raises(VerificationError):
            check(signed | {"proof": list(changed)})
        left = [one for one in proofs if one is not proof]
        if number < 3:  # something builds on all but the last
            with pytest.raises(PreviousProofError):
                check(signed | {"proof": list(left)})
    assert check(signed | {"proof": list(proofs[:3])}) == 3


@both_kinds
def test_a_second_proof_stands_beside_the_first(suite: HashedSuite) -> None:
    signed = sign(factories.credential(), FIRST, suite)

    twice = sign(signed, SECOND, suite)

    first, second = data_integrity.proofs_of(twice)
    assert [first] == data_integrity.proofs_of(signed)
    assert check(twice) == 2
    assert check(twice | {"proof": [second]}) == 1
    assert check(twice | {"proof": [second, first]}) == 2


@both_kinds
def test_as_many_proofs_as_may_be_are_all_checked(suite: HashedSuite) -> None:
    document = factories.credential()
    for number in range(MAX_PROOFS):
        document = sign(document, MemorySigner(number + 1), suite)

    assert check(document) == MAX_PROOFS


@both_kinds
def test_a_chain_holds_what_it_builds_on(suite: HashedSuite) -> None:
    signed = chain(suite)
    first, second = data_integrity.proofs_of(signed)

    assert second["previousProof"] == "urn:x:1"
    assert check(signed) == 2
    with pytest.raises(PreviousProofError):
        check(signed | {"proof": [second]})
    other = sign(factories.credential(), FIRST, suite, id="urn:x:1", nonce="other")
    with pytest.raises(SignatureError):  # genuine, but not the one that was built on
        check(signed | {"proof": [*data_integrity.proofs_of(other), second]})
    with pytest.raises(SignatureError):
        check(signed | {"proof": [first | {"created": "2026-11-22T12:00:01Z"}, second]})
    without = {name: value for name, value in second.items() if name != "previousProof"}
    with pytest.raises(SignatureError):
        check(signed | {"proof": [first, without]})


@both_kinds
def test_a_proof_may_build_on_several(suite: HashedSuite) -> None:
    signed = sign(factories.credential(), FIRST, suite, id="urn:x:1")
    signed = sign(signed, SECOND, suite, id="urn:x:2")

    signed = sign(signed, MemorySigner(3), suite, previousProof=["urn:x:2", "urn:x:1"])

    assert check(signed) == 3
    with pytest.raises(SignatureError):
        check(signed | {"proof": _renamed(signed, "urn:x:2", "urn:x:1")})


def _renamed(document: JsonObject, *ids: str) -> list[JsonValue]:
    proofs = data_integrity.proofs_of(document)
    named = [proof | {"id": name} for proof, name in zip(proofs[:2], ids, strict=True)]
    return [*named, *proofs[2:]]


def test_the_members_that_say_what_a_proof_is_cannot_be_given() -> None:
    signed = sign(factories.credential(), FIRST, type="x", cryptosuite="x", proofValue="x")

    assert check(signed) == 1


def test_a_proof_is_for_the_purpose_that_is_asked_for() -> None:
    signed = sign(factories.credential(), FIRST, purpose=AUTHENTICATION, challenge="c", domain="d")

    [proof] = data_integrity.proofs_of(signed)
    assert (proof["proofPurpose"], proof["challenge"], proof["domain"]) == (
        AUTHENTICATION,
        "c",
        "d",
    )
    assert check(signed, purpose=AUTHENTICATION) == 1
    with pytest.raises(MalformedProofError):
        check(signed)
    with pytest.raises(MalformedProofError):
        check(sign(factories.credential(), FIRST), purpose=AUTHENTICATION)
    with pytest.raises(MalformedProofError):
        check(sign(signed, SECOND))
    with pytest.raises(SignatureError):
        check(signed | {"proof": [proof | {"challenge": "other"}]}, purpose=AUTHENTICATION)


def test_nothing_is_built_on_a_proof_that_is_not_there() -> None:
    with pytest.raises(PreviousProofError):
        sign(factories.credential(), FIRST, previousProof="urn:x:1")
    with pytest.raises(PreviousProofError):
        sign(sign(factories.credential(), FIRST, id="urn:x:2"), SECOND, previousProof="urn:x:1")


def test_no_two_proofs_get_one_id() -> None:
    signed = sign(factories.credential(), FIRST, id="urn:x:1")

    with pytest.raises(DuplicateProofError):
        sign(signed, SECOND, id="urn:x:1")
    with pytest.raises(DuplicateProofError):
        sign(sign(factories.credential(), FIRST), FIRST)


def test_t32_no_document_gets_more_proofs_than_are_read() -> None:
    document = factories.credential()
    for number in range(1, MAX_PROOFS + 1):
        document = sign(document, MemorySigner(number))

    assert check(document) == MAX_PROOFS
    with pytest.raises(MalformedProofError):
        sign(document, MemorySigner(9))


@pytest.mark.parametrize(
    "change",
    [
        {"cryptosuite": "Ed25519Signature2020"},
        {"cryptosuite": "Ed25519Signature2020", "type": "Ed25519Signature2020"},
        {"type": "Ed25519Signature2020"},
        {"type": ""},
    ],
)
def test_t07_a_type_without_cryptosuite_is_no_cryptosuite(change: JsonObject) -> None:
    signed = sign(factories.credential(), FIRST)
    [proof] = data_integrity.proofs_of(signed)

    with pytest.raises(MalformedProofError):
        check(signed | {"proof": [proof | change]})
