"""The logs of a hub: how each goes on from the one before, and how it ended."""

from credhub.errors import LedgerFaultError
from credhub.ledger.log_chain import OPENING, LogLink, check_log_chain
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog
from credhub.ledger.merkle import Frontier
from credhub.services.audit.audit_events import event_in
from credhub.services.audit.audit_faults import fault
from credhub.store.covered import PublicRow
from credhub.store.ledger import LedgerLog, row_of
from credhub.store.milliseconds import to_ms
from credhub.store.store import Transaction


def check_succession(tx: Transaction, log: LedgerLog) -> None:
    """Check how a log began and how it ended. Its own entries were audited before.

    Raises:
        LedgerFaultError: It is not what its neighbours say, or what its row says.
    """
    logs = tx.ledger.logs(log.hub)
    place = [one.log for one in logs].index(log.log)
    try:
        check_log_chain(_link_of(tx, one) for one in logs[: place + 1])
    except LedgerFaultError as found:
        # A fault between two older logs is for the audits of those.
        if found.log in {one.log for one in logs[max(0, place - 1) : place + 1]}:
            raise
    _check_end(tx, log, logs[place + 1] if place + 1 < len(logs) else None)


def _link_of(tx: Transaction, log: LedgerLog) -> LogLink:
    head = tx.ledger.head(log.hub, log.log)
    opening = (tx.ledger.entry(log.hub, log.log, seq) for seq in range(OPENING))
    last = tx.ledger.entry(log.hub, log.log, head.size - 1)
    return LogLink(
        log=row_of(log),
        is_frozen=log.frozen_at is not None,
        size=head.size,
        root=Frontier.decode(head.size, head.frontier).root(),
        opening=tuple(row.entry for row in opening if row is not None),
        last=None if last is None else last.entry,
    )


def _check_end(tx: Transaction, log: LedgerLog, after: LedgerLog | None) -> None:
    freezes = tx.covered.freezes(log.hub, log.log)
    for row in freezes:
        _check_freeze(log, row, tx.ledger.head(log.hub, log.log).size)
    if log.frozen_at is not None and not freezes and not _lost(tx, after):
        raise fault("ledger_log", log, None, "frozen_ms", "no entry says that the log ended")


def _check_freeze(log: LedgerLog, row: PublicRow, size: int) -> None:
    frozen = event_in(LogFrozen, log, row)
    if row.seq != size - 1:
        raise fault("ledger_entry", log, row.seq, "entry", "it ends the log, but entries follow")
    if log.frozen_at is None or to_ms(log.frozen_at) // 1000 != to_ms(frozen.at) // 1000:
        raise fault("ledger_log", log, None, "frozen_ms", "its last entry says another time")


def _lost(tx: Transaction, after: LedgerLog | None) -> bool:
    """Say whether the log after this one goes on from one that lost entries."""
    row = None if after is None else tx.covered.first(after.hub, after.log)
    return (
        after is not None
        and row is not None
        and event_in(PreviousLog, after, row).why is LogEnd.ROLLBACK
    )
