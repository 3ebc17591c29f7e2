"""What the ledger says of a hub's keys."""

from dataclasses import dataclass

from credhub.errors import KeyNotFoundError
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.events import KeyChange, KeyEvent
from credhub.services.resources import Resources
from credhub.store.hubs import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedKeyEvent:
    """One event and its place in the ledger."""

    event: KeyEvent
    log: str
    seq: int


def of_key(resources: Resources, hub: Hub, key_id: str) -> tuple[RecordedKeyEvent, ...]:
    """List the events of one key: that it was added, and what became of it since.

    Raises:
        KeyNotFoundError: The ledger says nothing of such a key.
    """
    with resources.store.read() as tx:
        rows = tx.key_events.of_hub(hub.number)
    recorded = [
        RecordedKeyEvent(
            event=KeyEvent.parse(LedgerEntry.parse(row.entry).public), log=row.log, seq=row.seq
        )
        for row in rows
    ]
    found = tuple(one for one in recorded if one.event.key_id == key_id)
    if not found or found[0].event.event is not KeyChange.ADDED:
        raise KeyNotFoundError
    return found
