"""Verification of a file by itself: what it proves with nobody asked and nothing stapled to it."""

from collections.abc import Mapping

from credhub.dids import did_jwk, did_key
from credhub.dids.document import DidDocument
from credhub.errors import DidNotResolvedError, StatusNotStapledError
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs.suite import Suite
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.protocols import SchemaSource, VerifierContext


def context(suites: Mapping[str, Suite], schemas: SchemaSource) -> VerifierContext:
    """Give what such a verification asks: what is wrong is found, and nobody is vouched for.

    Args:
        suites: The cryptosuites that count, by name.
        schemas: The schemas that we know.
    """
    alone = _Alone()
    return VerifierContext(
        suites=suites, dids=alone, schemas=schemas, statuses=alone, ledgers=alone, trust=alone
    )


class _Alone:
    """Keys that are in the identifier of the issuer, and no other answer."""

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

    def trusted(self, _did: str) -> IssuerStanding:
        return IssuerStanding(trusted=False)

    def namesake(self, _name: str) -> IssuerStanding | None:
        return None
