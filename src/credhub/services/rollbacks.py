"""Go on after the database was put back to an older state, and entries that others saw are lost.

Nothing may ever be signed again where something else was signed before. So all of this is one
unit, or nothing:

(1) the log that lost entries ends as it is, without another entry; if the backup is of the moment
    after a log ended, it is the next one that is lost, and nothing of it is left;
(2) the next log begins; it holds the last checkpoint that the world knows of the lost log, and
    says how much is left, who decided to go on, and why;
(3) every list that gives out status indexes is closed, and others are opened: lost credentials
    have indexes that nobody knows any more. Their numbers are claimed in the second store, which
    remembers what was opened when the same backup was put back before.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from credhub.credentials.claims import check_text
from credhub.errors import NothingLostError, SecondStoreConflictError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import Kind
from credhub.ledger.log_events import LogEnd, PreviousLog, RollbackAccepted
from credhub.ledger.merkle import Frontier
from credhub.services import beginning_logs, ledgers, rollover, status_lists
from credhub.services.resources import Resources
from credhub.store import claimed_origins, log_life, status_writing
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.published import Published
from credhub.store.standing import LogStanding, Trouble
from credhub.store.status import StatusList
from credhub.store.unit import PendingEntry, Unit

MAX_REASON: Final = 500

BURNED_LISTS: Final = 1000
"""So many numbers of lists are passed over: the lost time may have used the next ones."""

_CLAIM: Final = "lists/"
_LOSSES: Final = (Trouble.ROLLED_BACK, Trouble.CONTRADICTED)


def accept(resources: Resources, hub: Hub, *, actor: str, reason: str) -> LedgerLog:
    """Go on without the entries that were lost.

    Args:
        resources: What services work with.
        hub: Whose log is refused.
        actor: Who decided it. Public.
        reason: Why. Public, in the ledger for ever.

    Returns:
        The log that began.

    Raises:
        InvalidClaimError: The reason is not printable, or too long.
        NothingLostError: The log of the hub is not refused for a loss.
        ConflictError: Another process accepted it meanwhile.
        StoreUnavailableError, SecondStoreUnavailableError: Nothing can be recorded.
    """
    check_text("reason", reason, limit=MAX_REASON)
    resources.sequencer.check_can_record()
    before = ledgers.newest_log(resources.store, hub)
    if before.frozen_at is None:
        known = _known(resources, _loss_of(resources, hub, before), before)
        previous = PreviousLog(note=known.text(), why=LogEnd.ROLLBACK)
        held = _held(resources, before)
    else:  # It ended whole; what came after it is lost whole.
        known = _lost_whole(resources, hub, before)
        previous = rollover.ending_of(resources, before)
        held = Frontier()
    accepted = RollbackAccepted(
        known=known,
        held_size=held.size,
        held_root=held.root(),
        actor=actor,
        reason=reason,
        at=resources.clock(),
    )
    new = beginning_logs.claim(resources, hub, before)
    entry = PendingEntry(kind=Kind.OPERATION, public=accepted.payload())
    unit = beginning_logs.unit_of(hub, new, previous, entry)
    resources.sequencer.submit(_with_end_and_lists(resources, hub, unit, before, accepted.at))
    return new.log


def _lost_whole(resources: Resources, hub: Hub, before: LedgerLog) -> Checkpoint:
    now = resources.clock()
    lost = claimed_origins.lost_after(resources.store, resources.second_store, before, now=now)
    if lost is None:
        raise NothingLostError(hub.slug)
    return lost[1]


def _loss_of(resources: Resources, hub: Hub, log: LedgerLog) -> LogStanding:
    for standing in resources.sequencer.refused:
        refused = (standing.hub, standing.log) == (log.hub, log.log)
        if refused and standing.trouble in _LOSSES:
            return standing
    raise NothingLostError(hub.slug)


def _known(resources: Resources, standing: LogStanding, before: LedgerLog) -> Checkpoint:
    """Give the largest tree that was published of the log."""
    last = Published(resources.second_store).last(before)
    published = [it for it in (last, *standing.witnessed) if it is not None]
    return max(published, key=lambda checkpoint: checkpoint.size)


def _held(resources: Resources, before: LedgerLog) -> Frontier:
    with resources.store.read() as tx:
        head = tx.ledger.head(before.hub, before.log)
    return Frontier.decode(head.size, head.frontier)


def _with_end_and_lists(
    resources: Resources, hub: Hub, unit: Unit, before: LedgerLog, now: datetime
) -> Unit:
    """Add (1) and (3) to the unit of (2)."""
    with resources.store.read() as tx:
        lists = tx.status.lists(hub.number)
    entries, inserts = list(unit.entries), list(unit.inserts)
    for opening in _openings(resources, hub, lists):
        shift = len(entries)
        entries += opening.entries
        inserts += [
            row if row.entry is None else replace(row, entry=row.entry + shift)
            for row in opening.inserts
        ]
    closings = (
        status_writing.closing_of(hub.number, one.list, now)
        for one in lists
        if one.closed_at is None
    )
    ending = [log_life.freezing_of(hub.number, before.log, now)] if before.frozen_at is None else []
    return replace(
        unit,
        entries=tuple(entries),
        inserts=tuple(inserts),
        changes=(*ending, *unit.changes, *closings),
    )


def _openings(resources: Resources, hub: Hub, lists: tuple[StatusList, ...]) -> Iterator[Unit]:
    """Prepare one new list for every purpose that has an open one."""
    purposes = dict.fromkeys(one.purpose for one in lists if one.closed_at is None)
    first = _claimed(resources, hub, max((one.list for one in lists), default=0) + BURNED_LISTS)
    for number, purpose in enumerate(purposes, start=first):
        yield status_lists.opening_unit(resources, hub, number=number, purpose=purpose)


def _claimed(resources: Resources, hub: Hub, number: int) -> int:
    """Claim a number and those after it; the same backup may have been put back before.

    Raises:
        SecondStoreUnavailableError: Nobody knows whether the number is free.
    """
    while True:
        address = status_lists.address_of(hub, number)
        try:
            resources.second_store.swap(_CLAIM + address, old=None, new=hub.did)
        except SecondStoreConflictError:
            number += BURNED_LISTS
        else:
            return number
