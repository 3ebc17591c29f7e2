"""Credentials of every hashed cryptosuite pass both ways with software that is not ours."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from credhub import multikey
from credhub.dids import did_key
from credhub.errors import OutcomeUnknownError, VerificationError
from credhub.jsontypes import JsonObject, canonical
from credhub.proofs import data_integrity
from credhub.proofs.forms import Form
from credhub.proofs.signer import key_of
from credhub.proofs.suites import suites
from credhub.public_key import KeyType
from credhub.status import bitstring
from credhub.status.document import Purpose, StatusEntry, StatusList
from credhub.status.published import PublishedList
from credhub.verification import published_lists
from tests.interop.packages import Installed, from_npm
from tests.unit import factories
from tests.unit.ec_signer import EcMemorySigner
from tests.unit.factories import NOON, MemorySigner
from tests.unit.verification.world import World

pytestmark = pytest.mark.interop

SIGNERS: Final[Mapping[KeyType, MemorySigner | EcMemorySigner]] = {
    KeyType.ED25519: MemorySigner(),
    KeyType.P256: EcMemorySigner(KeyType.P256),
    KeyType.P384: EcMemorySigner(KeyType.P384),
}
CASES: Final = (
    (Form.EDDSA_RDFC_2022, KeyType.ED25519),
    (Form.EDDSA_JCS_2022, KeyType.ED25519),
    (Form.ECDSA_RDFC_2019, KeyType.P256),
    (Form.ECDSA_RDFC_2019, KeyType.P384),
    (Form.ECDSA_JCS_2019, KeyType.P256),
    (Form.ECDSA_JCS_2019, KeyType.P384),
)
LIST: Final = StatusEntry.at("https://hub.example/hubs/riverside/status/1", 7, Purpose.REVOCATION)
GIVEN: Final = {"verified": True, "statuses": [], "errors": []}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return from_npm("suites", tmp_path_factory.mktemp("suites"))


def others(
    project: Installed, *steps: JsonObject, lists: dict[str, JsonObject] | None = None
) -> list[JsonObject]:
    """Let the other software do something."""
    documents: dict[str, object] = {
        address: {"@context": definition}
        for address, definition in factories.contexts().definitions.items()
    }
    for signer in SIGNERS.values():
        documents[signer.did] = did_key.resolve(signer.did).to_document()
    documents |= lists or {}
    request = {"documents": documents, "now": "2026-12-01T00:00:00Z", "steps": steps}
    answers: list[JsonObject] = project.ask(request)
    return answers


def signed(form: Form, key_type: KeyType, document: JsonObject) -> JsonObject:
    signer = SIGNERS[key_type]
    return data_integrity.sign(
        document,
        suite=suites(factories.canonicalizer())[form],
        signer=signer,
        verification_method=signer.method,
        created=NOON,
    )


def credential(key_type: KeyType) -> JsonObject:
    document = factories.credential(did=SIGNERS[key_type].did)
    return {name: value for name, value in document.items() if name != "credentialStatus"}


def status_list(revoked: set[int]) -> JsonObject:
    return StatusList(
        url=LIST.list_url,
        issuer=SIGNERS[KeyType.ED25519].did,
        purpose=Purpose.REVOCATION,
        encoded=bitstring.encode(revoked),
        valid_from=NOON.replace(year=2020),  # It judges lists by the clock of the machine.
        valid_until=NOON.replace(year=2099),
    ).to_document()


def check(form: Form, key_type: KeyType, document: object) -> None:
    assert isinstance(document, dict)
    [proof] = data_integrity.proofs_of(document)
    suite = suites(factories.canonicalizer())[form]
    data_integrity.verify(document, proof, suite=suite, public_key=key_of(SIGNERS[key_type]))


def secret_key(key_type: KeyType) -> JsonObject:
    # W3C Controlled Identifiers 1.0, section 2.2.2: how secret keys of each kind begin.
    header, secret = {
        KeyType.ED25519: (b"\x80\x26", bytes([1]) * 32),
        KeyType.P256: (b"\x86\x26", (1001).to_bytes(32, "big")),
        KeyType.P384: (b"\x87\x26", (1001).to_bytes(48, "big")),
    }[key_type]
    signer = SIGNERS[key_type]
    return {
        "type": "Multikey",
        "id": signer.method,
        "controller": signer.did,
        "publicKeyMultibase": multikey.encode(key_of(signer)),
        "secretKeyMultibase": multikey.encode_base58(header + secret),
    }


@pytest.mark.parametrize(("form", "key_type"), CASES)
def test_others_believe_what_we_signed_and_nothing_else(
    project: Installed, form: Form, key_type: KeyType
) -> None:
    document = signed(form, key_type, credential(key_type))
    changed = document | {"name": "Master of Science"}

    believed, refused = others(
        project,
        {"verb": "verify", "name": form.value, "credential": document},
        {"verb": "verify", "name": form.value, "credential": changed},
    )

    assert believed == GIVEN
    assert refused["verified"] is False


@pytest.mark.parametrize(("form", "key_type"), CASES)
def test_we_believe_what_others_signed_and_nothing_else(
    project: Installed, form: Form, key_type: KeyType
) -> None:
    step: JsonObject = {
        "verb": "sign",
        "name": form.value,
        "credential": credential(key_type),
        "key": secret_key(key_type),
    }

    [answer] = others(project, step)

    document = answer["credential"]
    assert isinstance(document, dict)
    check(form, key_type, document)
    with pytest.raises(VerificationError):
        check(form, key_type, document | {"name": "Master of Science"})


@pytest.mark.parametrize("revoked", [False, True])
def test_others_read_our_status_lists(project: Installed, *, revoked: bool) -> None:
    form, key_type = CASES[0]
    document = credential(key_type) | {"credentialStatus": [LIST.to_document()]}
    published = signed(form, key_type, status_list({LIST.index} if revoked else set()))
    step: JsonObject = {
        "verb": "verify",
        "name": form.value,
        "credential": signed(form, key_type, document),
    }

    [answer] = others(project, step, lists={LIST.list_url: published})

    assert answer == {"verified": True, "statuses": [revoked], "errors": []}


def test_we_read_the_status_lists_of_others_and_believe_only_their_own(
    project: Installed,
) -> None:
    form, key_type = CASES[0]
    signer = SIGNERS[key_type]
    [made] = others(
        project,
        {
            "verb": "list",
            "id": LIST.list_url,
            "length": bitstring.LENGTH,
            "revoked": [LIST.index],
            "issuer": signer.did,
        },
    )
    step = {"verb": "sign", "name": form.value, "credential": made["credential"]}
    [answer] = others(project, step | {"key": secret_key(key_type)})
    published = answer["credential"]
    assert isinstance(published, dict)

    found = prove(published)

    assert [found.status_of(replace(LIST, index=index)).value for index in (7, 6, 8)] == [1, 0, 0]
    with pytest.raises(OutcomeUnknownError):
        prove(published | {"validFrom": "2020-01-01T00:00:00Z"})
    with pytest.raises(OutcomeUnknownError):
        prove(published, issuer=SIGNERS[KeyType.P256].did)


def prove(published: JsonObject, issuer: str = SIGNERS[KeyType.ED25519].did) -> PublishedList:
    return published_lists.prove(
        canonical(published),
        url=LIST.list_url,
        issuer_id=issuer,
        suites=suites(factories.canonicalizer()),
        dids=World(),
        now=datetime(2026, 12, 1, tzinfo=UTC),
    )
