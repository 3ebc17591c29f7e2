"""Units that wait for the sequencer, each with a caller who waits for its answer."""

from collections import deque
from collections.abc import Iterable
from threading import Condition, Lock
from typing import Final

from credhub.errors import QueueFullError, RecordOutcomeUnknownError, SequencerClosedError
from credhub.store.unit import Placement, Unit

_PAUSE_SECONDS: Final = 0.001
_PAUSES: Final = 10
"""Whoever was answered together has ten milliseconds at most to come again together."""

_NOT_YET: Final = RecordOutcomeUnknownError()


class Waiting:
    """One unit, and a caller who waits for what becomes of it.

    A lock that is held until the answer is there wakes a crowd in half the time of a ``Future``.
    """

    __slots__ = ("_answer", "_answered", "unit")

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._answer: Placement | Exception = _NOT_YET
        self._answered = Lock()
        self._answered.acquire()

    @property
    def is_answered(self) -> bool:
        """Whether its caller waits no more."""
        return self._answer is not _NOT_YET

    def answer(self, answer: Placement | Exception) -> None:
        """Say what became of the unit, once."""
        self._answer = answer
        self._answered.release()

    def result(self) -> Placement:
        """Wait for the answer, once.

        Raises:
            Exception: The answer is that.
        """
        self._answered.acquire()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


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

    def put(self, unit: Unit) -> Waiting:
        """Add a unit.

        Raises:
            QueueFullError: Too many wait already.
            SequencerClosedError: No more are taken.
        """
        waiting = Waiting(unit)
        with self._changed:
            if self._closed:
                raise SequencerClosedError
            if len(self._queue) >= self._capacity:
                raise QueueFullError
            self._queue.append(waiting)
            if len(self._queue) >= self._wanted:
                self._changed.notify()
        return waiting

    def put_all(self, units: Iterable[Unit]) -> tuple[Waiting, ...]:
        """Add several units at once, so that they are taken together.

        Raises:
            QueueFullError: There is no room for all of them; none was added.
            SequencerClosedError: No more are taken.
        """
        several = tuple(map(Waiting, units))
        with self._changed:
            if self._closed:
                raise SequencerClosedError
            if len(self._queue) + len(several) > self._capacity:
                raise QueueFullError
            self._queue.extend(several)
            if len(self._queue) >= self._wanted:
                self._changed.notify()
        return several

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
