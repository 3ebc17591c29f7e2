"""Turns: what one client may draw, and whose turn it is (T40, T44)."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Semaphore, Thread

import pytest

from credhub.errors import RateLimitedError, SandboxBusyError
from credhub.web import turns
from credhub.web.turns import Turns

LONG = 60.0


class Desk:
    """Turns under a clock of the test, and threads that draw until they are let go."""

    def __init__(self, *, places: int, share: float = 12.0, wait_seconds: float = LONG) -> None:
        self.now = 0.0
        self.log: list[str] = []
        self.entered = Semaphore(0)
        self.turns = Turns(
            places=places,
            share=share,
            wait_seconds=wait_seconds,
            while_waiting=self._counted,
            clock=lambda: self.now,
        )
        self._gates: dict[str, Event] = {}
        self._threads: list[Thread] = []

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.entered.release()
        yield

    def draw(self, client: str, seconds: float) -> None:
        with self.turns.of(client):
            self.now += seconds

    def begin(self, client: str, name: str) -> None:
        """Draw in a thread until ``end``; return when it waits or draws."""
        gate = self._gates[name] = Event()

        def work() -> None:
            with self.turns.of(client):
                self.log.append(name)
                gate.wait(LONG)

        thread = Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)
        assert self.entered.acquire(timeout=LONG)
        self._settle()

    def end(self, *names: str) -> None:
        for name in names:
            self._gates[name].set()

    def finish(self) -> list[str]:
        for thread in self._threads:
            thread.join(LONG)
        return self.log

    def _settle(self) -> None:
        """Wait until every thread draws, waits for its turn, or has ended."""
        while not self._is_settled():
            Event().wait(0.001)

    def _is_settled(self) -> bool:
        inside = self.turns
        with inside._changed:  # noqa: SLF001 - a test may look at who waits
            waiting = len(inside._waiting)  # noqa: SLF001
            able = any(map(inside._is_next, inside._waiting))  # noqa: SLF001
        return not able and len(self.log) + waiting == len(self._threads)


def test_t40_one_client_draws_one_at_a_time_and_leaves_the_places_to_others() -> None:
    desk = Desk(places=2)

    desk.begin("greedy", "first")
    for name in ("second", "third"):
        desk.begin("greedy", name)
    desk.begin("learner", "photo")

    assert desk.log == ["first", "photo"]
    desk.end("first", "second", "third", "photo")
    assert desk.finish() == ["first", "photo", "second", "third"]


def test_t40_a_free_place_goes_to_whoever_had_the_least() -> None:
    desk = Desk(places=1)
    for client, seconds in (("greedy", 5.0), ("other", 3.0)):
        desk.draw(client, seconds)
        desk.entered.acquire()

    desk.begin("somebody", "drawn")
    for client in ("greedy", "other", "learner"):
        desk.begin(client, client)
    desk.end("drawn", "greedy", "other", "learner")

    assert desk.finish() == ["drawn", "learner", "other", "greedy"]


def test_t40_the_share_of_a_client_ends_and_comes_back() -> None:
    desk = Desk(places=1, share=2.0)
    desk.draw("greedy", 1.5)
    desk.draw("greedy", 1.5)

    with pytest.raises(RateLimitedError) as refused:
        desk.draw("greedy", 0.1)
    desk.draw("learner", 0.1)

    assert refused.value.retry_after == 59  # when the first of the two is a minute ago
    desk.now += refused.value.retry_after
    desk.draw("greedy", 0.1)


def test_a_drawing_that_fails_is_counted_and_gives_its_place_back() -> None:
    desk = Desk(places=1, share=1.0)

    def fail() -> None:
        with desk.turns.of("a"):
            desk.now += 0.5
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()

    with pytest.raises(RateLimitedError):
        desk.draw("a", 0.1)
    desk.draw("b", 0.1)


def test_whoever_waits_too_long_is_told_and_waits_no_more() -> None:
    desk = Desk(places=1, wait_seconds=0.01)
    desk.begin("a", "a")

    for client in ("a", "b"):
        with pytest.raises(SandboxBusyError):
            desk.draw(client, 0.1)

    desk.end("a")
    desk.finish()
    desk.draw("b", 0.1)


def test_how_many_wait_is_bounded_for_each_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING", 3)
    monkeypatch.setattr(turns, "MAX_WAITING_OF_ONE", 2)
    desk = Desk(places=1)
    names = [f"a{n}" for n in range(3)]
    for name in names:
        desk.begin("a", name)

    with pytest.raises(RateLimitedError):
        desk.draw("a", 0.1)
    desk.begin("b", "b")
    with pytest.raises(SandboxBusyError):
        desk.draw("c", 0.1)

    desk.end(*names, "b")
    assert sorted(desk.finish()) == [*names, "b"]
