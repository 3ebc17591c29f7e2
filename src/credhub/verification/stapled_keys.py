"""The issuer's keys, as a bundle proves them: by their entries in a ledger that a policy names.

The DID document in a bundle is nobody's word. It can take a key away, by its end; it gives none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from credhub import multikey
from credhub.dids.document import DidDocument
from credhub.errors import BundleContradictionError, EntryError, LogNotInPolicyError
from credhub.jsontypes import JsonObject
from credhub.ledger.entry import Kind
from credhub.ledger.events import KeyChange, KeyEvent
from credhub.verification.bundle import StapledKey
from credhub.verification.pinned import PinnedLedgers

PURPOSE: Final = "issuing"


@dataclass(frozen=True, slots=True, kw_only=True)
class StapledKeys:
    """A DID resolver that knows one key.

    Attributes:
        key: The receipts of its events.
        did_document: What came with them.
        ledgers: The ledgers that count.
    """

    key: StapledKey
    did_document: JsonObject
    ledgers: PinnedLedgers

    def resolve(self, did: str) -> DidDocument:
        """Give the document of a DID with the one key that is proved.

        Returns:
            A document that is only claimed, where the policy does not reach.

        Raises:
            DidDocumentError, DidMismatchError: The stapled document is not that of the DID.
            ReceiptError: A receipt proves nothing.
            QuorumNotMetError: Too few witnesses saw one.
            BundleContradictionError: The events are not those of an issuing key of this DID.
        """
        claimed = DidDocument.from_document(self.did_document, did=did)
        if not self.ledgers.names(did):
            return replace(claimed, claimed=True)
        try:
            added = self._event(self.key.receipt, did)
            changes = [self._event(receipt, did) for receipt in self.key.changes]
        except LogNotInPolicyError:
            return replace(claimed, claimed=True)
        _check_events(added, changes, did)
        return _proved(claimed, added, changes)

    def _event(self, receipt: str, did: str) -> KeyEvent:
        opened = self.ledgers.open(receipt, did).opened
        if opened.entry.kind is not Kind.KEY:
            raise BundleContradictionError("A receipt is not about a key.")
        try:
            return KeyEvent.parse(opened.payload)
        except EntryError as error:
            raise BundleContradictionError("The ledger does not say which key.") from error


def _check_events(added: KeyEvent, changes: Iterable[KeyEvent], did: str) -> None:
    if added.event is not KeyChange.ADDED or added.did != did:
        raise BundleContradictionError("The key was not added for this DID.")
    if added.purpose != PURPOSE:
        raise BundleContradictionError("The key is not for signing credentials.")
    for change in changes:
        same = replace(change, event=added.event, at=added.at) == added
        if not same or change.event is KeyChange.ADDED:
            raise BundleContradictionError("A change is one of another key.")


def _proved(claimed: DidDocument, added: KeyEvent, changes: Sequence[KeyEvent]) -> DidDocument:
    method = claimed.assertion_key(f"{claimed.id}#{added.key_id}")
    key = multikey.decode(added.public_key_multibase)
    if method.public_key != key or key.type != added.algorithm:
        raise BundleContradictionError("The DID document holds another key of this name.")
    retired = [one.at for one in changes if one.event is KeyChange.RETIRED]
    revoked = [one.at for one in changes if one.event is KeyChange.COMPROMISED]
    if method.revoked_at is not None:
        revoked.append(method.revoked_at)
    proved = replace(
        method, revoked_at=min(revoked, default=None), retired_at=min(retired, default=None)
    )
    return DidDocument(id=claimed.id, methods=(proved,), assertion=frozenset({method.id}))
