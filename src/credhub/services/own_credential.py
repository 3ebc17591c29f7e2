"""What the checks ask about a credential of ours that is open already, with few more queries."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from credhub.dids.document import DidDocument
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs.forms import Form
from credhub.services import did_documents, hubs
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.signed_forms import digest_of
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.protocols import VerifierContext

Prove = Callable[[OpenedCredential, bytes], LedgerPosition]


@dataclass(frozen=True, slots=True)
class OwnCredential:
    """The answers about one credential; what is not about it is asked of the others.

    Attributes:
        opened: The credential, read a moment ago.
        prove: Finds its entry in the ledger, by the digest of its form.
        others: Who knows everything else.
    """

    resources: Resources
    opened: OpenedCredential
    prove: Prove
    others: VerifierContext

    @classmethod
    def context(
        cls, resources: Resources, opened: OpenedCredential, prove: Prove, others: VerifierContext
    ) -> VerifierContext:
        """Put it in front of others who would find the same, by more queries."""
        own = cls(resources, opened, prove, others)
        return replace(others, dids=own, statuses=own, ledgers=own, trust=own)

    def resolve(self, did: str) -> DidDocument:
        """Give the document of the hub as its keys are now."""
        if did != self.opened.hub.did:
            return self.others.dids.resolve(did)
        return did_documents.of(self.resources, self.opened.hub)

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether it stands, by the rows."""
        if issuer_did != self.opened.hub.did or credential.get("id") != self.opened.address:
            return self.others.statuses.state_of(credential, issuer_did)
        return self.opened.standing

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        """Find its entry."""
        own = digest_of(Form(self.opened.form.form), self.opened.signed)
        if digest != own or _issuer_of(credential) != self.opened.hub.did:
            return self.others.ledgers.find(credential, digest)
        return self.prove(self.opened, digest)

    def trusted(self, did: str) -> IssuerStanding:
        """Say who the hub is."""
        hub = self.opened.hub
        if did != hub.did:
            return self.others.trust.trusted(did)
        return IssuerStanding(trusted=True, name=hub.name, url=hubs.page_of(hub))


def _issuer_of(credential: JsonObject) -> object:
    issuer = credential.get("issuer")
    return issuer.get("id") if isinstance(issuer, dict) else issuer
