"""The last few results, so that the same work is not done twice in a row."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Results by key, the least recently used forgotten first; safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(
        self,
        key: Key,
        compute: Callable[[], Value],
        *,
        fits: Callable[[Value], bool] = lambda _: True,
    ) -> Value:
        """Return the result for a key, computed now when none that fits is remembered.

        Two threads may compute the same; what raises is not remembered.
        """
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                if fits(self._results[key]):
                    return self._results[key]
        result = compute()
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._size:
                self._results.popitem(last=False)
        return result
