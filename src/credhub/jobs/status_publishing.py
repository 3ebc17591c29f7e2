"""Publishes status lists: soon after a change, and again before a published one grows old."""

from typing import Final

import structlog

from credhub.jobs.rounds import Rounds
from credhub.services import status_lists
from credhub.services.resources import Resources
from credhub.store.hubs import Hub

SECONDS_BETWEEN_ROUNDS: Final = 15.0

_log = structlog.get_logger("credhub.jobs")


class StatusPublisher:
    """One thread that publishes what is due, at once when it is nudged."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._rounds = Rounds("status-publisher", self._round, pause=lambda: SECONDS_BETWEEN_ROUNDS)

    def start(self) -> None:
        """Begin; the first round is at once, for what an earlier process left."""
        self._rounds.start()

    def nudge(self) -> None:
        """Say that something changed."""
        self._rounds.nudge()

    def close(self) -> None:
        """End after the round that is under way. Harmless before the start."""
        self._rounds.close()

    def _round(self) -> None:
        try:
            for hub, number in status_lists.all_lists(self._resources):
                self._publish(hub, number)
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            _log.warning("status lists not found", error=type(error).__name__)

    def _publish(self, hub: Hub, number: int) -> None:
        try:
            status_lists.publish(self._resources, hub, number)
        except Exception as error:  # noqa: BLE001 - one hub's trouble must not keep others waiting
            # What is due stays due: the next round tries again.
            _log.warning(
                "status list not published",
                hub=hub.slug,
                list=number,
                error=type(error).__name__,
            )
