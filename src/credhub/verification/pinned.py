"""The ledgers that a policy names, and receipts opened under them."""

from collections.abc import Iterable
from dataclasses import dataclass

from credhub.errors import (
    ForeignLedgerError,
    LedgerError,
    LogNotInPolicyError,
    LogNotKnownError,
    ReceiptError,
)
from credhub.ledger.note import split_note
from credhub.ledger.policy import Policy
from credhub.ledger.receipt import OpenedReceipt, Receipt, open_under


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedReceipt:
    """A receipt that was proved, and the cosignature lines that count under its checkpoint."""

    opened: OpenedReceipt
    checkpoint: str
    cosignatures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PinnedLedgers:
    """What a policy makes of receipts. A ledger counts only for the hubs that it speaks for."""

    policy: Policy

    def names(self, did: str) -> bool:
        """Say whether the policy knows ledgers that speak for a DID."""
        return any(issuer.did == did for issuer in self.policy.issuers)

    def check_known(self, receipts: Iterable[str], did: str) -> None:
        """Check that the policy names the ledgers of receipts that are about a DID.

        Raises:
            ForeignLedgerError: One is from a ledger that speaks for somebody else.
            LogNotInPolicyError: One is from a ledger that the policy does not name.
        """
        for receipt in receipts:
            self._check_known(Receipt.parse(receipt), did)

    def open(self, text: str, did: str) -> PinnedReceipt:
        """Prove that the entry of a receipt is in a ledger that speaks for a DID.

        Raises:
            ForeignLedgerError: The ledger speaks for somebody else.
            LogNotInPolicyError: The policy does not name the ledger.
            QuorumNotMetError: Too few witnesses saw it.
            ReceiptError: It is not proved.
        """
        receipt = Receipt.parse(text)
        self._check_known(receipt, did)
        try:
            result = self.policy.check(receipt.checkpoint)
            _, lines = split_note(receipt.checkpoint)
        except LogNotKnownError as error:
            # A ledger of this name is known, and did not sign: that is no other ledger.
            raise ReceiptError("The ledger did not sign the receipt.") from error
        except LedgerError as error:
            raise ReceiptError(f"The receipt proves nothing. {error}") from error
        return PinnedReceipt(
            opened=open_under(receipt, result.checkpoint),
            checkpoint=receipt.checkpoint,
            cosignatures=tuple(
                line.text()
                for line in lines
                if any(line.is_by(one.key) for one in result.cosignatures)
            ),
        )

    def _check_known(self, receipt: Receipt, did: str) -> None:
        origin = receipt.checkpoint.partition("\n")[0]
        if all(log.key.name != origin for log in self.policy.logs):
            # A newer ledger of the issuer, one at another host, or a stranger's: nobody can tell.
            raise LogNotInPolicyError
        if did not in self.policy.issuers_of(origin):
            raise ForeignLedgerError
