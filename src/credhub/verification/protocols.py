"""What a verification asks of the outside, as protocols. Each answer or raises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from credhub.dids.document import DidDocument
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs.suite import Suite
from credhub.verification.findings import IssuerStanding, LedgerPosition, StatusMessage
from credhub.verification.report import Check

__all__ = [
    "DidResolver",
    "IssuerStanding",
    "LedgerLookup",
    "LedgerPosition",
    "SchemaSource",
    "Standing",
    "StatusMessages",
    "StatusSource",
    "TrustSource",
    "VerifierContext",
]


class DidResolver(Protocol):
    """Where the keys of an issuer come from."""

    def resolve(self, did: str) -> DidDocument:
        """Give the document of a DID.

        Raises:
            DidNotResolvedError: It could not be had.
            DidSyntaxError: The text is not a DID that can be resolved.
        """
        ...


class SchemaSource(Protocol):
    """The schemas that we know."""

    def validate(self, schema_id: str, document: JsonObject) -> None:
        """Check a credential against the schema that it names.

        Raises:
            SchemaError: The credential does not follow it.
            SchemaNotKnownError: It is not one of ours.
        """
        ...


class StatusSource(Protocol):
    """Whether credentials still stand."""

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether a credential with a status entry stands.

        Raises:
            OutcomeUnknownError: That could not be found out.
        """
        ...


class StatusMessages(Protocol):
    """What issuers call the statuses of their credentials."""

    def messages_of(self, credential: JsonObject, issuer_did: str) -> tuple[StatusMessage, ...]:
        """Give the names of the statuses that a credential has, as far as they can be had."""
        ...


class LedgerLookup(Protocol):
    """The ledgers that we hold, or a receipt that came with the credential."""

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        """Find the signature of a credential.

        Args:
            credential: The signed document.
            digest: The SHA-256 of its RFC 8785 bytes.

        Returns:
            Its place; ``None`` when the issuer's ledger is not ours to look into.

        Raises:
            NotInLedgerError: The ledger of its issuer does not hold it.
            ReceiptError: The receipt that came with it proves nothing about it.
            OutcomeUnknownError: That could not be found out.
        """
        ...


class TrustSource(Protocol):
    """Who vouches for whom."""

    def trusted(self, did: str) -> IssuerStanding:
        """Say what we know of an issuer."""
        ...

    def namesake(self, name: str) -> IssuerStanding | None:
        """Find an issuer that we know and that a reader could take this name for."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierContext:
    """Everything that a verification asks.

    Attributes:
        suites: The cryptosuites that count, by name; each brings its canonicalisation.
        messages: What issuers call statuses; nobody where they give them no names.
        passed_as: Codes of checks that mean something of their own when they pass here.
    """

    suites: Mapping[str, Suite]
    dids: DidResolver
    schemas: SchemaSource
    statuses: StatusSource
    ledgers: LedgerLookup
    trust: TrustSource
    messages: StatusMessages | None = None
    passed_as: Mapping[Check, str] = field(default_factory=dict)
