"""Find whose key a signature names: our own hubs first, then everybody else."""

from credhub.dids.document import DidDocument
from credhub.services import did_documents
from credhub.services.fetching import Errand
from credhub.services.resources import Resources


class Dids:
    """Own DIDs by exact match, before any grammar; then each by the rules of its method.

    No database connection is held while others are asked.
    """

    def __init__(self, resources: Resources, errand: Errand) -> None:
        """Prepare.

        Args:
            resources: What services work with.
            errand: Asks those who are not here.
        """
        self._resources = resources
        self._errand = errand

    def resolve(self, did: str) -> DidDocument:
        """Find the document of a DID.

        Raises:
            OutcomeUnknownError: It could not be had.
            VerificationError: The text is no DID, or what is published is not its document.
        """
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(did)
        if hub is not None:
            return did_documents.of(self._resources, hub)
        return self._resources.foreign_dids.resolve(did, self._errand)
