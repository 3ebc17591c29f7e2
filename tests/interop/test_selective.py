"""Parts of credentials are shown and believed both ways with software that is not ours."""

import pytest

from credhub import multikey
from credhub.dids import did_key
from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs import data_integrity
from credhub.proofs.ecdsa_sd_2023.derived import derive
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.ecdsa_sd_2023.mandatory import pointers_for
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite, VerifyingSuite
from credhub.proofs.signer import key_of
from tests.interop.packages import Installed, from_npm
from tests.unit import factories
from tests.unit.factories import NOON
from tests.unit.proofs.ecdsa_sd_2023.samples import P256Signer

pytestmark = pytest.mark.interop

SIGNER = P256Signer()
DID = did_key.did_of(key_of(SIGNER))
METHOD = f"{DID}#{DID.removeprefix(did_key.PREFIX)}"
POINTERS = ["/evidence/0/name", "/credentialSubject/result", "/awardedDate"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return from_npm("selective", tmp_path_factory.mktemp("selective"))


def others(project: Installed, *steps: JsonObject) -> list[JsonObject]:
    """Let the other software do something."""
    documents: dict[str, object] = {
        address: {"@context": definition}
        for address, definition in factories.contexts().definitions.items()
    }
    documents[DID] = did_key.resolve(DID).to_document()
    request = {"documents": documents, "now": "2027-01-01T00:00:00Z", "steps": steps}
    answers: list[JsonObject] = project.ask(request)
    return answers


def credential() -> JsonObject:
    """Make a credential with parts that look alike, in several scripts.

    No text looks like a label of RDF: the other software would replace it when it signs.
    """
    evidence: list[JsonValue] = [
        {"type": ["Evidence"], "name": name, "genre": "Photo"}
        for name in ("One", '太阳 "quoted" \\ 😀', "Three")
    ]
    return factories.credential(did=DID) | {"evidence": evidence}


def compactable() -> JsonObject:
    """Leave out the type that the other software cannot divide.

    It expands and compacts a document before it divides it, and Open Badges gives the class
    Criteria and the member criteria one address: so what was the one comes back as the other.
    """
    document = credential()
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    assert isinstance(achievement["criteria"], dict)
    del achievement["criteria"]["type"]
    return document


def grouping() -> LocalGrouping:
    return LocalGrouping(factories.canonicalizer())


def issuing() -> IssuingSuite:
    return IssuingSuite(
        factories.canonicalizer(), grouping(), random=lambda length: bytes(range(7, 7 + length))
    )


def ours(document: JsonObject | None = None) -> JsonObject:
    return data_integrity.sign(
        document or credential(),
        suite=issuing(),
        signer=SIGNER,
        verification_method=METHOD,
        created=NOON,
    )


def check(document: JsonValue, *, base: bool = False) -> None:
    assert isinstance(document, dict)
    [proof] = data_integrity.proofs_of(document)
    suite = issuing() if base else VerifyingSuite(factories.canonicalizer())
    data_integrity.verify(document, proof, suite=suite, public_key=key_of(SIGNER))


def shown(document: JsonValue, pointers: list[str]) -> JsonObject:
    assert isinstance(document, dict)
    return derive(document, pointers, grouping=grouping())


def verification(document: JsonObject) -> JsonObject:
    return {"verb": "verify", "credential": document}


def secret_key() -> JsonObject:
    # W3C Controlled Identifiers 1.0, section 2.2.2: a P-256 secret key begins with 0x8626.
    return {
        "type": "Multikey",
        "id": METHOD,
        "controller": DID,
        "publicKeyMultibase": multikey.encode(key_of(SIGNER)),
        "secretKeyMultibase": multikey.encode_base58(b"\x86\x26" + (1).to_bytes(32, "big")),
    }


def test_others_believe_what_is_derived_from_our_credentials(project: Installed) -> None:
    parts = [shown(ours(), POINTERS[:count]) for count in range(len(POINTERS) + 1)]

    answers = others(project, *map(verification, parts))

    assert answers == [{"verified": True, "errors": []}] * len(parts)


def test_others_refuse_what_was_changed(project: Installed) -> None:
    part = shown(ours(), POINTERS)
    changes: list[JsonObject] = [
        {"name": "Master of Science"},
        {"validUntil": "2099-01-01T00:00:00Z"},
        {"awardedDate": "2020-01-01T00:00:00Z"},
    ]

    answers = others(project, *(verification(part | change) for change in changes))

    assert [answer["verified"] for answer in answers] == [False] * len(changes)


def test_others_derive_from_our_base_proofs_what_we_would(project: Installed) -> None:
    signed = ours(compactable())
    [derived] = others(
        project, {"verb": "derive", "credential": signed, "selectivePointers": list(POINTERS)}
    )

    check(derived["credential"])
    [proof] = data_integrity.proofs_of(shown(signed, POINTERS))
    assert derived["credential"] == shown(signed, POINTERS) | {"proof": proof}


def test_we_believe_and_derive_from_what_others_signed(project: Installed) -> None:
    mandatory: list[JsonValue] = list(pointers_for(compactable()))
    [signed] = others(
        project,
        {
            "verb": "sign",
            "credential": compactable(),
            "key": secret_key(),
            "mandatoryPointers": mandatory,
        },
    )
    base = signed["credential"]
    check(base, base=True)
    part = shown(base, POINTERS)
    check(part)

    verified, derived = others(
        project,
        {"verb": "verify", "credential": part},
        {"verb": "derive", "credential": base, "selectivePointers": list(POINTERS)},
    )

    assert verified == {"verified": True, "errors": []}
    assert derived["credential"] == part
    with pytest.raises(VerificationError):
        check(part | {"name": "Master of Science"})
