"""DID documents on the sites of strangers."""

from dataclasses import dataclass

from credhub.dids.document import DidDocument, VerificationMethod
from credhub.egress.client import Egress
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.signer import key_of
from credhub.services.fetching import Errand, Fetcher
from credhub.services.foreign_dids import ForeignDids
from tests.running import START, Clock
from tests.sites import Site, leading_to
from tests.unit.factories import MemorySigner

WELL_KNOWN = "/.well-known/did.json"
SIGNER = MemorySigner()


def document_of(did: str, **changes: JsonValue) -> JsonObject:
    """Make a document with one key."""
    method = VerificationMethod(id=f"{did}#key-1", controller=did, public_key=key_of(SIGNER))
    made = DidDocument(id=did, methods=(method,), assertion=frozenset({method.id}))
    return made.to_document() | changes


@dataclass
class Asking:
    """Finds documents, each in an errand of its own."""

    dids: ForeignDids
    fetcher: Fetcher

    def resolve(self, did: str) -> DidDocument:
        return self.dids.resolve(did, Errand(self.fetcher))


def asking(egress: Egress, clock: Clock | None = None, *, at_once: int = 16) -> Asking:
    """Find documents through this egress."""
    return Asking(ForeignDids(clock=clock or Clock(START)), Fetcher(egress, at_once=at_once))


def dids_of(site: Site, clock: Clock | None = None) -> Asking:
    """Find the documents of a site, as if it were public."""
    return asking(leading_to(site), clock)
