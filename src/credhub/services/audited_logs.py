"""The logs of a hub as one chain: how each began, and how it ended.

A log that follows another holds the last checkpoint of that one in its first entry. A log that
ended says so in its last entry, unless more of it was published than was left: then its successor
says what happened.
"""

from credhub.errors import LedgerError, LedgerFaultError
from credhub.ledger.checkpoint import Checkpoint, open_checkpoint
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog, RollbackAccepted
from credhub.ledger.merkle import Frontier
from credhub.ledger.note import VerifierKey
from credhub.services.audit_events import event_in
from credhub.services.audit_faults import fault
from credhub.store.covered import PublicRow
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.store import Transaction


def check_succession(tx: Transaction, log: LedgerLog) -> None:
    """Check how a log began and how it ended. Its own entries were audited before.

    Raises:
        LedgerFaultError: It is not what its neighbours say.
    """
    logs = tx.ledger.logs(log.hub)
    place = [one.log for one in logs].index(log.log)
    before = logs[place - 1] if place else None
    after = logs[place + 1] if place + 1 < len(logs) else None
    _check_beginning(tx, log, before)
    _check_end(tx, log, None if after is None else _said_before(tx, after))


def _check_beginning(tx: Transaction, log: LedgerLog, before: LedgerLog | None) -> None:
    said = _said_before(tx, log)
    if before is None:
        if said is not None:
            origin = said.checkpoint.origin
            raise fault("ledger_log", log, 0, None, f"the log before it is gone: {origin}")
        return
    if said is None:
        if tx.ledger.head(log.hub, log.log).size:
            raise _entry_fault(log, f"it does not go on from {before.origin}")
        return
    if said.why is LogEnd.ROLLBACK:
        _check_rollback(tx, log, before, said.checkpoint)
        return
    if _signed(log, before, said.note) != _tree_of(tx, before):
        raise _entry_fault(log, f"it does not hold the last checkpoint of {before.origin}")


def _check_rollback(tx: Transaction, log: LedgerLog, before: LedgerLog, known: Checkpoint) -> None:
    """Check that the log says in public what became of the one before."""
    accepted = (
        event_in(RollbackAccepted, log, row) for row in tx.covered.operations(log.hub, log.log)
    )
    if known.origin != before.origin or known not in {one.known for one in accepted}:
        raise _entry_fault(log, f"no entry says that the rollback of {before.origin} was accepted")


def _check_end(tx: Transaction, log: LedgerLog, said_after: PreviousLog | None) -> None:
    size = tx.ledger.head(log.hub, log.log).size
    freezes = tx.covered.freezes(log.hub, log.log)
    for row in freezes:
        _check_freeze(log, row, size)
    lost = said_after is not None and said_after.why is LogEnd.ROLLBACK
    if log.frozen_at is not None and not freezes and not lost:
        raise fault("ledger_log", log, None, "frozen_ms", "no entry says that it ended")
    if said_after is not None and log.frozen_at is None:
        raise fault("ledger_log", log, None, "frozen_ms", "another log went on from it")


def _check_freeze(log: LedgerLog, row: PublicRow, size: int) -> None:
    frozen = event_in(LogFrozen, log, row)
    if row.seq != size - 1 or frozen.origin != log.origin:
        raise fault("ledger_entry", log, row.seq, "entry", "it ends the log, but not here")
    if log.frozen_at is None or to_ms(log.frozen_at) // 1000 != to_ms(frozen.at) // 1000:
        raise fault("ledger_log", log, None, "frozen_ms", "its last entry says another time")


def _said_before(tx: Transaction, log: LedgerLog) -> PreviousLog | None:
    """Read which log this one says it goes on from."""
    row = tx.covered.first(log.hub, log.log)
    if row is None or LedgerEntry.parse(row.entry).kind is not Kind.CHILD_CHECKPOINT:
        return None
    return event_in(PreviousLog, log, row)


def _signed(log: LedgerLog, before: LedgerLog, note: str) -> Checkpoint:
    try:
        return open_checkpoint(note, (VerifierKey.parse(before.vkey),))
    except LedgerError as error:
        raise _entry_fault(log, f"it holds no checkpoint that {before.origin} signed") from error


def _tree_of(tx: Transaction, log: LedgerLog) -> Checkpoint:
    head = tx.ledger.head(log.hub, log.log)
    root = Frontier.decode(head.size, head.frontier).root()
    return Checkpoint(origin=log.origin, size=head.size, root=root)


def _entry_fault(log: LedgerLog, message: str) -> LedgerFaultError:
    return fault("ledger_entry", log, 0, "entry", message)
