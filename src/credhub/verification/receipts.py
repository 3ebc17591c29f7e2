"""Receipts as a ledger lookup: for verification without the ledger at hand."""

from credhub.errors import ReceiptMismatchError
from credhub.jsontypes import JsonObject
from credhub.ledger.commitment import InnerKind
from credhub.ledger.note import VerifierKey
from credhub.ledger.receipt import Receipt, verify_receipt
from credhub.verification.findings import LedgerPosition
from credhub.verification.moments import moment_of


class ReceiptLookup:
    """A ledger lookup that believes one receipt, if a ledger of the issuer signed it.

    The keys are those of the issuer's own ledgers: in the ledger of somebody else a stolen key's
    signature can be recorded as well.
    """

    def __init__(self, receipt: str, keys: tuple[VerifierKey, ...]) -> None:
        self._receipt = receipt
        self._keys = keys

    def find(self, credential: JsonObject, digest: bytes) -> LedgerPosition:  # noqa: ARG002 - a protocol's
        """Prove that the signature with this digest is in the ledger of the receipt.

        Raises:
            ReceiptError: The receipt proves nothing, or is about something else than an issue.
            LogNotKnownError: It is signed by a ledger that we do not know.
        """
        receipt = Receipt.parse(self._receipt)
        opened = verify_receipt(receipt, digest=digest, keys=self._keys)
        if opened.inner_kind is not InnerKind.ISSUE:
            raise ReceiptMismatchError("The receipt is of something that is no credential.")
        return LedgerPosition(
            log=opened.checkpoint.origin,
            seq=opened.index,
            logged_at=moment_of(opened.entry),
            checkpoint=receipt.checkpoint,
        )
