"""Results that are believed until a moment of their own, and then asked for again."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Results by key, the least recently used forgotten first; safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._results: OrderedDict[Key, tuple[Value, datetime]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, now: datetime) -> Value | None:
        """Give the result for a key; none where none is believed any more."""
        with self._lock:
            if key not in self._results:
                return None
            value, until = self._results[key]
            if now >= until:
                del self._results[key]
                return None
            self._results.move_to_end(key)
            return value

    def keep(self, key: Key, value: Value, *, until: datetime) -> None:
        """Remember a result up to a moment, which is not included."""
        with self._lock:
            self._results[key] = value, until
            self._results.move_to_end(key)
            while len(self._results) > self._size:
                self._results.popitem(last=False)
