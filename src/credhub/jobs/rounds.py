"""A thread that does the same again and again, until it is told to end."""

from collections.abc import Callable
from threading import Event, Thread


class Rounds:
    """One thread that goes round: at once, then whenever its pause is over or it is nudged.

    Args:
        name: What the thread is called.
        do_round: What is done each time; it must not raise.
        pause: Gives the seconds until the next round, unless it is nudged.
    """

    def __init__(
        self, name: str, do_round: Callable[[], None], *, pause: Callable[[], float]
    ) -> None:
        self._do_round = do_round
        self._pause = pause
        self._nudged = Event()
        self._ending = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def is_ending(self) -> bool:
        """Whether it was told to end: a long round looks at this now and then."""
        return self._ending.is_set()

    def start(self) -> None:
        """Begin; the first round is at once, for what an earlier process left."""
        self._thread.start()

    def nudge(self) -> None:
        """Say that there is something to do."""
        self._nudged.set()

    def close(self) -> None:
        """End after the round that is under way. Harmless before the start."""
        self._ending.set()
        self._nudged.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._nudged.clear()  # Before the look at the end, which is told first and nudges then.
            if self._ending.is_set():
                return
            self._do_round()
            self._nudged.wait(self._pause())
