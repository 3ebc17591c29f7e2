"""Faults that the audit of covered rows finds, all made in one way."""

from credhub.errors import LedgerFaultError
from credhub.store.ledger import LedgerLog


def fault(
    table: str, log: LedgerLog | str, seq: int | None, column: str | None, message: str
) -> LedgerFaultError:
    """Name a row, and the column of it that is not what was written."""
    label = log if isinstance(log, str) else log.log
    return LedgerFaultError(table=table, log=label, seq=seq, column=column, message=message)
