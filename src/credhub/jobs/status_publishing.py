"""Publishes status lists: soon after a change, and again before a published one grows old."""

from threading import Event, Thread
from typing import Final

import structlog

from credhub.errors import CredhubError
from credhub.services import status_lists
from credhub.services.resources import Resources

SECONDS_BETWEEN_ROUNDS: Final = 15.0

_log = structlog.get_logger("credhub.jobs")


class StatusPublisher:
    """One thread that publishes what is due, at once when it is nudged."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._nudged = Event()
        self._ending = Event()
        self._thread = Thread(target=self._run, name="status-publisher", daemon=True)

    def start(self) -> None:
        """Begin; the first round is at once, for what an earlier process left."""
        self._nudged.set()
        self._thread.start()

    def nudge(self) -> None:
        """Say that something changed."""
        self._nudged.set()

    def close(self) -> None:
        """End after the round that is under way."""
        self._ending.set()
        self._nudged.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._nudged.wait(SECONDS_BETWEEN_ROUNDS)
            self._nudged.clear()
            if self._ending.is_set():
                return
            try:
                status_lists.publish_all(self._resources)
            except CredhubError as error:
                # What is due stays due: the next round tries again.
                _log.warning("status lists not published", code=error.code)
