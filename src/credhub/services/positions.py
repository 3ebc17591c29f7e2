"""Where a credential of ours is in its ledger, proved as a stranger would prove it."""

from collections.abc import Callable

from credhub.errors import (
    CredentialErasedError,
    LedgerNotReachedError,
    NoteError,
    NotInLedgerError,
    ReceiptMismatchError,
    ReceiptNotReadyError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.cosignature import read_cosignatures
from credhub.ledger.note import VerifierKey, split_note
from credhub.ledger.receipt import verify_receipt
from credhub.services import receipts
from credhub.services.reading import OpenedCredential
from credhub.services.receipts import OwnReceipt
from credhub.services.resources import Resources
from credhub.store.milliseconds import from_ms
from credhub.store.store import Transaction
from credhub.verification.findings import LedgerPosition


def receipt_in(
    tx: Transaction, resources: Resources, opened: OpenedCredential
) -> OwnReceipt | None:
    """Make the receipt; ``None`` when it is erased, or not under a checkpoint yet."""
    try:
        return receipts.of_in(tx, resources, opened)
    except (CredentialErasedError, ReceiptNotReadyError):
        return None


def position_of(
    resources: Resources, opened: OpenedCredential, own: OwnReceipt | None, digest: bytes
) -> LedgerPosition:
    """Prove that the entry of a credential is for the bytes with a digest.

    Raises:
        NotInLedgerError: It is for others.
        LedgerNotReachedError: There is no receipt.
    """
    if own is None:
        raise LedgerNotReachedError
    receipt, key = own.receipt, VerifierKey.parse(own.vkey)

    def recall(note: str, read: Callable[[], Checkpoint]) -> Checkpoint:
        return resources.checkpoints.get((own.vkey, note), read)

    try:
        proved = verify_receipt(receipt, digest=digest, keys=(key,), recall=recall)
    except ReceiptMismatchError as error:
        # The address is ours, but these signed bytes are not those that we recorded.
        raise NotInLedgerError from error
    return LedgerPosition(
        log=opened.form.log,
        seq=proved.index,
        logged_at=from_ms(proved.entry.time_ms),
        checkpoint=receipt.checkpoint,
        cosignatures=_seen_by_witnesses(resources, receipt.checkpoint),
        superseded_by=opened.successor,
    )


def _seen_by_witnesses(resources: Resources, note: str) -> tuple[str, ...]:
    """Give the lines of the witnesses that we ask; a line that is not genuine spoils all."""
    keys = tuple(one.key for one in resources.witness_policy.witnesses)
    if not keys:
        return ()
    try:
        seen = tuple(one.key for one in read_cosignatures(note, keys))
    except NoteError:
        return ()
    _, lines = split_note(note)
    return tuple(line.text() for line in lines if any(line.is_by(key) for key in seen))
