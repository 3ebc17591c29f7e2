"""Where the entries of credentials are: in our own ledgers, or by a receipt that came along."""

from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    LedgerNotReachedError,
    NotInLedgerError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.note import VerifierKey
from credhub.services import positions, reading
from credhub.services.own_addresses import code_in
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.verification.findings import LedgerPosition
from credhub.verification.members import issuer_named
from credhub.verification.receipts import ReceiptLookup


class OwnLedgers:
    """A receipt that came with the credential, and our own ledgers."""

    def __init__(self, resources: Resources, receipt: str | None) -> None:
        """Prepare.

        Args:
            resources: What services work with.
            receipt: One that is said to belong to the credential.
        """
        self._resources = resources
        self._receipt = receipt

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        """Find the entry of a credential; ``None`` when its issuer is none of our hubs.

        Raises:
            NotInLedgerError: No entry is for these bytes.
            LedgerNotReachedError: That could not be found out.
        """
        proved = self._proved(credential, digest)
        with self._resources.store.read() as tx:
            hub = tx.hubs.by_did(issuer_named(credential) or "")
            own = {log.origin for log in tx.ledger.logs(hub.number)} if hub else set()
        if hub is None:
            return None
        try:
            return self._own(hub, credential, digest)
        except LedgerNotReachedError:
            # A proof that was given outlives what we erased.
            if proved is None or proved.log not in own:
                raise
            return proved
        except NotInLedgerError:
            # A restored backup may have lost the entry: its proof is still one.
            if proved is None or not self._has_lost(hub, proved):
                raise
            return proved

    def _own(self, hub: Hub, credential: JsonObject, digest: bytes) -> LedgerPosition:
        try:
            opened = _opened(self._resources, hub, credential, digest)
        except CredentialNotFoundError as error:
            raise NotInLedgerError from error
        except CredentialErasedError as error:
            raise LedgerNotReachedError from error
        with self._resources.store.read_newest() as tx:
            receipt = positions.receipt_in(tx, self._resources, opened)
        return positions.position_of(self._resources, opened, receipt, digest)

    def _has_lost(self, hub: Hub, proved: LedgerPosition) -> bool:
        refused = {standing.origin for standing in self._resources.sequencer.refused}
        with self._resources.store.read() as tx:
            return any(
                log.origin == proved.log
                and (log.frozen_at is not None or log.origin in refused)
                and tx.ledger.head(hub.number, log.log).size <= proved.seq
                for log in tx.ledger.logs(hub.number)
            )

    def _proved(self, credential: JsonObject, digest: bytes) -> LedgerPosition | None:
        if self._receipt is None:
            return None
        with self._resources.store.read() as tx:
            keys = tuple(VerifierKey.parse(log.vkey) for log in tx.ledger.all_logs())
        return ReceiptLookup(self._receipt, keys).find(credential, digest)


def _opened(
    resources: Resources, hub: Hub, credential: JsonObject, digest: bytes
) -> OpenedCredential:
    opened = reading.by_digest(resources, code_in(hub, credential), digest)
    if opened.hub.number != hub.number:
        raise CredentialNotFoundError  # The address is of another hub of this service.
    return opened
