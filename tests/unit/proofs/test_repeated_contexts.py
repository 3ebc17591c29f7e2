"""Endorsements and proofs that say again in which contexts they were written."""

from copy import deepcopy

import pytest
from pyld import jsonld

from credhub.errors import ContextNotAllowedError, SignatureError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity, eddsa_jcs_2022
from credhub.proofs.contexts import OB_EXTENSIONS, OB_VERSIONS, PINNED, VC, VC_1, Contexts
from credhub.proofs.signer import key_of
from credhub.verification.report import Verdict
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import HUB_DID, World, sign

BADGE = factories.credential()
AROUND = BADGE["@context"]
COMMON: list[JsonValue] = [VC, OB_VERSIONS[0]]
PARTNER, HUB = MemorySigner(2), MemorySigner()


def endorsement(contexts: JsonValue = AROUND, *, of: str = "urn:uuid:2") -> JsonObject:
    return {
        "@context": contexts,
        "id": "https://partner.example/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": PARTNER.did, "type": ["Profile"], "name": "A partner"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": of,
            "type": ["EndorsementSubject"],
            "endorsementComment": "We take on whoever has it.",
        },
    }


def by_partner(document: JsonObject) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=PARTNER,
        verification_method=PARTNER.method,
        created=NOON,
    )


def endorsed(*endorsements: JsonValue, where: str = "credential") -> JsonObject:
    badge = deepcopy(BADGE)
    place = badge
    subject = badge["credentialSubject"]
    assert isinstance(subject, dict)
    for name in {"credential": (), "issuer": ("issuer",)}.get(
        where, ("credentialSubject", "achievement")
    ):
        inner = place[name]
        assert isinstance(inner, dict)
        place = inner
    place["endorsement"] = list(endorsements)
    return badge


def by_other_software(document: JsonObject) -> bytes:
    definitions = factories.contexts().definitions

    def load(address: str, _: object) -> dict[str, object]:
        document = {"@context": definitions[address]}
        return {"contextUrl": None, "documentUrl": address, "document": document}

    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "base": None}
    text: str = jsonld.normalize(document, {**options, "documentLoader": load})
    return text.encode()


@pytest.mark.parametrize("where", ["credential", "issuer", "achievement"])
@pytest.mark.parametrize("contexts", [AROUND, COMMON])
def test_other_software_reads_the_same(where: str, contexts: JsonValue) -> None:
    one, other = endorsement(contexts), by_partner(endorsement(contexts, of="urn:uuid:3"))
    document = endorsed(one, other | {"id": "urn:uuid:4"}, where=where)

    written = factories.canonicalizer().canonical(document)

    assert written == by_other_software(document)
    assert b"We take on whoever has it." in written


def test_other_software_reads_a_proof_that_another_builds_on_in_the_same_way() -> None:
    first = data_integrity.sign(
        BADGE,
        suite=eddsa_jcs_2022.suite(),
        signer=HUB,
        verification_method=HUB.method,
        created=NOON,
        options={"id": "urn:uuid:1"},
    )
    [proof] = data_integrity.proofs_of(first)
    assert proof["@context"] == AROUND

    assert factories.canonicalizer().canonical(first) == by_other_software(first)


def test_what_a_badge_says_of_its_endorsements_is_signed() -> None:
    signed = data_integrity.sign(
        endorsed(by_partner(endorsement())),
        suite=factories.suite(),
        signer=HUB,
        verification_method=HUB.method,
        created=NOON,
    )
    [proof] = data_integrity.proofs_of(signed)

    check(signed, proof)
    changes: list[JsonObject] = [
        {"validFrom": "2020-01-01T00:00:00Z"},
        {"issuer": "did:example:other"},
    ]
    for change in changes:
        other: list[JsonValue] = [by_partner(endorsement()) | change]
        with pytest.raises(SignatureError):
            check(signed | {"endorsement": other}, proof)


def test_an_endorsed_badge_is_valid() -> None:
    document = endorsed(by_partner(endorsement()), where="issuer")
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    issuer["id"] = HUB_DID
    del document["credentialSchema"]  # Ours is for badges without endorsements.

    report = World().verify(sign(document))

    assert report.verdict is Verdict.VALID, report


def check(document: JsonObject, proof: JsonObject) -> None:
    data_integrity.verify(document, proof, suite=factories.suite(), public_key=key_of(HUB))


@pytest.mark.parametrize(
    "contexts",
    [
        VC,
        [VC],
        [],
        None,
        {"@vocab": "https://example.org/"},
        [VC, {"issuer": "https://example.org/issuer"}],
        [OB_VERSIONS[0], VC],
        [VC, OB_VERSIONS[1]],
        [VC_1, OB_VERSIONS[0]],
        [*COMMON, "https://example.org/more"],
    ],
)
def test_t04_other_contexts_are_not_accepted_inside(contexts: JsonValue) -> None:
    with pytest.raises(ContextNotAllowedError):
        factories.canonicalizer().canonical(endorsed(endorsement(contexts)))


@pytest.mark.parametrize("contexts", [[VC], [], None, {"@vocab": "https://example.org/"}])
def test_t04_nor_are_they_inside_a_proof(contexts: JsonValue) -> None:
    proof: JsonValue = {"type": "DataIntegrityProof", "@context": contexts}

    with pytest.raises(ContextNotAllowedError):
        factories.canonicalizer().canonical(BADGE | {"proof": proof})


@pytest.mark.parametrize("member", ["evidence", "related", "credentialStatus"])
def test_t04_nor_are_any_inside_of_something_else(member: str) -> None:
    document = deepcopy(BADGE) | {member: [endorsement()]}

    with pytest.raises(ContextNotAllowedError):
        factories.canonicalizer().canonical(document)


@pytest.mark.parametrize("address", sorted({VC, VC_1, *OB_VERSIONS}))
def test_the_extensions_give_no_word_of_others_another_meaning(address: str) -> None:
    definitions = Contexts.load(factories.read_schema).definitions
    words, extensions = definitions[address], definitions[OB_EXTENSIONS]
    assert address in PINNED
    assert isinstance(words, dict)
    assert isinstance(extensions, dict)

    assert {name: words[name] for name in words.keys() & extensions.keys()} == {
        "id": "@id",
        "type": "@type",
    }
