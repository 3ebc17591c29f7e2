"""Threads that wait for somebody else: meanwhile others may work in their place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Change = Callable[[int], None]


class Lending:
    """Tells whoever hands out threads how many of them only wait. Safe between threads.

    Those who let us wait are bounded where they are waited for. Here they are kept from taking
    every thread, so that what needs nobody else is answered as ever.
    """

    def __init__(self) -> None:
        self._change: Change | None = None

    @contextmanager
    def to(self, change: Change) -> Iterator[None]:
        """Tell these, while it lasts, how many threads more or fewer wait than before."""
        self._change = change
        try:
            yield
        finally:
            self._change = None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count this thread as one that waits."""
        change = self._change
        if change is None:
            yield
            return
        change(1)
        try:
            yield
        finally:
            change(-1)
