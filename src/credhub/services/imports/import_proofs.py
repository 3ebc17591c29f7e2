"""Whether credentials that are taken over are as they were signed. Nobody is asked for keys."""

from enum import StrEnum

from credhub.dids import did_jwk, did_key
from credhub.dids.document import DidDocument
from credhub.errors import (
    DidNotResolvedError,
    OutcomeUnknownError,
    UnreadableError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.services import did_documents
from credhub.services.resources import Resources
from credhub.verification import reading


class Proof(StrEnum):
    """What is known of the signature of an old credential."""

    INTACT = "intact"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    NONE = "none"


def proof_of(resources: Resources, signed: bytes | JsonObject) -> Proof:
    """Say whether a credential is as it was signed.

    It is not said whose signature it is: whoever hands the credential in answers for it.
    """
    if isinstance(signed, dict) and "proof" not in signed:
        return Proof.NONE
    try:
        secured = reading.read(signed)
        secured.check_proof(
            suites=resources.guarded_suites, dids=_KeysAtHand(resources), now=resources.clock()
        )
    except (OutcomeUnknownError, UnreadableError):
        return Proof.UNKNOWN
    except VerificationError:
        return Proof.BROKEN
    return Proof.INTACT


class _KeysAtHand:
    """Keys of hubs of this service, and those that are in a DID itself."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def resolve(self, did: str) -> DidDocument:
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(did)
        if hub is not None:
            return did_documents.of(self._resources, hub)
        if did.startswith(did_key.PREFIX):
            return did_key.resolve(did)
        if did.startswith(did_jwk.PREFIX):
            return did_jwk.resolve(did)
        raise DidNotResolvedError(did)
