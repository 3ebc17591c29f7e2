"""The lines of witnesses compared with the checkpoints that they are about.

Each row names the key of its witness, so no policy is needed to verify it. Whether that witness
counts is for the policy of whoever reads the line.
"""

from credhub.errors import LedgerError
from credhub.ledger.cosignature import WitnessKey, read_cosignatures
from credhub.services.audit.audit_faults import fault
from credhub.services.quorums import with_cosignatures
from credhub.store.ledger import LedgerLog
from credhub.store.store import Transaction

_TABLE = "ledger_cosignature"


def check_cosignatures(tx: Transaction, log: LedgerLog) -> None:
    """Check that every line is what its witness signed about a checkpoint that is there.

    Raises:
        LedgerFaultError: The first that is not.
    """
    for row in tx.cosignatures.with_notes(log.hub, log.log):
        if row.note is None:
            raise fault(_TABLE, log, row.size, "size", "there is no checkpoint of this size")
        try:
            key = WitnessKey.parse(row.witness)
        except LedgerError as error:
            message = "it is not the key of a witness"
            raise fault(_TABLE, log, row.size, "witness", message) from error
        try:
            found = read_cosignatures(with_cosignatures(row.note, [row.line]), [key])
        except LedgerError as error:
            raise fault(_TABLE, log, row.size, "line", str(error)) from error
        if not found:
            message = f"it is not a line of {key.name}"
            raise fault(_TABLE, log, row.size, "line", message)
