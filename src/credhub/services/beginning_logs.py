"""Prepare the next log of a hub: a label that no log ever had, a key of its own, first entries.

The database can be put back to a time before a log began, and then does not know its label any
more. The second store does: whoever begins a log claims its origin there first. Two logs of one
origin would be a contradiction to every witness.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from credhub.errors import ConflictError, KeyStoreError, SecondStoreConflictError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.entry import Kind
from credhub.ledger.events import KeyChange
from credhub.ledger.log_events import PreviousLog
from credhub.ledger.log_labels import labels_of, next_label, year_of
from credhub.ledger.note import VerifierKey
from credhub.services import hub_keys
from credhub.services.hubs import origin_of
from credhub.services.resources import Resources
from credhub.store import signing_keys
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.published import Published
from credhub.store.second_store.protocol import SecondStore
from credhub.store.signing_keys import KeyPurpose, SigningKey, VerificationMethod
from credhub.store.unit import PendingEntry, Unit

_CLAIM: Final = "origin/"
_TICK: Final = timedelta(milliseconds=1)
_ATTEMPTS: Final = 20
_PAUSE_SECONDS: Final = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class NextLog:
    """A log that is claimed and not begun.

    Attributes:
        log: Its row to be.
        key: What will sign its checkpoints.
        before: The log that it goes on from.
        old_key: What signed that one.
    """

    log: LedgerLog
    key: SigningKey = field(repr=False)
    before: LedgerLog
    old_key: VerificationMethod


def claim(resources: Resources, hub: Hub, before: LedgerLog) -> NextLog:
    """Find the next label whose origin no log ever had, and make a key for it.

    Raises:
        ConflictError: Another process began the next log meanwhile.
        KeyStoreError: The key of the log before is none of the hub's.
        SecondStoreUnavailableError: Nobody knows whether the label is free.
    """
    with resources.store.read() as tx:
        used = {log.log for log in tx.ledger.logs(hub.number)}
        keys = tx.signing_keys.methods_of(hub.number)
    wrapping = resources.keyring.of(hub.number).wrapping
    now = resources.clock()
    while True:
        label = next_label(used, now.year)
        key = hub_keys.new_key(hub.number, f"ledger-{label}", KeyPurpose.LEDGER, wrapping, now)
        origin = origin_of(hub, label)
        log = LedgerLog(
            hub=hub.number,
            log=label,
            origin=origin,
            vkey=VerifierKey(name=origin, public_key=key.public_key).text(),
            # The logs of a hub are in the order of these times, whoever's clock is behind.
            created_at=max(now, before.created_at + _TICK),
        )
        if _is_claimed(resources.second_store, log):
            return NextLog(log=log, key=key, before=before, old_key=_key_of(before, keys))
        _let_others_begin(resources, before)
        used.add(label)


def unit_of(hub: Hub, new: NextLog, previous: PreviousLog, *more: PendingEntry) -> Unit:
    """Prepare the first entries of a claimed log.

    Args:
        hub: Whose log it is.
        new: The log.
        previous: What its first entry says.
        more: What follows that entry, before those about the keys.
    """
    now, old_key = new.key.valid_from, new.old_key
    entries = [
        PendingEntry(kind=Kind.CHILD_CHECKPOINT, public=previous.payload()),
        *more,
        hub_keys.entry_of(hub, new.key, KeyChange.ADDED, now),
    ]
    changes = []
    if old_key.retired_at is None:
        entries.append(hub_keys.entry_of(hub, old_key, KeyChange.RETIRED, now))
        changes.append(signing_keys.retirement_of(hub.number, old_key.key_id, now))
    return Unit(
        hub=hub.number,
        entries=tuple(entries),
        inserts=(signing_keys.insert_of(new.key),),
        changes=tuple(changes),
        begins_log=new.log,
    )


def lost_after(resources: Resources, hub: Hub, before: LedgerLog) -> Checkpoint | None:
    """Find what was published of logs after this one that the database does not know any more.

    Whoever publishes has committed before. A label that was claimed and has nothing published is
    what a crash leaves, and no loss.

    Returns:
        The last checkpoint of the newest such log; none when nothing was lost.

    Raises:
        SecondStoreUnavailableError: Nobody knows.
    """
    published = Published(resources.second_store)
    found = [(log, published.last(log)) for log in _claimed_after(resources, hub, before)]
    with resources.store.read() as tx:
        known = {log.vkey for log in tx.ledger.logs(hub.number)}
    lost = [last for log, last in found if last is not None and log.vkey not in known]
    return lost[-1] if lost else None


def _claimed_after(resources: Resources, hub: Hub, before: LedgerLog) -> Iterator[LedgerLog]:
    now = resources.clock()
    for year in range(year_of(before.log), now.year + 1):
        for label in labels_of(year, after=before.log):
            origin = origin_of(hub, label)
            vkey = resources.second_store.read(_CLAIM + origin)
            if vkey is None:
                break
            yield LedgerLog(hub=hub.number, log=label, origin=origin, vkey=vkey, created_at=now)


def _is_claimed(second_store: SecondStore, log: LedgerLog) -> bool:
    """Claim the origin of a log; false when another log has it."""
    try:
        second_store.swap(_CLAIM + log.origin, old=None, new=log.vkey)
    except SecondStoreConflictError:
        # When the answer to our own swap was lost on the way, it is ours.
        return second_store.read(_CLAIM + log.origin) == log.vkey
    return True


def _let_others_begin(resources: Resources, before: LedgerLog) -> None:
    """Wait a moment for whoever claimed a label: most likely it begins that log now.

    Raises:
        ConflictError: It did.
    """
    for _ in range(_ATTEMPTS):
        with resources.store.read() as tx:
            if tx.ledger.logs(before.hub)[-1].log != before.log:
                raise ConflictError("ledger_log")
        time.sleep(_PAUSE_SECONDS)


def _key_of(log: LedgerLog, keys: tuple[VerificationMethod, ...]) -> VerificationMethod:
    public_key = VerifierKey.parse(log.vkey).public_key
    for key in keys:
        if key.public_key == public_key:
            return key
    raise KeyStoreError(f"The key of log {log.log} is none of its hub.")
