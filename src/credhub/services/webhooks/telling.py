"""Tell one webhook a part of what it was not told yet, or is to be told again.

(1) the endpoint is taken, so that nobody else tells it meanwhile;
(2) what failed before is tried again when its time has come: of each credential the oldest;
(3) the entries after the cursor are read, and made into events, which are sent one by one. What
    fails waits, and so does what is about a credential of which something waits;
(4) rows that wait, the cursor and how it went are written together, if nobody else has it by now.

An endpoint that failed several times in a row is probed: its oldest waiting event is tried, and
one event after the cursor, which stays where it is. So a receiver that is down heaps up no rows,
and one event that it refuses for ever does not keep it from hearing others.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from credhub.services.resources import Resources
from credhub.services.webhooks import schedule
from credhub.services.webhooks.endpoints import disabling
from credhub.services.webhooks.events import Event
from credhub.services.webhooks.reading import Stream, event_at, read_on
from credhub.services.webhooks.sending import Sent, send
from credhub.services.webhooks.webhook import Webhook, opened_in
from credhub.store.hubs import Hub, HubNumber
from credhub.store.store import Transaction
from credhub.store.webhook_waiting import WaitingDelivery
from credhub.store.webhooks import (
    AT_ONCE,
    Disabled,
    Endpoint,
    Health,
    Outcome,
    Position,
    Replay,
    health_columns,
    replay_columns,
)

LEASE: Final = timedelta(seconds=30)
"""Several times what a part takes. Of a worker that was killed, others continue after it."""

SECONDS: Final = 1.0
"""After so long no further event of a part is begun."""

EVENTS: Final = 100
"""Most events of a part."""


def tell_part(
    resources: Resources,
    hub: HubNumber,
    endpoint_id: str,
    *,
    lease: timedelta = LEASE,
    seconds: float = SECONDS,
) -> bool:
    """Tell an endpoint a part; false when somebody else does, or it may not be told anything now.

    Raises:
        StoreError: The database cannot be used.
    """
    now = resources.clock()
    with resources.store.begin() as tx:
        endpoint = tx.webhooks.take(hub, endpoint_id, now=now, until=now + lease)  # (1)
        if endpoint is None:
            return False
        webhook = opened_in(resources, tx, endpoint)
    part = _Part(resources, webhook, seconds=seconds)
    part.tell()
    with resources.store.begin() as tx:
        part.write(tx)  # (4)
    return True


@dataclass(slots=True)
class _Written:
    """What a part will write about single events."""

    removed: set[Position] = field(default_factory=set)
    waiting: dict[Position, WaitingDelivery] = field(default_factory=dict)

    def deliver(self, position: Position) -> None:
        self.waiting.pop(position, None)
        self.removed.add(position)

    def wait(self, delivery: WaitingDelivery) -> None:
        self.waiting[delivery.position] = delivery

    @property
    def subjects(self) -> frozenset[str]:
        return frozenset(one.subject for one in self.waiting.values())


class _Part:
    """One part, in the thread that tells it."""

    def __init__(
        self,
        resources: Resources,
        webhook: Webhook,
        *,
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        endpoint = webhook.endpoint
        self._resources = resources
        self._webhook = webhook
        self._hub: Hub = resources.keyring.of(endpoint.hub).hub
        self._health: Health = endpoint.health
        self._main = Stream(cursor=endpoint.cursor)
        self._replay = _stream_of(endpoint.replay)
        self._written = _Written()
        self._monotonic = monotonic
        self._end = monotonic() + seconds
        self._left = EVENTS
        self._is_gone = False

    @property
    def _endpoint(self) -> Endpoint:
        return self._webhook.endpoint

    @property
    def _is_open(self) -> bool:
        """Whether it failed so often that it is only probed."""
        return self._health.failures >= schedule.BREAKER

    @property
    def _is_over(self) -> bool:
        is_late = self._left <= 0 or self._monotonic() >= self._end
        return is_late or self._is_gone or self._is_open

    def tell(self) -> None:
        """Send what is to be sent now."""
        if self._is_open:
            self._probe()
        else:
            self._try_again(most=EVENTS)
        while not self._is_over and not self._main.at_end:
            self._main = self._tell_some(self._main)
        while not self._is_over and self._replay is not None and not self._replay.at_end:
            self._replay = self._tell_some(self._replay)

    def _probe(self) -> None:
        self._try_again(most=1)
        self._main = self._probe_with(self._main)
        if self._replay is not None:
            self._replay = self._probe_with(self._replay)

    def _probe_with(self, stream: Stream) -> Stream:
        """Try one event that waits for no other, until one is delivered."""
        if not self._is_open or self._is_gone:
            return stream
        events, following, blocked = self._read(stream)
        free = (event for event in events if event.subject not in blocked)
        event = next(free, None)
        if event is not None and self._send(event).outcome is Outcome.DELIVERED:
            self._written.deliver(event.position)
        return stream if events else following

    def _try_again(self, *, most: int) -> None:  # (2)
        now = self._resources.clock()
        with self._resources.store.read() as tx:
            due = tx.webhook_waiting.due(self._endpoint, now=now, most=most)
            found = [(one, event_at(tx, self._hub, one.position)) for one in due]
        for delivery, event in found:
            if event is None:
                self._written.deliver(delivery.position)  # Nobody can be told of it any more.
                continue
            if most > 1 and self._is_over:
                return
            sent = self._send(event)
            if sent.outcome is Outcome.DELIVERED:
                self._written.deliver(event.position)
            elif sent.outcome is not Outcome.GONE:
                self._written.wait(self._after(delivery, sent))

    def _tell_some(self, stream: Stream) -> Stream:  # (3)
        events, following, blocked = self._read(stream)
        for event in events:
            if self._is_over:
                return replace(stream, cursor=event.position)
            if event.position in self._written.removed:
                continue  # It was the probe.
            if event.subject in blocked | self._written.subjects:
                self._written.wait(_waiting(event))
                continue
            sent = self._send(event)
            if sent.outcome is Outcome.DELIVERED:
                self._written.deliver(event.position)
            elif sent.outcome is Outcome.GONE:
                return replace(stream, cursor=event.position)
            else:
                self._written.wait(self._after(_waiting(event), sent))
        return following

    def _read(self, stream: Stream) -> tuple[tuple[Event, ...], Stream, frozenset[str]]:
        """Read what follows that the endpoint wants to be told, and of what something waits."""
        with self._resources.store.read() as tx:
            found, following = read_on(tx, self._hub, stream)
            events = tuple(event for event in found if event.type in self._endpoint.types)
            subjects = {event.subject for event in events}
            return events, following, tx.webhook_waiting.subjects(self._endpoint, subjects)

    def _send(self, event: Event) -> Sent:
        self._left -= 1
        sent = send(self._resources, self._webhook, event.event_id, event.body)
        is_good = sent.outcome is Outcome.DELIVERED
        self._is_gone = sent.outcome is Outcome.GONE
        before = self._health
        self._health = replace(
            before,
            failures=0 if is_good else before.failures + 1,
            failing_since=None if is_good else before.failing_since or sent.at,
            last_at=sent.at,
            last_outcome=sent.outcome,
            last_status=sent.status,
            delivered_at=sent.at if is_good else before.delivered_at,
        )
        return sent

    def _after(self, delivery: WaitingDelivery, sent: Sent) -> WaitingDelivery:
        attempts = delivery.attempts + 1
        again = schedule.next_try(attempts, sent.at, self._resources.random)
        return replace(
            delivery,
            attempts=attempts,
            next_at=again or sent.at,
            last_at=sent.at,
            last_outcome=sent.outcome,
            last_status=sent.status,
            dead_at=None if again else sent.at,
        )

    def write(self, tx: Transaction) -> None:
        """Write how far it was told; nothing when somebody else has it by now."""
        current = tx.webhooks.taken(self._endpoint)
        if current is None:
            return
        for position in sorted(self._written.removed):
            tx.webhook_waiting.remove(current, position)
        for delivery in sorted(self._written.waiting.values(), key=lambda one: one.order):
            tx.webhook_waiting.put(current, delivery)
        now = self._resources.clock()
        columns: dict[str, object] = {
            "leased_until_ms": 0,
            "log": self._main.cursor.log,
            "seq": self._main.cursor.seq,
        }
        if self._replay is not None and current.replay == self._endpoint.replay:
            columns |= replay_columns(_replay_of(self._replay))
        columns |= health_columns(self._settled(tx, current, now))
        if current.disabled_at is None:
            columns |= self._disabling(now)
        tx.webhooks.change(current, **columns)

    def _settled(self, tx: Transaction, current: Endpoint, now: datetime) -> Health:
        """Say when it goes on. Whoever nothing waits for is well until it fails again."""
        is_idle = self._main.at_end and current.replay is None
        if is_idle and not tx.webhook_waiting.counts(current.hub, current.endpoint_id).waiting:
            return replace(self._health, failures=0, failing_since=None, next_at=AT_ONCE)
        failures = self._health.failures
        probed = schedule.next_probe(failures, now, self._resources.random)
        return replace(self._health, next_at=probed if self._is_open else AT_ONCE)

    def _disabling(self, now: datetime) -> dict[str, object]:
        since = self._health.failing_since
        if self._is_gone:
            return disabling(Disabled.GONE, now)
        if self._is_open and since is not None and now - since >= schedule.GIVEN_UP:
            return disabling(Disabled.FAILING, now)
        return {}


def _waiting(event: Event) -> WaitingDelivery:
    return WaitingDelivery(
        position=event.position,
        log_number=event.log_number,
        subject=event.subject,
        attempts=0,
        next_at=AT_ONCE,
    )


def _stream_of(replay: Replay | None) -> Stream | None:
    return None if replay is None else Stream(cursor=replay.start, end=replay.end)


def _replay_of(stream: Stream) -> Replay | None:
    if stream.at_end or stream.end is None:
        return None
    return Replay(start=stream.cursor, end=stream.end)
