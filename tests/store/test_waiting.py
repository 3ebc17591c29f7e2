"""Who waits for the sequencer, and for how long it waits for them."""

from threading import Thread

from credhub.ledger.entry import Kind
from credhub.store.hubs import HubNumber
from credhub.store.unit import PendingEntry, Unit
from credhub.store.waiting import Waiting, WaitingUnits

LONG = 60.0
"""Longer than any test: whoever waits so long was not woken."""


def unit() -> Unit:
    entry = PendingEntry(kind=Kind.PRIVATE, commitment=bytes(32))
    return Unit(hub=HubNumber(1), entries=(entry,))


def put(waiting: WaitingUnits, count: int) -> None:
    for _ in range(count):
        waiting.put(unit())


def take(waiting: WaitingUnits, *, limit: int = 500) -> tuple[Waiting, ...]:
    taken = waiting.take(limit, one_hub=False, patience=None)
    assert taken is not None
    return taken


def took_together(count: int, *, pause: float) -> WaitingUnits:
    waiting = WaitingUnits(100, pause=pause)
    put(waiting, count)
    assert len(take(waiting)) == count
    return waiting


def test_those_who_were_taken_together_are_waited_for() -> None:
    waiting = took_together(3, pause=LONG)

    coming = Thread(target=put, args=(waiting, 3))
    coming.start()

    assert len(take(waiting)) == 3
    coming.join()


def test_nobody_waits_for_those_who_do_not_come() -> None:
    waiting = took_together(3, pause=0)
    put(waiting, 1)

    assert len(take(waiting)) == 1


def test_one_alone_waits_for_nobody() -> None:
    waiting = took_together(1, pause=LONG)
    put(waiting, 1)

    assert len(take(waiting)) == 1


def test_whoever_is_there_already_is_not_waited_for() -> None:
    waiting = took_together(2, pause=LONG)
    put(waiting, 2)

    assert len(take(waiting)) == 2


def test_the_end_ends_the_wait() -> None:
    waiting = took_together(3, pause=LONG)
    put(waiting, 1)
    waiting.close()

    assert len(take(waiting)) == 1
    assert waiting.take(500, one_hub=False, patience=None) is None
