"""What the checks ask about a credential of ours, read at once and in few queries."""

from dataclasses import dataclass, field, replace
from typing import Self

from credhub.dids.document import DidDocument
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.proofs.forms import Form
from credhub.services import did_documents, hubs, positions, reading
from credhub.services.reading import OpenedCredential
from credhub.services.receipts import OwnReceipt
from credhub.services.resources import Resources
from credhub.verification.findings import IssuerStanding, LedgerPosition
from credhub.verification.members import issuer_named
from credhub.verification.protocols import VerifierContext


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCredential:
    """The answers about one credential; what is not about it is asked of the others.

    No connection is held while it answers.

    Attributes:
        opened: The credential.
        document: The DID document of its hub.
        receipt: Proves its entry; none when it is not under a checkpoint yet.
        others: Who knows everything else.
    """

    resources: Resources
    opened: OpenedCredential
    document: DidDocument
    receipt: OwnReceipt | None = field(repr=False)
    others: VerifierContext

    @classmethod
    def read(cls, resources: Resources, code: str, form: Form, others: VerifierContext) -> Self:
        """Read the credential at a permanent address.

        Rows are only ever added, and each query sees all that the one before it saw.

        Raises:
            CredentialNotFoundError: There is none.
            FormNotIssuedError: It was not signed in this form.
            CredentialErasedError: The learner was erased.
        """
        with resources.store.read_newest() as tx:
            opened = reading.by_code_in(tx, resources, code, form)
            return cls(
                resources=resources,
                opened=opened,
                document=did_documents.of_in(tx, opened.hub),
                receipt=positions.receipt_in(tx, resources, opened),
                others=others,
            )

    def context(self) -> VerifierContext:
        """Stand in front of the others, who would find the same by more queries."""
        return replace(self.others, dids=self, statuses=self, ledgers=self, trust=self)

    def resolve(self, did: str) -> DidDocument:
        """Give the document of the hub as its keys are now."""
        if did != self.opened.hub.did:
            return self.others.dids.resolve(did)
        return self.document

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether it stands, by the rows."""
        if issuer_did != self.opened.hub.did or credential.get("id") != self.opened.address:
            return self.others.statuses.state_of(credential, issuer_did)
        return self.opened.standing

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        """Find its entry."""
        if not self._is_about(credential):
            return self.others.ledgers.find(credential, digest)
        return positions.position_of(self.resources, self.opened, self.receipt, digest)

    def trusted(self, did: str) -> IssuerStanding:
        """Say who the hub is."""
        hub = self.opened.hub
        if did != hub.did:
            return self.others.trust.trusted(did)
        return IssuerStanding(trusted=True, name=hub.name, url=hubs.page_of(hub))

    def namesake(self, name: str) -> IssuerStanding | None:
        """Find an issuer that reads like this name."""
        return self.others.trust.namesake(name)

    def _is_about(self, credential: JsonObject) -> bool:
        own = (self.opened.hub.did, self.opened.address)
        return (issuer_named(credential), credential.get("id")) == own
