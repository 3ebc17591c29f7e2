"""Badges as they were made before the data model 2.0: Ed25519Signature2020 over RDF."""

import pytest

from credhub import multikey
from credhub.errors import KeyTypeError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import ed25519_signature_2020
from credhub.proofs.contexts import ED25519_2020, OB_VERSIONS, STATUS_2021, VC_1
from credhub.proofs.suites import suites
from credhub.public_key import KeyType
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, Outcome, Report, Verdict
from credhub.verification.verify import verify
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import World, result

SIGNER = MemorySigner()
SUITE = ed25519_signature_2020.suite(factories.canonicalizer())


def badge(*contexts: str) -> JsonObject:
    return {
        "@context": [VC_1, *contexts, ED25519_2020],
        "id": "urn:uuid:a63a60be-f4af-491c-87fc-2c8fd3007a58",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Teamwork",
        "issuer": {"type": ["Profile"], "id": SIGNER.did, "name": "A hub of long ago"},
        "issuanceDate": "2023-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "id": "did:example:learner",
            "achievement": {
                "id": "https://long-ago.example/achievements/1",
                "type": ["Achievement"],
                "name": "Teamwork",
                "description": "Works well with others.",
                "criteria": {"narrative": "Worked well with others."},
            },
        },
    }


def signed(document: JsonObject, method: str = SIGNER.method) -> JsonObject:
    options: JsonObject = {
        "type": "Ed25519Signature2020",
        "created": "2023-01-01T00:00:00Z",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    message = SUITE.signing_input(document, options)
    return document | {
        "proof": options | {"proofValue": multikey.encode_base58(SIGNER.sign(message))}
    }


def judged(document: JsonObject) -> Report:
    world = World()
    context = VerifierContext(
        suites=suites(factories.canonicalizer()),
        dids=world,
        schemas=world,
        statuses=world,
        ledgers=World(position=None),
        trust=world,
    )
    return verify(document, context=context, now=NOON)


@pytest.mark.parametrize("version", OB_VERSIONS)
def test_an_older_badge_is_read_and_its_signature_is_genuine(version: str) -> None:
    report = judged(signed(badge(version, STATUS_2021)))

    assert report.verdict is Verdict.UNKNOWN_ISSUER
    for check in (Check.STRUCTURE, Check.PROOF, Check.ISSUER_BINDING):
        assert result(report, check).outcome is Outcome.PASSED, check


def test_the_key_of_a_did_key_may_be_named_by_the_did_alone() -> None:
    document = badge(OB_VERSIONS[-1])

    assert judged(signed(document, SIGNER.did)).verdict is Verdict.UNKNOWN_ISSUER
    # The positive twin of those that name no key.
    for other in (MemorySigner(2).did, SIGNER.did[:-1], "did:key:", "did:web:hub.example"):
        assert judged(signed(document, other)).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Leadership"},
        {"issuanceDate": "2022-01-01T00:00:00Z"},
        {"credentialSubject": {"id": "did:example:learner"}},
        {"honours": "summa"},
    ],
)
def test_t06_a_changed_older_badge_is_invalid(change: JsonObject) -> None:
    assert judged(signed(badge(OB_VERSIONS[-1])) | change).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "change",
    [
        {"created": "2022-01-01T00:00:00Z"},
        {"proofPurpose": "authentication"},
        {"cryptosuite": "Ed25519Signature2020"},
        {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"},
        {"verificationMethod": MemorySigner(2).method},
    ],
)
def test_t06_a_changed_older_proof_is_invalid(change: JsonObject) -> None:
    document = signed(badge(OB_VERSIONS[-1]))
    proof: JsonValue = document["proof"]
    assert isinstance(proof, dict)

    assert judged(document | {"proof": proof | change}).verdict is Verdict.INVALID


def test_the_older_suite_knows_one_kind_of_key() -> None:
    with pytest.raises(KeyTypeError):
        SUITE.proof_value(badge(), {}, EcMemorySigner(KeyType.P256))
