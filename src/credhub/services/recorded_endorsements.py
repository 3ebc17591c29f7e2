"""Where the entries of our hubs' endorsements are. All else is asked of another lookup."""

from dataclasses import dataclass
from hashlib import sha256

from credhub.credentials import partner_endorsement
from credhub.errors import LedgerNotReachedError, ReceiptNotReadyError
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import verify_receipt
from credhub.services import partners, receipts
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.milliseconds import from_ms
from credhub.store.partners import StoredPartnerChange
from credhub.verification import members
from credhub.verification.findings import LedgerPosition
from credhub.verification.members import issuer_named
from credhub.verification.protocols import LedgerLookup


@dataclass(frozen=True, slots=True)
class OwnEndorsements:
    """A ledger lookup that knows the endorsements of our hubs."""

    resources: Resources
    others: LedgerLookup

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        """Find the entry of a document; else as the other lookup.

        Raises:
            LedgerNotReachedError: That could not be found out.
            VerificationError: As the other lookup says.
        """
        if partner_endorsement.TYPE in members.types(credential):
            with self.resources.store.read() as tx:
                hub = tx.hubs.by_did(issuer_named(credential) or "")
            if hub is not None:
                changes = self._changes(hub, str(credential.get("id")))
                if changes and sha256(changes[0].document or b"").digest() == digest:
                    return self.position(changes, digest)
        return self.others.find(credential, digest)

    def _changes(self, hub: Hub, address: str) -> tuple[StoredPartnerChange, ...]:
        prefix = partners.address_of(hub, "")
        if not address.startswith(prefix):
            return ()
        with self.resources.store.read() as tx:
            return tx.partners.of_endorsement(hub.number, address.removeprefix(prefix))

    def position(self, changes: tuple[StoredPartnerChange, ...], digest: bytes) -> LedgerPosition:
        """Prove where the entry of an endorsement is, from the rows of its changes.

        Raises:
            LedgerNotReachedError: That could not be found out.
        """
        added = changes[0]
        try:
            receipt = receipts.of_public(self.resources, added.hub, added.log, added.seq)
        except ReceiptNotReadyError as error:
            raise LedgerNotReachedError from error
        with self.resources.store.read() as tx:
            keys = tuple(VerifierKey.parse(log.vkey) for log in tx.ledger.logs(added.hub))
        proved = verify_receipt(receipt, digest=digest, keys=keys)
        return LedgerPosition(
            log=added.log,
            seq=proved.index,
            logged_at=from_ms(proved.entry.time_ms),
            checkpoint=receipt.checkpoint,
            standing=Standing.ACTIVE if len(changes) == 1 else Standing.REVOKED,
        )
