"""Go from one log of a hub to the next: at the turn of a year, when it is full, or when told to.

(1) The log ends: its last entry says so, no more are taken, its last checkpoint is signed.
(2) The next log begins with a key of its own. Its first entry holds that last checkpoint, the
    next ones say which key began and which ended.

Whoever does (2) may be another process, now or after a crash. The database lets a hub have one
open log, so of several who begin the next, one does and the others find it.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from credhub.errors import (
    ConflictError,
    LogNotFoundError,
    NoOpenLogError,
    RollbackDetectedError,
)
from credhub.ledger.entry import Kind, LedgerEntry
from credhub.ledger.log_events import LogEnd, LogFrozen, PreviousLog
from credhub.ledger.log_labels import year_of
from credhub.services import beginning_logs, ledgers
from credhub.services.resources import Resources
from credhub.store import claimed_origins
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.read_back import LogName
from credhub.store.signing import CheckpointSigner
from credhub.store.unit import PendingEntry, Unit

MAX_SIZE: Final = 2**28
"""A log of so many entries ends, so that none is too long to be checked."""


def why_due(log: LedgerLog, size: int, *, now: datetime, max_size: int = MAX_SIZE) -> LogEnd | None:
    """Say why a log has to end now; none when it goes on.

    A clock that is behind the label's year ends nothing: another process began that year before.
    """
    if size and now.astimezone(UTC).year > year_of(log.log):
        return LogEnd.YEAR
    return LogEnd.SIZE if size >= max_size else None


def roll_if_due(resources: Resources, hub: Hub, *, max_size: int = MAX_SIZE) -> LedgerLog | None:
    """End the log of a hub when that is due, and begin the next one wherever there is none.

    Returns:
        The log that is open then; none when there was nothing to do.
    """
    last = ledgers.newest_log(resources.store, hub)
    why = why_due(last, _size(resources, last), now=resources.clock(), max_size=max_size)
    if last.frozen_at is None:
        if why is None:
            return None
        _end(resources, last, why)
    return finish(resources, hub)


def finish_if_ended(resources: Resources, hub: Hub) -> LedgerLog | None:
    """Begin the next log of a hub whose last one has ended, as a crash leaves it.

    Returns:
        The log that is open then; none when there was nothing to do.
    """
    if ledgers.newest_log(resources.store, hub).frozen_at is None:
        return None
    return finish(resources, hub)


def roll(resources: Resources, hub: Hub) -> LedgerLog:
    """End the log of a hub and begin the next one now, because its operator says so.

    Raises:
        LogNotFoundError: The making of the hub was cut off, so there is nothing to go on from.
        SecondStoreUnavailableError: It cannot be asked, so nothing can be signed now.
        KeyStoreError: The key of the ended log cannot be used.
    """
    last = ledgers.newest_log(resources.store, hub)
    if _size(resources, last) == 0:
        raise LogNotFoundError
    if last.frozen_at is None:
        _end(resources, last, LogEnd.OPERATOR)
    return finish(resources, hub)


def finish(resources: Resources, hub: Hub) -> LedgerLog:
    """Begin the next log of a hub whose last one has ended; what else is open serves.

    Raises:
        StoreUnavailableError: The database can be read, and not written.
        SecondStoreUnavailableError: It cannot be asked, so nothing can be signed now.
        KeyStoreError: The key of the ended log cannot be used.
        NoOpenLogError: Another process is about to begin the next log, and did not in time.
        RollbackDetectedError: The next log was begun and published, and the database has lost it.
    """
    last = ledgers.newest_log(resources.store, hub)
    if last.frozen_at is not None:
        resources.sequencer.check_can_record()
        _check_nothing_lost(resources, last)
        previous = ending_of(resources, last)
        with suppress(ConflictError):  # Another process began it.
            new = beginning_logs.claim(resources, hub, last)
            resources.sequencer.submit(beginning_logs.unit_of(hub, new, previous))
        last = ledgers.newest_log(resources.store, hub)
    if last.frozen_at is not None:
        raise NoOpenLogError(hub.number)
    return last


def ending_of(resources: Resources, last: LedgerLog) -> PreviousLog:
    """Say of an ended log what the next one holds in its first entry."""
    return PreviousLog(note=_last_note(resources, last), why=_why_ended(resources, last))


def _check_nothing_lost(resources: Resources, last: LedgerLog) -> None:
    now = resources.clock()
    lost = claimed_origins.lost_after(resources.store, resources.second_store, last, now=now)
    if lost is not None:
        _, published = lost
        # When the second store was away at the start, nobody knew until now.
        resources.sequencer.hold_against(published)
        raise RollbackDetectedError(published.origin, published=published.size, here=0)


def _end(resources: Resources, log: LedgerLog, why: LogEnd) -> None:
    """Do step (1), unless another process did."""
    now = resources.clock()
    frozen = LogFrozen(origin=log.origin, why=why, at=now)
    entry = PendingEntry(kind=Kind.FREEZE, public=frozen.payload())
    with suppress(ConflictError, NoOpenLogError):
        resources.sequencer.submit(
            Unit(hub=log.hub, entries=(entry,), ends_log=replace(log, frozen_at=now))
        )


def _last_note(resources: Resources, log: LedgerLog) -> str:
    """Give the checkpoint over the last entry of an ended log.

    The process that ended the log signs it. When that one is late, or died, this one does.

    """
    if ledgers.size(resources.store, log) < _size(resources, log):
        CheckpointSigner(
            resources.store,
            second_store=resources.second_store,
            clock=resources.clock,
            log_signer=resources.keyring.ledger_signer,
        ).sign(LogName(hub=log.hub, log=log.log))
    with resources.store.read() as tx:
        latest = tx.ledger.latest_checkpoint(log.hub, log.log)
    return "" if latest is None else latest.note


def _why_ended(resources: Resources, log: LedgerLog) -> LogEnd:
    with resources.store.read() as tx:
        size = tx.ledger.head(log.hub, log.log).size
        row = tx.ledger.entry(log.hub, log.log, size - 1)
    # Without a row there is nothing to read, and that is refused.
    return LogFrozen.parse(LedgerEntry.parse(row.entry if row else b"").public).why


def _size(resources: Resources, log: LedgerLog) -> int:
    with resources.store.read() as tx:
        return tx.ledger.head(log.hub, log.log).size
