"""Removes what rows of old batches said that gave nothing new, once an hour."""

from typing import Final

import structlog

from credhub.jobs.rounds import Rounds
from credhub.services.bulk import batch_pruning
from credhub.services.resources import Resources

SECONDS_BETWEEN_ROUNDS: Final = 3600.0

_log = structlog.get_logger("credhub.jobs")


class BatchPruner:
    """One thread that looks what is due.

    Args:
        resources: What services work with.
        period: Seconds between two looks.
    """

    def __init__(self, resources: Resources, *, period: float = SECONDS_BETWEEN_ROUNDS) -> None:
        self._resources = resources
        self._rounds = Rounds("batch-pruner", self.round, pause=lambda: period)

    def start(self) -> None:
        """Begin; the first round is at once."""
        self._rounds.start()

    def close(self) -> None:
        """End after the round that is under way. Harmless before the start."""
        self._rounds.close()

    def round(self) -> None:
        """Remove what is due; nothing of it raises."""
        try:
            removed = batch_pruning.prune_all(self._resources)
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            # What is due stays due: the next round tries again.
            _log.warning("results of batches not removed", error=type(error).__name__)
        else:
            if removed:
                _log.info("results of batches removed", rows=removed)
