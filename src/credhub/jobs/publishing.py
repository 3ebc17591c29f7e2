"""Publishes what grew, at most once a second, to the folder or bucket that the operator chose."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Final

import structlog

from credhub.egress.objects import Objects
from credhub.errors import CredhubError, ObjectsUnavailableError
from credhub.jobs.rounds import Rounds
from credhub.services import ledgers, publishing
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store

SECONDS_BETWEEN_ROUNDS: Final = 1.0
SECONDS_AFTER_TROUBLE: Final = 60.0
ROUNDS_BETWEEN_LOOKS: Final = 10
"""Logs that did not grow are looked at now and then: cosignatures come later than entries."""

_log = structlog.get_logger("credhub.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPublication:
    """How far a log is published, as far as this process knows.

    Attributes:
        origin: The name of the log.
        size: The size of the published tree; 0 before the first time.
        at: When that was last so.
        trouble: The code of the error that keeps it from being published.
    """

    origin: str
    size: int = 0
    at: datetime | None = None
    trouble: str | None = None


class _EndedError(Exception):
    """The publisher was told to end in the middle of a log."""


class LedgerPublisher:
    """One thread that publishes every log. What it fails to do stays due; issuing never waits."""

    def __init__(
        self, store: Store, open_target: Callable[[], Objects], *, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._open_target = open_target
        self._clock = clock
        self._target: Objects | None = None
        self._looks = 0
        self._failures = 0
        self._standing: dict[str, LogPublication] = {}
        self._changing = Lock()
        self._rounds = Rounds("ledger-publisher", self.publish_due, pause=self._pause)

    def start(self) -> None:
        """Begin; the first round is at once, for what an earlier process left."""
        self._rounds.start()

    def close(self) -> None:
        """End soon; what was begun goes on next time. Harmless before the start."""
        self._rounds.close()

    def standing(self) -> tuple[LogPublication, ...]:
        """Say how far each log is published."""
        with self._changing:
            return tuple(self._standing.values())

    def publish_due(self) -> None:
        """Publish every log that grew; nothing of it raises."""
        look = self._looks % ROUNDS_BETWEEN_LOOKS == 0
        self._looks += 1
        try:
            self._round(look=look or self._failures > 0)
        except _EndedError:
            return
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            self._failures += 1
            self._target = None  # A folder may have to be made again.
            _log.warning("ledgers not published", error=type(error).__name__)
        else:
            self._failures = 0

    def _pause(self) -> float:
        pause: float = SECONDS_BETWEEN_ROUNDS * 2 ** min(self._failures, 10)
        return min(pause, SECONDS_AFTER_TROUBLE)

    def _round(self, *, look: bool) -> None:
        sizes = ledgers.sizes(self._store)
        for hub, log in ledgers.logs(self._store):
            size = sizes.get((log.hub, log.log), 0)
            known = self._standing.get(log.origin, LogPublication(origin=log.origin))
            grew = known.size < size and known.trouble is None
            if size > 0 and (grew or look) and not self._rounds.is_ending:
                self._note(self._published(hub, log, known))

    def _published(self, hub: Hub, log: LedgerLog, known: LogPublication) -> LogPublication:
        """Publish one log; its own trouble must not keep others waiting, that of the place does."""
        try:
            size = self._carry_out(hub, log)
        except ObjectsUnavailableError as error:
            self._note(replace(known, trouble=error.code))
            raise
        except CredhubError as error:
            if known.trouble != error.code:
                _log.error("ledger not published", log=log.origin, code=error.code)
            return replace(known, trouble=error.code)
        return LogPublication(origin=log.origin, size=size, at=self._clock())

    def _carry_out(self, hub: Hub, log: LedgerLog) -> int:
        target = self._target = self._target or self._open_target()
        publication = publishing.prepare(self._store, target, hub, log)
        if publication.is_due:
            publishing.carry_out(self._store, target, publication, advance=self._go_on)
        return max(publication.published.size, publication.signed.size)

    def _go_on(self, _steps: int) -> None:
        if self._rounds.is_ending:
            raise _EndedError

    def _note(self, standing: LogPublication) -> None:
        with self._changing:
            self._standing[standing.origin] = standing
