"""DID documents on the sites of strangers."""

from credhub.dids.document import DidDocument, VerificationMethod
from credhub.jsontypes import JsonObject, JsonValue
from credhub.proofs.signer import key_of
from credhub.services.fetching import Fetcher
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


def dids_of(site: Site, clock: Clock | None = None) -> ForeignDids:
    """Find the documents of a site, as if it were public."""
    return ForeignDids(Fetcher(leading_to(site)), clock=clock or Clock(START))
