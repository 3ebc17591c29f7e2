"""Status lists compared with the entries that close them.

A rollback closes every list that was open, because nobody knows which of its indexes were given
out in the time that was lost. A list that was opened again by a changed row would give one index to
two credentials.
"""

from collections.abc import Iterator
from datetime import datetime

from credhub.ledger.entry import Kind
from credhub.ledger.log_events import RollbackAccepted
from credhub.services.audit.audit_events import event_in
from credhub.services.audit.audit_faults import fault
from credhub.store.covered import PublicRow
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.store import Transaction

_ACCEPTANCE = 1
"""The entry of a log that says that a rollback was accepted; the first names the log before."""

_Place = tuple[int, int]
"""Which log of the hub, and which entry."""


def check_closings(tx: Transaction, log: LedgerLog) -> None:
    """Check that the lists of a hub are closed by the first rollback after them, or open.

    Raises:
        LedgerFaultError: A row says something else.
    """
    logs = tx.ledger.logs(log.hub)
    order = {one.log: place for place, one in enumerate(logs)}
    rollbacks = list(_rollbacks(tx, logs))
    opened = tx.status.first_places(log.hub)
    for one in tx.status.lists(log.hub):
        name, seq = opened.get(one.list, ("", 0))  # Another check finds a list without versions.
        place = (order.get(name, 0), seq)
        closed = next((at for after, at in rollbacks if after > place), None)
        if _seconds(one.closed_at) != _seconds(closed):
            message = f"no rollback closed list {one.list} then"
            if closed is not None:
                message = f"a rollback closed list {one.list}, and it says another time or none"
            raise fault("status_list", log, None, "closed_ms", message)


def _rollbacks(tx: Transaction, logs: tuple[LedgerLog, ...]) -> Iterator[tuple[_Place, datetime]]:
    for place, log in enumerate(logs):
        row = tx.ledger.entry(log.hub, log.log, _ACCEPTANCE)
        if row is not None and row.kind == Kind.OPERATION:
            read = PublicRow(seq=row.seq, entry=row.entry, document=None, columns={})
            yield (place, row.seq), event_in(RollbackAccepted, log, read).at


def _seconds(moment: datetime | None) -> int | None:
    """A ledger says times in whole seconds."""
    return None if moment is None else to_ms(moment) // 1000
