"""Tells webhooks what happened: each in turn a part, several side by side.

An endpoint that lets us wait keeps nobody else waiting: those that failed have half of the threads
at most, and so have those of one hub.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from typing import Final

import structlog

from credhub.jobs.rounds import Rounds
from credhub.services.resources import Resources
from credhub.services.webhooks import telling
from credhub.store.webhooks import Due

SECONDS_BETWEEN_LOOKS: Final = 1.0
THREADS: Final = 8

_SHARE: Final = THREADS // 2

_log = structlog.get_logger("credhub.jobs")


class WebhookTeller:
    """One thread that looks who is to be told something, and some that tell it.

    Args:
        resources: What services work with.
        lease: For how long nobody else tells the same endpoint.
        pause: Seconds between two looks.
    """

    def __init__(
        self,
        resources: Resources,
        *,
        lease: timedelta = telling.LEASE,
        pause: float = SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self._resources = resources
        self._lease = lease
        self._told: dict[tuple[int, str], Due] = {}
        self._changing = Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._rounds = Rounds("webhook-teller", self.look, pause=lambda: pause)

    def start(self) -> None:
        """Begin; the first look is at once, for what an earlier process left."""
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
        self._rounds.start()

    def close(self) -> None:
        """End after the parts that are under way. Harmless before the start."""
        self._rounds.close()
        if self._threads is not None:
            self._threads.shutdown()

    def look(self) -> None:
        """Begin a part for everybody who is to be told something; nothing of it raises."""
        try:
            with self._resources.store.read() as tx:
                due = tx.webhooks.due(self._resources.clock())
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            _log.warning("webhooks not looked at", error=type(error).__name__)
            return
        for one in self._begun(due):
            assert self._threads is not None  # noqa: S101 - the thread that looks was started
            self._threads.submit(self._tell, one)

    def _begun(self, due: tuple[Due, ...]) -> Iterator[Due]:
        with self._changing:
            for one in due:
                if self._has_place(one):
                    self._told[one.hub, one.endpoint_id] = one
                    yield one

    def _has_place(self, one: Due) -> bool:
        told = self._told
        if (one.hub, one.endpoint_id) in told or len(told) >= THREADS:
            return False
        of_hub = sum(other.hub == one.hub for other in told.values())
        failing = sum(other.failures > 0 for other in told.values())
        return of_hub < _SHARE and (one.failures == 0 or failing < _SHARE)

    def _tell(self, one: Due) -> None:
        is_told = False
        try:
            is_told = telling.tell_part(
                self._resources, one.hub, one.endpoint_id, lease=self._lease
            )
        except Exception as error:  # noqa: BLE001 - one endpoint's trouble must not keep others waiting
            # Its lease ends, and it is tried again.
            _log.warning("webhook not told", endpoint=one.endpoint_id, error=type(error).__name__)
        finally:
            with self._changing:
                del self._told[one.hub, one.endpoint_id]
        if is_told:
            self._rounds.nudge()
