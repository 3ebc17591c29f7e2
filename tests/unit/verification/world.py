"""A small world around one credential: an issuer, its ledger, its schema, and who is trusted."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from credhub.credentials.schema import Schemas
from credhub.dids import did_key
from credhub.dids.document import DidDocument
from credhub.errors import DidNotResolvedError
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs import data_integrity
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.known_issuers import first_namesake
from credhub.verification.protocols import VerifierContext
from credhub.verification.report import Check, CheckResult, Report
from credhub.verification.verify import verify
from tests.unit import factories
from tests.unit.factories import NOON, MemorySigner

Answer = TypeVar("Answer")

HUB_DID = "did:web:hub.example:hubs:riverside"
HUB_KEY = f"{HUB_DID}#key-1"
HUB = IssuerStanding(
    trusted=True, name="Riverside Learning Hub", url="https://hub.example/hubs/riverside"
)
STRANGER = IssuerStanding(trusted=False)
POSITION = LedgerPosition(
    log="2026", seq=7, logged_at=NOON, checkpoint="checkpoint", cosignatures=("witness",)
)


def document_of(did: str, method_id: str, signer: MemorySigner) -> DidDocument:
    resolved = did_key.resolve(signer.did)
    method = replace(resolved.methods[0], id=method_id, controller=did)
    return DidDocument(id=did, methods=(method,), assertion=frozenset({method_id}))


def hub_document(
    *,
    revoked_at: datetime | None = None,
    expires_at: datetime | None = None,
    retired_at: datetime | None = None,
) -> DidDocument:
    document = document_of(HUB_DID, HUB_KEY, MemorySigner())
    method = replace(
        document.methods[0], revoked_at=revoked_at, expires_at=expires_at, retired_at=retired_at
    )
    return replace(document, methods=(method,))


def credential(change: Callable[[JsonObject], object] = lambda _: None) -> JsonObject:
    """Sign a credential of the hub, after a change to it."""
    document = factories.credential(did=HUB_DID)
    change(document)
    return sign(document)


def sign(
    document: JsonObject, *, signer: MemorySigner | None = None, method: str = HUB_KEY
) -> JsonObject:
    return data_integrity.sign(
        document,
        suite=factories.suite(),
        signer=signer or MemorySigner(),
        verification_method=method,
        created=NOON,
    )


def load_schemas() -> Schemas:
    return Schemas.load(factories.read_schema)


@dataclass(kw_only=True)
class World:
    """What the verification is told; an exception is raised instead."""

    dids: dict[str, DidDocument] = field(default_factory=lambda: {HUB_DID: hub_document()})
    standing: Standing | Exception = Standing.ACTIVE
    position: LedgerPosition | Exception | None = POSITION
    issuers: dict[str, IssuerStanding] = field(default_factory=lambda: {HUB_DID: HUB})
    schemas: Schemas = field(default_factory=load_schemas)
    asked: list[str] = field(default_factory=list)

    def resolve(self, did: str) -> DidDocument:
        self.asked.append("dids")
        if did.startswith(did_key.PREFIX):
            return did_key.resolve(did)
        if did not in self.dids:
            raise DidNotResolvedError("The DID document is not there.")
        return self.dids[did]

    def validate(self, schema_id: str, document: JsonObject) -> None:
        self.asked.append("schemas")
        self.schemas.validate(schema_id, document)

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        self.asked.append("statuses")
        assert credential["id"]
        assert issuer_did
        return answer(self.standing)

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        self.asked.append("ledgers")
        assert credential["id"]
        assert len(digest) == 32
        return answer(self.position)

    def trusted(self, did: str) -> IssuerStanding:
        self.asked.append("trust")
        return self.issuers.get(did, STRANGER)

    def namesake(self, name: str) -> IssuerStanding | None:
        return first_namesake(name, self.issuers.values())

    def verify(
        self, data: bytes | JsonObject | None = None, *, now: datetime = NOON + timedelta(days=1)
    ) -> Report:
        return verify(credential() if data is None else data, context=self.context(), now=now)

    def context(self) -> VerifierContext:
        return VerifierContext(
            suites={factories.suite().name: factories.suite()},
            dids=self,
            schemas=self,
            statuses=self,
            ledgers=self,
            trust=self,
        )


def answer(value: Answer | Exception) -> Answer:
    if isinstance(value, Exception):
        raise value
    return value


def result(report: Report, check: Check) -> CheckResult:
    [found] = [one for one in report.checks if one.check is check]
    return found
