"""Prepare the next log of a hub: a label that no log ever had, a key of its own, first entries.

Whoever begins a log claims its origin in the second store first. Two logs of one origin would be
a contradiction to every witness.
"""

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from credhub.errors import ConflictError, KeyStoreError
from credhub.ledger.entry import Kind
from credhub.ledger.events import KeyChange
from credhub.ledger.log_events import PreviousLog
from credhub.ledger.log_labels import next_label
from credhub.ledger.note import VerifierKey
from credhub.services import hub_keys
from credhub.services.hubs import origin_of
from credhub.services.resources import Resources
from credhub.store import claimed_origins, signing_keys
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.signing_keys import KeyPurpose, SigningKey, VerificationMethod
from credhub.store.unit import PendingEntry, Unit

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
        if claimed_origins.claim(resources.second_store, log):
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
