"""Whose file is read next: one at a time, hub after hub, and a bounded number waits (T62)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Semaphore, Thread

import pytest

from credhub.errors import BatchesBusyError, FileUnderWayError
from credhub.store.hubs import HubNumber
from credhub.web.file_turns import SWITCH_SECONDS, FileTurns

LONG = 60.0
ANNA, BEN, CARLA = (HubNumber(number) for number in (1, 2, 3))


class Desk:
    """Threads that read until they are let go, in the order of their turns."""

    def __init__(self, *, places: int = 8, wait_seconds: float = LONG) -> None:
        self.log: list[str] = []
        self.waits = Semaphore(0)
        self.turns = FileTurns(
            places=places, wait_seconds=wait_seconds, while_waiting=self._counted
        )
        self._gate = Semaphore(0)
        self._threads: list[Thread] = []

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.waits.release()
        yield

    def begin(self, hub: HubNumber, name: str) -> None:
        """Send a file in a thread; return when it is read or waits."""

        def work() -> None:
            with self.turns.of(hub):
                self.log.append(name)
                self._gate.acquire(timeout=LONG)

        thread = Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)
        assert self.waits.acquire(timeout=LONG)
        while not self._is_settled():
            Event().wait(0.001)

    def finish(self) -> list[str]:
        for _ in self._threads:
            self._gate.release()
        for thread in self._threads:
            thread.join(LONG)
        return self.log

    def _is_settled(self) -> bool:
        inside = self.turns
        with inside._changed:  # noqa: SLF001 - a test may look at who waits
            waiting = len(inside._waiting)  # noqa: SLF001
            able = any(map(inside._is_next, inside._waiting))  # noqa: SLF001
        return not able and len(self.log) + waiting == len(self._threads)


def test_t62_hubs_take_turns_whoever_sent_more() -> None:
    desk = Desk()
    desk.begin(ANNA, "Anna's first")
    desk.begin(ANNA, "Anna's second")
    desk.begin(BEN, "Ben's first")
    desk.begin(CARLA, "Carla's first")
    desk.begin(BEN, "Ben's second")

    assert desk.log == ["Anna's first"]
    assert desk.finish() == [
        *("Anna's first", "Ben's first", "Anna's second"),
        *("Carla's first", "Ben's second"),
    ]


def test_t62_one_hub_has_one_file_read_and_one_that_waits() -> None:
    desk = Desk()
    desk.begin(ANNA, "first")
    desk.begin(ANNA, "second")

    with pytest.raises(FileUnderWayError), desk.turns.of(ANNA):
        pass

    assert desk.finish() == ["first", "second"]
    with desk.turns.of(ANNA):
        pass


def test_t62_a_bounded_number_waits() -> None:
    desk = Desk(places=2)
    desk.begin(ANNA, "first")
    desk.begin(BEN, "second")

    with pytest.raises(BatchesBusyError), desk.turns.of(CARLA):
        pass

    assert desk.finish() == ["first", "second"]


def test_whoever_waits_too_long_is_sent_away_and_takes_nobody_s_turn() -> None:
    desk = Desk(wait_seconds=0.01)
    desk.begin(ANNA, "first")

    with pytest.raises(BatchesBusyError), desk.turns.of(BEN):
        pass

    assert desk.finish() == ["first"]
    with desk.turns.of(CARLA):
        pass


def test_the_interpreter_is_given_away_soon_while_a_file_is_read() -> None:
    turns, usual = FileTurns(places=1), sys.getswitchinterval()

    with turns.of(ANNA):
        assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)

    assert sys.getswitchinterval() == usual


def test_a_reader_that_fails_leaves_the_turn_to_others() -> None:
    turns, usual = FileTurns(places=1), sys.getswitchinterval()

    with pytest.raises(ZeroDivisionError), turns.of(ANNA):
        raise ZeroDivisionError

    assert sys.getswitchinterval() == usual
    with turns.of(BEN):
        pass
