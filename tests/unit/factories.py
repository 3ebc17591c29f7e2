"""Valid values of the core; a test says what differs."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credhub.credentials.achievement import Achievement, Alignment, Criteria
from credhub.credentials.document import to_document
from credhub.credentials.draft import CredentialDraft, Evidence, Recipient, Result
from credhub.credentials.issuer import Issuer
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.credentials.validity import Validity
from credhub.dids import did_key
from credhub.jsontypes import JsonObject
from credhub.proofs import data_integrity, eddsa_rdfc_2022
from credhub.proofs.contexts import Contexts
from credhub.proofs.hashed import HashedSuite
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.signer import key_of
from credhub.public_key import KeyType
from credhub.status.document import Purpose, StatusEntry

SCHEMAS = Path(__file__).resolve().parent.parent.parent / "schemas"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOST = "https://hub.example"


class MemorySigner:
    """A signer whose key is made from one number."""

    def __init__(self, seed: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    @property
    def key_type(self) -> KeyType:
        return KeyType.ED25519

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    @property
    def did(self) -> str:
        return did_key.did_of(key_of(self))

    @property
    def method(self) -> str:
        return f"{self.did}#{self.did.removeprefix(did_key.PREFIX)}"


def read_schema(name: str) -> bytes:
    return (SCHEMAS / name).read_bytes()


@cache
def contexts() -> Contexts:
    return Contexts.load(read_schema)


@cache
def canonicalizer() -> SafeCanonicalizer:
    return SafeCanonicalizer(contexts())


@cache
def suite() -> HashedSuite:
    return eddsa_rdfc_2022.suite(canonicalizer())


def issuer(did: str | None = None) -> Issuer:
    return Issuer(
        id=did or MemorySigner().did,
        name="Riverside Learning Hub",
        url=f"{HOST}/hubs/riverside",
        description="Learning by doing, at the river.",
        email="hello@riverside.example",
        image=f"{HOST}/hubs/riverside/logo.png",
    )


def achievement() -> Achievement:
    return Achievement(
        id=f"{HOST}/achievements/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        name="Solar installer, level 1",
        description="Can mount and connect a small solar system.",
        criteria=Criteria(narrative="Mounted a panel.\nPassed a test.", id=f"{HOST}/solar"),
        achievement_type="Certificate",
        alignments=(
            Alignment(
                target_name="install photovoltaic systems",
                target_url="http://data.europa.eu/esco/skill/1",
                target_framework="ESCO",
                target_code="S1",
                target_description="Put up panels.",
                target_type="ext:skill",
            ),
            Alignment(target_name="safety", target_url="https://esco.example/2"),
        ),
        tags=("solar", "énergie"),
        image=f"{HOST}/solar.png",
        in_language="en",
        validity=Validity(years=2),
        suspendable=True,
        version=3,
    )


def draft(code: str = "1") -> CredentialDraft:
    return CredentialDraft(
        id=f"{HOST}/c/{code}",
        recipient=Recipient(
            name="Amélie Dubois",
            email="Amelie@mail.example",
            did="did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
            external_id="student-17",
        ),
        valid_from=NOON,
        awarded_at=datetime(2026, 11, 20, tzinfo=UTC),
        evidence=(
            Evidence(
                id=f"{HOST}/evidence/1",
                name="Photo",
                description="The roof",
                narrative="I did it.",
                genre="Photo",
            ),
        ),
        results=(Result(value="87"),),
    )


def status_entry() -> StatusEntry:
    return StatusEntry.at(f"{HOST}/hubs/riverside/status/1", 94567, Purpose.REVOCATION)


def credential(code: str = "1", *, did: str | None = None) -> JsonObject:
    return to_document(
        draft(code),
        issuer=issuer(did),
        achievement=achievement(),
        status_entries=(status_entry().to_document(),),
        schema_id=HOST + PUBLISHED_PATH,
        salt=bytes(range(16)),
    )


def signed(document: JsonObject | None = None, *, signer: MemorySigner | None = None) -> JsonObject:
    by = signer or MemorySigner()
    return data_integrity.sign(
        document or credential(did=by.did),
        suite=suite(),
        signer=by,
        verification_method=by.method,
        created=NOON,
    )
