"""What we sign verifies with the packages that most of the ecosystem verifies with."""

from dataclasses import replace

import pytest

from credhub.credentials.document import to_document
from credhub.dids import did_key, did_web
from credhub.dids.document import DidDocument, VerificationMethod
from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity
from credhub.proofs.signer import key_of
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusEntry, StatusList
from tests.interop.packages import Installed, from_npm
from tests.unit import factories
from tests.unit.factories import HOST, NOON, MemorySigner

pytestmark = pytest.mark.interop

SIGNER = MemorySigner()
WEB = did_web.did_of(HOST, "riverside")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return from_npm("digitalbazaar", tmp_path_factory.mktemp("digitalbazaar"))


def verify(project: Installed, *credentials: JsonObject) -> list[JsonObject]:
    contexts = factories.contexts().definitions
    documents: dict[str, object] = {
        address: {"@context": definition} for address, definition in contexts.items()
    }
    documents[WEB] = _web_document().to_document()
    documents[SIGNER.did] = did_key.resolve(SIGNER.did).to_document()
    request = {"documents": documents, "credentials": credentials, "now": "2027-01-01T00:00:00Z"}
    answers: list[JsonObject] = project.ask(request)
    return answers


def _web_document() -> DidDocument:
    method = VerificationMethod(id=f"{WEB}#key-1", controller=WEB, public_key=key_of(SIGNER))
    return DidDocument(id=WEB, methods=(method,), assertion=frozenset({method.id}))


def signed_by_web(document: JsonObject) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=SIGNER,
        verification_method=f"{WEB}#key-1",
        created=NOON,
    )


def everything() -> JsonObject:
    """Make a credential with every member that we know, in several scripts."""
    draft = factories.draft()
    suspension = StatusEntry.at(f"{HOST}/hubs/riverside/status/2", 7, Purpose.SUSPENSION)
    return to_document(
        replace(draft, recipient=replace(draft.recipient, name='أميلي "太阳" \\ Dubois')),
        issuer=factories.issuer(WEB),
        achievement=factories.achievement(),
        status_entries=(factories.status_entry().to_document(), suspension.to_document()),
        schema_id=f"{HOST}/schemas/achievement-credential-1.json",
        salt=bytes(16),
    )


def test_credentials_of_both_kinds_of_did_verify(project: Installed) -> None:
    answers = verify(
        project,
        factories.signed(),
        signed_by_web(factories.credential(did=WEB)),
        signed_by_web(everything()),
        signed_by_web(_status_list()),
    )

    assert answers == [{"verified": True, "errors": []}] * 4


def test_changed_credentials_do_not(project: Installed) -> None:
    by_key, by_web = factories.signed(), signed_by_web(factories.credential(did=WEB))
    changes: list[JsonObject] = [
        {"name": "Master of Science"},
        {"validUntil": "2099-01-01T00:00:00Z"},
        {"credentialStatus": factories.status_entry().to_document() | {"statusListIndex": "1"}},
        {"honours": "summa"},
    ]

    answers = verify(project, *(one | change for one in (by_key, by_web) for change in changes))

    assert [answer["verified"] for answer in answers] == [False] * 8


def test_the_key_of_another_issuer_does_not(project: Installed) -> None:
    answers = verify(project, factories.signed(factories.credential(did=WEB)))

    assert [answer["verified"] for answer in answers] == [False]


def _status_list() -> JsonObject:
    return StatusList(
        url=f"{HOST}/hubs/riverside/status/1",
        issuer=WEB,
        purpose=Purpose.REVOCATION,
        encoded=bitstring.encode({1, 94567}),
        valid_from=NOON,
        valid_until=NOON.replace(year=2028),
    ).to_document()
