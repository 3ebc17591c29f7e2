"""How often one client may ask for what costs us, or for what it cannot know."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from credhub.config import Settings
from credhub.errors import BatchBusyError, RateLimitedError
from credhub.store.hubs import HubNumber

# A log asks once a second at most, and twice when it does not know our size.
_COSIGNATURES: Final = RateLimitItemPerMinute(600)
# One batch may keep a thread for most of a minute.
_THREADS_PER_BATCH: Final = 8


class Limits:
    """Counters per client address, in this process."""

    def __init__(self, settings: Settings) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._unknown = RateLimitItemPerMinute(settings.unknown_codes_per_minute)
        self._verifications = RateLimitItemPerMinute(settings.verifications_per_minute)
        self._in_batches = RateLimitItemPerMinute(settings.batch_verifications_per_minute)
        self._batches = BoundedSemaphore(max(1, settings.threads // _THREADS_PER_BATCH))

    def count_cosigning(self, request: Request) -> None:
        """Count one checkpoint that we are asked to cosign.

        Raises:
            RateLimitedError: The client sent too many.
        """
        if not self._limiter.hit(_COSIGNATURES, "cosign", _client(request)):
            raise RateLimitedError

    def check_guessing(self, request: Request) -> None:
        """Refuse a client that has tried too many addresses that do not exist.

        Raises:
            RateLimitedError: It has.
        """
        if not self._limiter.test(self._unknown, "unknown", _client(request)):
            raise RateLimitedError

    def count_unknown(self, request: Request) -> None:
        """Count one address that does not exist."""
        self._limiter.hit(self._unknown, "unknown", _client(request))

    def count_verification(self, request: Request) -> None:
        """Count one upload.

        Raises:
            RateLimitedError: The client sent too many.
        """
        if not self._limiter.hit(self._verifications, "verify", _client(request)):
            raise RateLimitedError

    def count_batch(self, hub: HubNumber, credentials: int) -> None:
        """Count what a hub wants verified at once.

        Raises:
            RateLimitedError: The hub sent too many.
        """
        if not self._limiter.hit(self._in_batches, "batch", str(hub), cost=credentials):
            raise RateLimitedError

    @contextmanager
    def one_batch(self) -> Iterator[None]:
        """Verify a batch while there are few.

        Raises:
            BatchBusyError: There are not.
        """
        if not self._batches.acquire(blocking=False):
            raise BatchBusyError
        try:
            yield
        finally:
            self._batches.release()


def _client(request: Request) -> str:
    return request.client.host if request.client else "unknown"
