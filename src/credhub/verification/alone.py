"""Verification of a file by itself: what it proves with nobody asked and nothing stapled to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from credhub.dids import did_jwk, did_key
from credhub.dids.document import DidDocument
from credhub.errors import DidNotResolvedError, StatusNotStapledError
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs.suite import Suite
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.known_issuers import KnownIssuers
from credhub.verification.protocols import SchemaSource, VerifierContext
from credhub.verification.report import VALID_THEN_CODE, Check


def context(
    suites: Mapping[str, Suite],
    schemas: SchemaSource,
    known: KnownIssuers,
    *,
    in_the_past: bool = False,
) -> VerifierContext:
    """Give what such a verification asks: what is wrong is found.

    Args:
        suites: The cryptosuites that count, by name.
        schemas: The schemas that we know.
        known: Whom whoever asks vouches for; nobody else is vouched for.
        in_the_past: Whether a moment of the past is judged.
    """
    alone = _Alone(known)
    return VerifierContext(
        suites=suites,
        dids=alone,
        schemas=schemas,
        statuses=alone,
        ledgers=alone,
        trust=alone,
        passed_as={Check.VALIDITY: VALID_THEN_CODE} if in_the_past else {},
    )


@dataclass(frozen=True, slots=True)
class _Alone:
    """Keys that are in the identifier of the issuer, lists of issuers, and no other answer."""

    known: KnownIssuers

    def resolve(self, did: str) -> DidDocument:
        if did.startswith(did_key.PREFIX):
            return did_key.resolve(did)
        if did.startswith(did_jwk.PREFIX):
            return did_jwk.resolve(did)
        raise DidNotResolvedError(did)

    def state_of(self, _credential: JsonObject, _issuer_did: str) -> Standing:
        raise StatusNotStapledError

    def find(self, _credential: JsonObject, _digest: bytes) -> LedgerPosition | None:
        return None

    def trusted(self, did: str) -> IssuerStanding:
        return self.known.trusted(did)

    def namesake(self, name: str) -> IssuerStanding | None:
        return self.known.namesake(name)
