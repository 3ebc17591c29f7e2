"""Reading what public entries say, for the audit."""

from typing import Protocol, Self, TypeVar

from credhub.errors import EntryError
from credhub.ledger.entry import LedgerEntry
from credhub.services.audit.audit_faults import fault
from credhub.store.covered import PublicRow
from credhub.store.ledger import LedgerLog


class _Event(Protocol):
    @classmethod
    def parse(cls, payload: bytes) -> Self: ...


_Kind = TypeVar("_Kind", bound=_Event)


def says(kind: type[_Event], row: PublicRow) -> bool:
    """Say whether an entry holds an event of a kind."""
    try:
        kind.parse(LedgerEntry.parse(row.entry).public)
    except EntryError:
        return False
    return True


def event_in(kind: type[_Kind], log: LedgerLog, row: PublicRow) -> _Kind:
    """Read the event in an entry.

    Raises:
        LedgerFaultError: The entry does not say what its kind says.
    """
    try:
        return kind.parse(LedgerEntry.parse(row.entry).public)
    except EntryError as error:
        message = "it does not say what its kind says"
        raise fault("ledger_entry", log, row.seq, "entry", message) from error
