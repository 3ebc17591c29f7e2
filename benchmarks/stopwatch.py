"""Timers around functions, put there from outside and taken away again."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Stopwatch:
    """Adds up what named stages take in each round.

    Args:
        clock: Seconds since some moment; ``time.thread_time`` counts the processor alone.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._round: defaultdict[str, float] = defaultdict(float)
        self.rounds: list[dict[str, float]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        started = self._clock()
        try:
            yield
        finally:
            self._round[name] += self._clock() - started

    def end_round(self) -> None:
        """Begin the next round."""
        self.rounds.append(dict(self._round))
        self._round.clear()

    @contextmanager
    def around(self, owner: object, attribute: str, name: str) -> Iterator[None]:
        """Time every call of a function or method, in whichever thread."""
        original: Callable[..., Any] = getattr(owner, attribute)

        def timed(*arguments: object, **named: object) -> object:
            with self.stage(name):
                return original(*arguments, **named)

        setattr(owner, attribute, timed)
        try:
            yield
        finally:
            setattr(owner, attribute, original)

    def times(self, name: str) -> list[float]:
        """List what a stage took in each round."""
        return [one.get(name, 0.0) for one in self.rounds]
