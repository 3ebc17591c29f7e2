"""Begins the next log of every hub when a year turns, or its log is full, or a crash left none."""

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from credhub.jobs.rounds import Rounds
from credhub.services import hubs, rollover
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog

SECONDS_BETWEEN_ROUNDS: Final = 60.0

_log = structlog.get_logger("credhub.jobs")


class LogRoller:
    """One thread that looks whether a log is due.

    Args:
        resources: What services work with.
        period: Seconds between two looks.
        max_size: How many entries fill a log.
    """

    def __init__(
        self,
        resources: Resources,
        *,
        period: float = SECONDS_BETWEEN_ROUNDS,
        max_size: int = rollover.MAX_SIZE,
    ) -> None:
        self._resources = resources
        self._max_size = max_size
        self._rounds = Rounds("log-roller", self.round, pause=lambda: period)

    def start(self) -> None:
        """Begin; the first round is at once, for what an earlier process left."""
        self._rounds.start()

    def close(self) -> None:
        """End after the round that is under way. Harmless before the start."""
        self._rounds.close()

    def repair(self) -> None:
        """Begin the next log of every hub that a crash left without one."""
        self._look_at_all(partial(rollover.finish_if_ended, self._resources))

    def round(self) -> None:
        """Begin the next log of every hub whose log is due."""
        self._look_at_all(partial(rollover.roll_if_due, self._resources, max_size=self._max_size))

    def _look_at_all(self, roll: Callable[[Hub], LedgerLog | None]) -> None:
        try:
            for hub in hubs.all_hubs(self._resources):
                _look_at(hub, roll)
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            _log.warning("logs not found", error=type(error).__name__)


def _look_at(hub: Hub, roll: Callable[[Hub], LedgerLog | None]) -> None:
    try:
        log = roll(hub)
    except Exception as error:  # noqa: BLE001 - one hub's trouble must not keep others waiting
        # What is due stays due: the next round tries again.
        _log.warning("log not rolled over", hub=hub.slug, error=type(error).__name__)
    else:
        if log is not None:
            _log.info("log began", hub=hub.slug, log=log.log)
