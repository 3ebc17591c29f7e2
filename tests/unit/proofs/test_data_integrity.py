import math
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime

import pytest

from credhub import multikey
from credhub.errors import (
    CanonicalizationError,
    DataLossError,
    DuplicateProofError,
    MalformedProofError,
    PreviousProofError,
    SignatureError,
    UnknownSuiteError,
    VerificationError,
    WeakKeyError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity, eddsa_jcs_2022, eddsa_rdfc_2022
from credhub.proofs.data_integrity import MAX_PROOFS, issuer_proof
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType, PublicKey
from tests.unit import factories
from tests.unit.factories import MemorySigner

SIGNER = MemorySigner()
SUITES = {factories.suite().name: factories.suite()}
KEY = key_of(SIGNER)
OTHER: JsonObject = {
    "type": "DataIntegrityProof",
    "cryptosuite": "bbs-2023",
    "verificationMethod": "did:web:x#1",
    "proofPurpose": "assertionMethod",
    "proofValue": "u2V0C",
}


def check(document: JsonObject, key: PublicKey = KEY) -> None:
    chosen = issuer_proof(document, SUITES)
    data_integrity.verify(document, chosen.proof, suite=chosen.suite, public_key=key)


def proof_of(document: JsonObject) -> JsonObject:
    return data_integrity.proofs_of(document)[0]


def with_proofs(*proofs: JsonObject) -> JsonObject:
    return factories.signed() | {"proof": list(proofs)}


def test_what_was_signed_verifies() -> None:
    document = factories.signed()

    check(document)
    assert proof_of(document) == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-11-22T12:00:00Z",
        "verificationMethod": SIGNER.method,
        "proofPurpose": "assertionMethod",
        "proofValue": proof_of(document)["proofValue"],
    }


def test_signing_leaves_the_document_as_it_was() -> None:
    document = factories.credential()
    before = deepcopy(document)

    factories.signed(document)

    assert document == before


def test_a_proof_may_stand_alone_and_repeat_the_context() -> None:
    document = factories.signed()
    proof = proof_of(document)

    check(document | {"proof": proof})
    with pytest.raises(SignatureError):  # it is there, so it would have been signed
        check(document | {"proof": proof | {"@context": document["@context"], "id": "urn:x:1"}})


def _every_leaf(value: JsonValue, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    match value:
        case dict():
            return [leaf for name, v in value.items() for leaf in _every_leaf(v, (*path, name))]
        case list():
            return [leaf for i, v in enumerate(value) for leaf in _every_leaf(v, (*path, i))]
        case _:
            return [path]


@pytest.mark.parametrize("path", _every_leaf(factories.signed()))
def test_every_changed_value_is_noticed(path: tuple[str | int, ...]) -> None:
    document = deepcopy(factories.signed())
    place: JsonValue = document
    for step in path[:-1]:
        place = place[step]  # type: ignore[index]  # the path is from the document
    last = path[-1]
    old = place[last]  # type: ignore[index]
    place[last] = f"{old}x" if isinstance(old, str) else False  # type: ignore[index]

    with pytest.raises(VerificationError):
        check(document)


@pytest.mark.parametrize("name", [*factories.signed(), "proof"])
def test_every_removed_member_is_noticed(name: str) -> None:
    document = {key: value for key, value in factories.signed().items() if key != name}

    with pytest.raises(VerificationError):
        check(document)


def test_another_key_is_noticed() -> None:
    with pytest.raises(SignatureError):
        check(factories.signed(), key=key_of(MemorySigner(2)))
    with pytest.raises(WeakKeyError):
        check(factories.signed(), key=PublicKey(KeyType.ED25519, bytes(32)))


def test_t03_a_term_that_no_context_defines_is_noticed() -> None:
    with pytest.raises(DataLossError):
        check(factories.signed() | {"honours": "summa"})
    with pytest.raises(DataLossError):
        factories.signed(factories.credential() | {"honours": "summa"})


# Which proof decides


def test_t07_one_proof_decides_and_unknown_ones_are_reported() -> None:
    document = factories.signed()
    both = document | {"proof": [OTHER, proof_of(document)]}

    chosen = issuer_proof(both, SUITES)

    assert chosen.proof == proof_of(document)
    assert chosen.verification_method == SIGNER.method
    assert chosen.ignored == ("bbs-2023",)
    check(both)


@pytest.mark.parametrize(
    "proof", [None, [], "proof", {}, [None], ["proof"], [[{}]], 5, [OTHER, "x"]]
)
def test_t07_no_proof_is_no_proof(proof: JsonValue) -> None:
    with pytest.raises(VerificationError):
        check(factories.signed() | {"proof": proof})


@pytest.mark.parametrize("proof", [None, [], "proof", [None]])
def test_t07_no_proof_is_named_so(proof: JsonValue) -> None:
    with pytest.raises(MalformedProofError):
        check(factories.signed() | {"proof": proof})


def test_t07_a_document_without_a_proof_member_has_none() -> None:
    with pytest.raises(MalformedProofError):
        check(factories.credential())


def _again(change: Callable[[JsonObject], JsonObject]) -> JsonObject:
    document = factories.signed()
    proof = proof_of(document)
    return document | {"proof": [proof, change(proof)]}


def test_t07_the_same_proof_twice_is_refused() -> None:
    for change in (
        dict,
        lambda proof: dict(reversed(proof.items())),
        lambda proof: proof | {"created": "2026-11-23T12:00:00Z"},
    ):
        with pytest.raises(DuplicateProofError):
            check(_again(change))


def test_t07_two_proofs_with_one_id_are_refused() -> None:
    with pytest.raises(DuplicateProofError):
        check(with_proofs(OTHER | {"id": "urn:x:1"}, OTHER | {"id": "urn:x:1", "proofValue": "u"}))


def test_t07_a_second_proof_that_could_decide_is_refused() -> None:
    with pytest.raises(MalformedProofError, match="more than one"):
        check(_again(lambda proof: proof | {"proofValue": "z" + "2" * 87}))


@pytest.mark.parametrize("previous", ["urn:x:1", ["urn:x:1"], [5], [None], {"id": "urn:x:1"}])
def test_t07_a_proof_that_builds_on_nothing_is_refused(previous: JsonValue) -> None:
    proof = proof_of(factories.signed()) | {"previousProof": previous}

    with pytest.raises(PreviousProofError):
        check(with_proofs(proof))
    with pytest.raises(PreviousProofError):
        check(with_proofs(proof, OTHER))
    with pytest.raises(PreviousProofError):
        check(with_proofs(proof_of(factories.signed()), OTHER | {"previousProof": previous}))


def test_t07_a_proof_that_builds_on_itself_is_refused() -> None:
    proof = proof_of(factories.signed()) | {"id": "urn:x:1", "previousProof": "urn:x:1"}

    with pytest.raises(PreviousProofError):
        check(with_proofs(proof))


def test_t07_a_proof_that_names_one_twice_is_refused() -> None:
    proof = proof_of(factories.signed()) | {"previousProof": ["urn:x:1", "urn:x:1"]}

    with pytest.raises(PreviousProofError):
        check(with_proofs(OTHER | {"id": "urn:x:1"}, proof))


def test_t07_a_proof_that_builds_on_another_covers_it() -> None:
    first: JsonObject = OTHER | {"id": "urn:x:1"}
    document = factories.credential()
    options: JsonObject = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": SIGNER.method,
        "proofPurpose": "assertionMethod",
        "previousProof": "urn:x:1",
    }
    message = factories.suite().signing_input(document | {"proof": [first]}, options)
    second = options | {"proofValue": multikey.encode_base58(SIGNER.sign(message))}

    check(document | {"proof": [first, second]})
    with pytest.raises(SignatureError):
        check(document | {"proof": [first | {"proofValue": "uAAAA"}, second]})


def test_t07_only_unknown_suites_are_named() -> None:
    with pytest.raises(UnknownSuiteError) as refused:
        check(with_proofs(OTHER, {"type": "Ed25519Signature2020", "proofValue": "z1"}))
    assert refused.value.suites == ("bbs-2023", "Ed25519Signature2020")


def test_t32_the_number_of_proofs_is_bounded() -> None:
    many: list[JsonObject] = [OTHER | {"proofValue": f"u{number}"} for number in range(MAX_PROOFS)]

    with pytest.raises(UnknownSuiteError):
        check(with_proofs(*many))
    with pytest.raises(MalformedProofError):
        check(with_proofs(*many, proof_of(factories.signed())))


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"type": ["DataIntegrityProof"]},
        {"proofPurpose": "authentication"},
        {"proofPurpose": None},
        {"verificationMethod": {"id": "did:web:x#1"}},
        {"verificationMethod": None},
        {"proofValue": None},
        {"proofValue": ""},
        {"proofValue": "u2V0C"},
        {"proofValue": "z0"},
        {"proofValue": "z" * 500},
        {"@context": ["https://www.w3.org/ns/credentials/v2"]},
    ],
)
def test_a_malformed_proof_is_refused(change: JsonObject) -> None:
    document = factories.signed()

    with pytest.raises(MalformedProofError):
        check(document | {"proof": [proof_of(document) | change]})


@pytest.mark.parametrize("suite", [None, [], {}, 5, "EDDSA-RDFC-2022", "eddsa-rdfc-2022 "])
def test_a_suite_that_is_not_exactly_ours_is_unknown(suite: JsonValue) -> None:
    document = factories.signed()

    with pytest.raises(UnknownSuiteError):
        check(document | {"proof": [proof_of(document) | {"cryptosuite": suite}]})


class Counting:
    """The full path, and what it wrote."""

    def __init__(self) -> None:
        self.written: list[JsonObject] = []

    def canonical(self, document: JsonObject) -> bytes:
        self.written.append(document)
        return factories.canonicalizer().canonical(document)


def test_the_options_of_one_second_are_written_once() -> None:
    counting = Counting()
    suite = eddsa_rdfc_2022.suite(counting)
    signer = MemorySigner()

    def sign(code: str, created: datetime) -> JsonObject:
        return data_integrity.sign(
            factories.credential(code),
            suite=suite,
            signer=signer,
            verification_method=signer.method,
            created=created,
        )

    signed = [sign(code, factories.NOON) for code in ("1", "2")]
    later = sign("3", factories.NOON.replace(second=1))

    options = [one for one in counting.written if "proofPurpose" in one]
    assert [one["created"] for one in options] == ["2026-11-22T12:00:00Z", "2026-11-22T12:00:01Z"]
    for document in (*signed, later):
        check(document, key_of(signer))


class Forgetful:
    """The full path, which once writes something else than what it is asked for."""

    def __init__(self) -> None:
        self.is_wrong = True

    def canonical(self, document: JsonObject) -> bytes:
        written = factories.canonicalizer().canonical(document)
        if "proofPurpose" in document or not self.is_wrong:
            return written
        self.is_wrong = False
        return written + b"."


def test_t86_what_was_written_wrongly_for_a_signature_is_noticed_by_the_check_of_it() -> None:
    suite, signer = eddsa_rdfc_2022.suite(Forgetful()), MemorySigner()
    signed = data_integrity.sign(
        factories.credential(),
        suite=suite,
        signer=signer,
        verification_method=signer.method,
        created=factories.NOON,
    )

    with pytest.raises(SignatureError):
        data_integrity.verify(signed, proof_of(signed), suite=suite, public_key=key_of(signer))


def test_what_is_no_number_is_not_taken_for_nothing() -> None:
    suite = eddsa_jcs_2022.suite()
    suite.signing_input({}, {"value": None})

    with pytest.raises(CanonicalizationError):
        suite.signing_input({}, {"value": math.nan})


def test_options_that_are_not_json_are_refused() -> None:
    options: JsonObject = {"created": object()}  # type: ignore[dict-item]  # a fault of ours

    with pytest.raises(CanonicalizationError):
        factories.suite().signing_input(factories.credential(), options)
