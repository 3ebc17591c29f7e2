"""What others publish about themselves: fetched a few at a time, so that slow ones stop nobody."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import BoundedSemaphore
from typing import Final

from credhub.egress.client import MAX_BYTES, SECONDS, Egress
from credhub.errors import NotCheckedNowError, NotReachedError

MOST_AT_ONCE: Final = 16

_OK: Final = 200


class Fetcher:
    """Fetches addresses that strangers wrote. Safe between threads.

    Call it without a database connection: an answer may take seconds.
    """

    def __init__(
        self,
        egress: Egress,
        *,
        at_once: int = MOST_AT_ONCE,
        while_waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Prepare.

        Args:
            egress: What asks; the addresses are public ones only.
            at_once: How many answers may be waited for. Fewer than there are threads, so that
                those who let us wait never get them all.
            while_waiting: What a caller is in while it does nothing but wait.
        """
        self._egress = egress
        self._while_waiting = while_waiting
        self._places = BoundedSemaphore(at_once)

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        max_bytes: int = MAX_BYTES,
        seconds: float = SECONDS,
    ) -> bytes:
        """Fetch what an address holds; a redirect is not followed.

        Args:
            url: An https address.
            accept: The media types that are wanted, as HTTP says it.
            max_bytes: Most bytes of an answer.
            seconds: Most time for everything together.

        Raises:
            AddressRefusedError: We ask nobody there.
            NotReachedError: There is no answer in time, or it is not what was asked for.
            AnswerTooLargeError: The answer is larger than the limit.
            NotCheckedNowError: Too many others let us wait.
        """
        if not self._places.acquire(blocking=False):
            raise NotCheckedNowError
        try:
            with self._while_waiting():
                answer = self._egress.get(url, accept=accept, limit=max_bytes, seconds=seconds)
        finally:
            self._places.release()
        if answer.status != _OK:
            raise NotReachedError(f"The other service answered with status {answer.status}.")
        return answer.body


class Errand:
    """What one verification asks of strangers: many addresses, in the time of one."""

    def __init__(
        self, fetcher: Fetcher, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Prepare.

        Args:
            fetcher: Asks.
            monotonic: Seconds since some moment.
        """
        self._fetcher = fetcher
        self._monotonic = monotonic
        self._left = SECONDS

    def get(self, url: str, *, accept: str = "*/*", max_bytes: int = MAX_BYTES) -> bytes:
        """Fetch what an address holds, in the time that is left.

        Args:
            url: An https address.
            accept: The media types that are wanted, as HTTP says it.
            max_bytes: Most bytes of an answer.

        Raises:
            EgressError: As ``Fetcher.get``, from an address that had all the time.
            NotCheckedNowError: Too many others let us wait, or those that were asked before took
                the time. That says nothing about this address.
        """
        if self._left <= 0:
            raise NotCheckedNowError
        had_all, end = self._left == SECONDS, self._monotonic() + self._left
        try:
            return self._fetcher.get(url, accept=accept, max_bytes=max_bytes, seconds=self._left)
        except NotReachedError as error:
            if not had_all and self._monotonic() >= end:
                raise NotCheckedNowError from error
            raise
        finally:
            self._left = end - self._monotonic()
