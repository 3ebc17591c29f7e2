"""Whose drawing is next, where clients may send what takes as long as they like to draw.

Invariants:
- As many drawings as there are places; of one client one at a time.
- A free place is given to the client that had the least in the last minute, then to the first.
- One client has a share of a minute; when it is used up, the client is told when to come again.
- How many wait is bounded, for all and for each client, and how long.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from math import ceil
from threading import Condition
from typing import Final

from credhub.errors import RateLimitedError, SandboxBusyError

MINUTE: Final = 60.0
MAX_WAITING: Final = 64
MAX_WAITING_OF_ONE: Final = 4
WAIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Spent:
    until: float
    client: str
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    client: str


class Turns:
    """Gives places to clients. Safe between threads.

    Args:
        places: How many may draw at once.
        share: Seconds of a minute that one client may draw.
        wait_seconds: How long a client waits for a place.
        while_waiting: What a thread is in while it does nothing but wait.
        clock: Seconds since some moment.
    """

    def __init__(
        self,
        *,
        places: int,
        share: float,
        wait_seconds: float = WAIT_SECONDS,
        while_waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = places
        self._share = share
        self._wait_seconds = wait_seconds
        self._while_waiting = while_waiting
        self._clock = clock
        self._changed = Condition()
        self._drawing: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._spent: deque[_Spent] = deque()

    @contextmanager
    def of(self, client: str) -> Iterator[None]:
        """Draw something for a client, when it is its turn.

        Raises:
            RateLimitedError: The client had its share, or has too much waiting.
            SandboxBusyError: It would not be its turn soon.
        """
        with self._while_waiting():
            self._begin(client)
        begun = self._clock()
        try:
            yield
        finally:
            self._end(client, begun)

    def _begin(self, client: str) -> None:
        with self._changed:
            waiting = self._enter(client)
            try:
                if not self._changed.wait_for(lambda: self._is_next(waiting), self._wait_seconds):
                    raise SandboxBusyError
                self._drawing.add(client)
            finally:
                self._waiting.remove(waiting)
                self._changed.notify_all()

    def _enter(self, client: str) -> _Waiting:
        if self._had()[client] >= self._share:
            first = next(spent for spent in self._spent if spent.client == client)
            raise RateLimitedError(retry_after=ceil(first.until + MINUTE - self._clock()))
        if sum(one.client == client for one in self._waiting) >= MAX_WAITING_OF_ONE:
            raise RateLimitedError(retry_after=ceil(self._wait_seconds))
        if len(self._waiting) >= MAX_WAITING:
            raise SandboxBusyError
        waiting = _Waiting(client)
        self._waiting.append(waiting)
        return waiting

    def _is_next(self, waiting: _Waiting) -> bool:
        if len(self._drawing) >= self._places:
            return False
        had = self._had()
        able = [one for one in self._waiting if one.client not in self._drawing]
        return bool(able) and min(able, key=lambda one: had[one.client]) is waiting

    def _end(self, client: str, begun: float) -> None:
        now = self._clock()
        with self._changed:
            self._drawing.remove(client)
            self._spent.append(_Spent(now, client, now - begun))
            self._changed.notify_all()

    def _had(self) -> Mapping[str, float]:
        """Sum up what each client had in the last minute."""
        since = self._clock() - MINUTE
        while self._spent and self._spent[0].until <= since:
            self._spent.popleft()
        had: defaultdict[str, float] = defaultdict(float)
        for spent in self._spent:
            had[spent.client] += spent.seconds
        return had
