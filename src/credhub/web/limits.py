"""How often one client may ask for what costs us, or for what it cannot know."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Final, Self
from weakref import WeakSet

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from credhub.config import Settings
from credhub.errors import BatchBusyError, BatchesBusyError, RateLimitedError
from credhub.services.lending import Lending
from credhub.store.hubs import HubNumber
from credhub.web.file_turns import FileTurns
from credhub.web.turns import Turns

# A log asks once a second at most, and twice when it does not know our size.
_COSIGNATURES: Final = RateLimitItemPerMinute(600)
# One link is opened once. More than a few tries are no person's.
_OPENINGS: Final = RateLimitItemPerMinute(10)
# What one visit may ask for: certificates are made anew each time.
_STEPS: Final = RateLimitItemPerMinute(60)
# Each is a message to somebody else, for whom we may wait.
_WEBHOOK_TESTS: Final = RateLimitItemPerMinute(30)
# RFC 4291, section 2.5.4: the rest of an address is the client's own choice.
_INTERFACE_BITS: Final = 64
# One batch may keep a thread for most of a minute.
_THREADS_PER_BATCH: Final = 8
# One is read at a time, and the others lend their threads: several hubs, with two each at most.
_FILES: Final = 6
# Whoever follows a batch costs a look at the database every second, and no thread between.
_LISTENERS: Final = 40
_LISTENERS_OF_A_HUB: Final = 10


class Place:
    """A place that somebody of a hub has: until it is left, or is no more."""

    def __init__(self, hub: HubNumber, taken: "WeakSet[Place]") -> None:
        self.hub = hub
        self._taken = taken
        taken.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._taken.discard(self)


class Limits:
    """Counters per client address, in this process."""

    def __init__(self, settings: Settings, lending: Lending) -> None:
        # Two numbers for each client, however often it asks.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._unknown = RateLimitItemPerMinute(settings.unknown_codes_per_minute)
        self._verifications = RateLimitItemPerMinute(settings.verifications_per_minute)
        self._tokens = RateLimitItemPerMinute(settings.tokens_per_minute)
        self._refused_keys = RateLimitItemPerMinute(settings.refused_keys_per_minute)
        self._in_batches = RateLimitItemPerMinute(settings.batch_verifications_per_minute)
        self._claims = RateLimitItemPerMinute(settings.claims_per_minute)
        self._at_once = max(1, settings.threads // _THREADS_PER_BATCH)
        self._batches = BoundedSemaphore(self._at_once)
        self._takers: WeakSet[Place] = WeakSet()
        self._taking = Lock()
        self._files = FileTurns(places=_FILES, while_waiting=lending.waiting)
        self._listeners: WeakSet[Place] = WeakSet()
        self._drawings = Turns(
            places=settings.workers,
            share=settings.drawing_seconds_per_minute,
            while_waiting=lending.waiting,
        )

    def count_cosigning(self, request: Request) -> None:
        """Count one checkpoint that we are asked to cosign.

        Raises:
            RateLimitedError: The client sent too many.
        """
        self._hit(_COSIGNATURES, "cosign", _client(request))

    def check_guessing(self, request: Request) -> None:
        """Refuse a client that has tried too many addresses that do not exist.

        Raises:
            RateLimitedError: It has.
        """
        client = _client(request)
        if not self._limiter.test(self._unknown, "unknown", client):
            raise self._refusal(self._unknown, "unknown", client)

    def count_unknown(self, request: Request) -> None:
        """Count one address that does not exist."""
        self._limiter.hit(self._unknown, "unknown", _client(request))

    def count_verification(self, request: Request) -> None:
        """Count one upload.

        Raises:
            RateLimitedError: The client sent too many.
        """
        self._hit(self._verifications, "verify", _client(request))

    def drawing(self, request: Request) -> AbstractContextManager[None]:
        """Give the turn in which something is drawn for a client; it begins when it is entered."""
        return self._drawings.of(_client(request))

    def count_token(self, request: Request) -> None:
        """Count one access token that is asked for, with the right secret or a wrong one.

        Raises:
            RateLimitedError: The client asked too often.
        """
        self._hit(self._tokens, "token", _client(request))

    def count_claim(self, request: Request, secret: str) -> None:
        """Count one link for a learner that is tried, with the right secret or a wrong one.

        Raises:
            RateLimitedError: The client tried too many, or the same one too often.
        """
        self._hit(self._claims, "claim", _client(request))
        self._hit(_OPENINGS, "opening", sha256(secret.encode()).hexdigest())

    def count_visit(self, link_id: str) -> None:
        """Count one request of a browser that opened a link.

        Raises:
            RateLimitedError: It made too many.
        """
        self._hit(_STEPS, "visit", link_id)

    def count_refused_key(self, request: Request) -> None:
        """Count one API key that is none.

        Raises:
            RateLimitedError: The client tried too many. One that has a key is not stopped by
                others behind the same address.
        """
        self._hit(self._refused_keys, "key", _client(request))

    def count_webhook_test(self, hub: HubNumber) -> None:
        """Count one message that a hub has sent to try out a webhook.

        Raises:
            RateLimitedError: The hub tried too often.
        """
        self._hit(_WEBHOOK_TESTS, "webhook-test", str(hub))

    def count_batch(self, hub: HubNumber, credentials: int) -> None:
        """Count what a hub wants verified at once.

        Raises:
            RateLimitedError: The hub sent too many.
        """
        self._hit(self._in_batches, "batch", str(hub), cost=credentials)

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

    def one_file(self, hub: HubNumber) -> AbstractContextManager[None]:
        """Give the turn in which a file of a hub is read; it begins when it is entered."""
        return self._files.of(hub)

    def listener(self, hub: HubNumber) -> Place:
        """Count somebody who follows a batch.

        To be called in the one thread of the event loop.

        Raises:
            BatchesBusyError: Too many do.
        """
        own = sum(listener.hub == hub for listener in self._listeners)
        if len(self._listeners) >= _LISTENERS or own >= _LISTENERS_OF_A_HUB:
            raise BatchesBusyError
        return Place(hub, self._listeners)

    def taker(self, hub: HubNumber) -> Place:
        """Count somebody for whom files of a batch are made.

        Raises:
            BatchesBusyError: Some are being made for this hub, or for too many others.
        """
        with self._taking:
            others = {other.hub for other in self._takers}
            if hub in others or len(others) >= self._at_once:
                raise BatchesBusyError
            return Place(hub, self._takers)

    def _hit(self, item: RateLimitItem, what: str, who: str, *, cost: int = 1) -> None:
        if not self._limiter.hit(item, what, who, cost=cost):
            raise self._refusal(item, what, who)

    def _refusal(self, item: RateLimitItem, what: str, who: str) -> RateLimitedError:
        again = self._limiter.get_window_stats(item, what, who).reset_time - time.time()
        return RateLimitedError(retry_after=max(1, ceil(again)))


def _client(request: Request) -> str:
    return client_of(request.client.host if request.client else "")


def client_of(host: str) -> str:
    """Name whoever asks: in IPv6 by the network, of which one client has every address."""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    return _network_of(address) if isinstance(address, IPv6Address) else host


def _network_of(address: IPv6Address) -> str:
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Address(int(address) >> _INTERFACE_BITS << _INTERFACE_BITS))
