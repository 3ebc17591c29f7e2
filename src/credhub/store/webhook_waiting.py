"""Deliveries that failed: each is tried again for days, then kept until somebody decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.tables import webhook_waiting as table
from credhub.store.webhooks import Endpoint, Outcome, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDelivery:
    """One event that an endpoint was not told yet.

    Attributes:
        log_number: Which of the hub's logs it is in, counted from zero.
        subject: The credential or the achievement that it is about.
        attempts: How often it was tried; of what waits behind another, never.
        next_at: When it is tried again.
        dead_at: Since when it is not tried any more.
    """

    position: Position
    log_number: int
    subject: str
    attempts: int
    next_at: datetime
    last_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_status: int | None = None
    dead_at: datetime | None = None

    @property
    def order(self) -> tuple[int, int]:
        """Its place among all deliveries."""
        return self.log_number, self.position.seq


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCounts:
    """How many deliveries wait, and how many are not tried any more."""

    waiting: int
    dead: int


_OF: Final = (
    table.c.hub_id == bindparam("of_hub"),
    table.c.endpoint_id == bindparam("of_endpoint"),
)
_AT: Final = (*_OF, table.c.log == bindparam("at_log"), table.c.seq == bindparam("at_seq"))
_LIVE: Final = table.c.dead_ms.is_(None)
_before = table.alias("before")
_IS_BEHIND: Final = exists().where(
    _before.c.hub_id == table.c.hub_id,
    _before.c.endpoint_id == table.c.endpoint_id,
    _before.c.subject == table.c.subject,
    _before.c.dead_ms.is_(None),
    or_(
        _before.c.log_number < table.c.log_number,
        and_(_before.c.log_number == table.c.log_number, _before.c.seq < table.c.seq),
    ),
)
_DUE: Final = (
    select(table)
    .where(*_OF, _LIVE, table.c.next_ms <= bindparam("now"), ~_IS_BEHIND)
    .order_by(table.c.log_number, table.c.seq)
    .limit(bindparam("most"))
)
_SUBJECTS: Final = (
    select(table.c.subject)
    .where(*_OF, _LIVE, table.c.subject.in_(bindparam("subjects", expanding=True)))
    .distinct()
)
_PAGE: Final = (
    select(table)
    .where(*_OF, tuple_(table.c.log_number, table.c.seq) > tuple_(bindparam("n"), bindparam("s")))
    .order_by(table.c.log_number, table.c.seq)
    .limit(bindparam("most"))
)
_COUNT: Final = select(func.count(), func.count(table.c.dead_ms)).where(*_OF)
_CHANGED: Final = (
    update(table)
    .where(*_AT)
    .values(
        attempts=bindparam("attempts"),
        next_ms=bindparam("next_ms"),
        last_ms=bindparam("last_ms"),
        last_outcome=bindparam("last_outcome"),
        last_status=bindparam("last_status"),
        dead_ms=bindparam("dead_ms"),
    )
)


class WebhookWaiting:
    """The table ``webhook_waiting``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, endpoint: Endpoint, *, now: datetime, most: int) -> tuple[WaitingDelivery, ...]:
        """List what is to be tried now, oldest first: of each subject the first that waits."""
        return self._rows(_DUE, endpoint.hub, endpoint.endpoint_id, now=to_ms(now), most=most)

    def subjects(self, endpoint: Endpoint, among: Collection[str]) -> frozenset[str]:
        """Find the subjects of which something waits."""
        values = {**_named(endpoint.hub, endpoint.endpoint_id), "subjects": list(among)}
        return frozenset(self._connection.execute(_SUBJECTS, values).scalars())

    def page(
        self,
        hub: HubNumber,
        endpoint_id: str,
        *,
        dead: bool,
        after: tuple[int, int],
        most: int,
    ) -> tuple[WaitingDelivery, ...]:
        """List what waits, or what is not tried any more, oldest first."""
        statement = _PAGE.where(table.c.dead_ms.is_not(None) if dead else _LIVE)
        number, seq = after
        return self._rows(statement, hub, endpoint_id, n=number, s=seq, most=most)

    def counts(self, hub: HubNumber, endpoint_id: str) -> WaitingCounts:
        """Count both."""
        number, dead = self._connection.execute(_COUNT, _named(hub, endpoint_id)).one()
        return WaitingCounts(waiting=number - dead, dead=dead)

    def put(self, endpoint: Endpoint, delivery: WaitingDelivery) -> None:
        """Write a delivery, whether it waits already or not."""
        values = {
            "attempts": delivery.attempts,
            "next_ms": to_ms(delivery.next_at),
            "last_ms": to_ms_or_none(delivery.last_at),
            "last_outcome": delivery.last_outcome,
            "last_status": delivery.last_status,
            "dead_ms": to_ms_or_none(delivery.dead_at),
        }
        place = _placed(endpoint, delivery.position)
        if self._connection.execute(_CHANGED, place | values).rowcount == 0:
            row = {
                "hub_id": endpoint.hub,
                "endpoint_id": endpoint.endpoint_id,
                "log": delivery.position.log,
                "seq": delivery.position.seq,
                "log_number": delivery.log_number,
                "subject": delivery.subject,
            }
            self._connection.execute(insert(table), row | values)

    def remove(self, endpoint: Endpoint, position: Position) -> None:
        """Remove what was delivered."""
        self._connection.execute(delete(table).where(*_AT), _placed(endpoint, position))

    def revive(self, hub: HubNumber, endpoint_id: str, *, now: datetime) -> int:
        """Have everything tried anew that is not tried any more; give how many these are."""
        statement = (
            update(table)
            .where(*_OF, table.c.dead_ms.is_not(None))
            .values(dead_ms=None, attempts=0, next_ms=to_ms(now))
        )
        return self._connection.execute(statement, _named(hub, endpoint_id)).rowcount

    def hurry(self, hub: HubNumber, endpoint_id: str, *, now: datetime) -> None:
        """Have what waits tried at once."""
        statement = (
            update(table)
            .where(*_OF, _LIVE, table.c.next_ms > to_ms(now))
            .values(next_ms=to_ms(now))
        )
        self._connection.execute(statement, _named(hub, endpoint_id))

    def _rows(
        self,
        statement: Select[*tuple[Any, ...]],
        hub: HubNumber,
        endpoint_id: str,
        **values: object,
    ) -> tuple[WaitingDelivery, ...]:
        found = self._connection.execute(statement, _named(hub, endpoint_id) | values)
        return tuple(map(_delivery_of, found.mappings()))


def _named(hub: HubNumber, endpoint_id: str) -> dict[str, object]:
    return {"of_hub": hub, "of_endpoint": endpoint_id}


def _placed(endpoint: Endpoint, position: Position) -> dict[str, object]:
    named = _named(endpoint.hub, endpoint.endpoint_id)
    return named | {"at_log": position.log, "at_seq": position.seq}


def _delivery_of(row: RowMapping) -> WaitingDelivery:
    outcome = row["last_outcome"]
    return WaitingDelivery(
        position=Position(log=row["log"], seq=row["seq"]),
        log_number=row["log_number"],
        subject=row["subject"],
        attempts=row["attempts"],
        next_at=from_ms(row["next_ms"]),
        last_at=from_ms_or_none(row["last_ms"]),
        last_outcome=None if outcome is None else Outcome(outcome),
        last_status=row["last_status"],
        dead_at=from_ms_or_none(row["dead_ms"]),
    )
