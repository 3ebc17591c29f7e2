"""Units that wait for the sequencer, each with a caller who waits for its answer."""

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Condition
from typing import Final

from credhub.errors import QueueFullError, SequencerClosedError
from credhub.store.unit import Placement, Unit

_PAUSE_SECONDS: Final = 0.001
_PAUSES: Final = 10
"""Whoever was answered together has ten milliseconds at most to come again together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One unit and the place for its answer."""

    unit: Unit
    answer: "Future[Placement]" = field(default_factory=Future)


class WaitingUnits:
    """A bounded queue, first come first served.

    Args:
        capacity: How many may wait.
        pause: How many seconds without a new one end the wait for more.
    """

    def __init__(self, capacity: int, *, pause: float = _PAUSE_SECONDS) -> None:
        self._capacity = capacity
        self._pause = pause
        self._queue: deque[Waiting] = deque()
        self._changed = Condition()
        self._closed = False
        self._wanted = 1
        self._taken = 0

    def __len__(self) -> int:
        with self._changed:
            return len(self._queue)

    def put(self, unit: Unit) -> "Future[Placement]":
        """Add a unit.

        Raises:
            QueueFullError: Too many wait already.
            SequencerClosedError: No more are taken.
        """
        waiting = Waiting(unit=unit)
        with self._changed:
            if self._closed:
                raise SequencerClosedError
            if len(self._queue) >= self._capacity:
                raise QueueFullError
            self._queue.append(waiting)
            if len(self._queue) >= self._wanted:
                self._changed.notify()
        return waiting.answer

    def take(
        self, limit: int, *, one_hub: bool, patience: float | None
    ) -> tuple[Waiting, ...] | None:
        """Wait until there is something, then take all that may share a transaction.

        When several were taken together before, as many are waited for while they keep coming:
        otherwise the first of them has the next transaction alone, and the others wait for it.

        Args:
            limit: How many units at most.
            one_hub: Whether to leave the units of other hubs than the first one's.
            patience: How many seconds to wait; for ever when ``None``.

        Returns:
            Nothing yet: an empty tuple. Nothing ever again: ``None``.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closed, patience)
            if not self._queue:
                return None if self._closed else ()
            self._gather()
            taken = self._take(limit, one_hub=one_hub)
            self._taken = len(taken)
            return taken

    def close(self) -> None:
        """Take no more units. Those that wait are still given out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _gather(self) -> None:
        self._wanted = self._taken
        for _ in range(_PAUSES):
            before = len(self._queue)
            if before >= self._wanted or self._closed:
                break
            self._changed.wait(self._pause)
            if len(self._queue) == before:
                break
        self._wanted = 1

    def _take(self, limit: int, *, one_hub: bool) -> tuple[Waiting, ...]:
        hub = self._queue[0].unit.hub
        if self._queue[0].unit.is_alone:
            return (self._queue.popleft(),)
        taken: list[Waiting] = []
        left: deque[Waiting] = deque()
        while self._queue and len(taken) < limit and not self._queue[0].unit.is_alone:
            waiting = self._queue.popleft()
            (left if one_hub and waiting.unit.hub != hub else taken).append(waiting)
        left.extend(self._queue)
        self._queue = left
        return tuple(taken)
