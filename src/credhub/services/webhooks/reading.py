"""Reading the ledger of a hub from a place on, as events, from one log to the next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from credhub.services.webhooks.events import Event, PlacedLog, event_of
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.store import Transaction
from credhub.store.webhooks import Position

ENTRIES: Final = 200
"""So many entries are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What an endpoint is told in order: from a place on, up to another or for ever."""

    cursor: Position
    end: Position | None = None
    at_end: bool = False


def read_on(tx: Transaction, hub: Hub, stream: Stream) -> tuple[tuple[Event, ...], Stream]:
    """Read some entries that a signed checkpoint covers; give their events, and what follows."""
    logs = tx.ledger.logs(hub.number)
    for number in range(_number_of(logs, stream.cursor.log), len(logs)):
        log = logs[number]
        start = stream.cursor.seq if log.log == stream.cursor.log else 0
        is_last = stream.end is not None and stream.end.log == log.log
        stop = _told_up_to(tx, log)
        stop = min(stop, stream.end.seq) if stream.end is not None and is_last else stop
        if start < stop:
            stop = min(stop, start + ENTRIES)
            events = _events(tx, hub, PlacedLog(log=log, number=number), start, stop)
            return events, replace(stream, cursor=Position(log=log.log, seq=stop))
        stream = replace(stream, cursor=Position(log=log.log, seq=start))
        if is_last or log.frozen_at is None:
            break
    return (), replace(stream, at_end=True)


def event_at(tx: Transaction, hub: Hub, position: Position) -> Event | None:
    """Read the event of one entry; none when nothing can be said of it any more."""
    logs = tx.ledger.logs(hub.number)
    number = _number_of(logs, position.log)
    placed = PlacedLog(log=logs[number], number=number)
    return next(iter(_events(tx, hub, placed, position.seq, position.seq + 1)), None)


def _events(
    tx: Transaction, hub: Hub, placed: PlacedLog, start: int, stop: int
) -> tuple[Event, ...]:
    found = tx.happenings.between(hub.number, placed.log.log, start, stop)
    made = (event_of(hub, placed, happening) for happening in found)
    return tuple(event for event in made if event is not None)


def _told_up_to(tx: Transaction, log: LedgerLog) -> int:
    """Give the number of entries that nobody can take away; of a log that ended, all."""
    if log.frozen_at is not None:
        return tx.ledger.head(log.hub, log.log).size
    checkpoint = tx.ledger.latest_checkpoint(log.hub, log.log)
    return 0 if checkpoint is None else checkpoint.size


def _number_of(logs: Sequence[LedgerLog], label: str) -> int:
    return next(number for number, log in enumerate(logs) if log.log == label)
