"""Who is told of what happens: the table ``webhook_endpoint``.

An endpoint is taken for a while by whoever tells it. Whoever is not done by then has lost it to
others, who tell the same again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
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
    update,
)

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.tables import ledger_checkpoint, ledger_log, webhook_waiting
from credhub.store.tables import webhook_endpoint as table

LONGEST_LEASE: Final = timedelta(minutes=5)
"""Nobody takes an endpoint for longer, so whoever seems to has a clock that is ahead."""


AT_ONCE: Final = from_ms(0)


class Outcome(StrEnum):
    """What became of something that was sent."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHED = "unreached"
    BLOCKED = "blocked"
    GONE = "gone"


class Disabled(StrEnum):
    """Why an endpoint is told nothing."""

    ASKED = "asked"
    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Position:
    """A place in the ledger of a hub."""

    log: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is told again: from one entry up to another, without that."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How it goes with an endpoint.

    Attributes:
        failures: How often in a row it failed.
        failing_since: Since when.
        next_at: Before that it is sent nothing.
        last_at: When something was sent at last.
        last_outcome: What became of that.
        last_status: The HTTP status of the answer.
        delivered_at: When something was delivered at last.
    """

    failures: int = 0
    failing_since: datetime | None = None
    next_at: datetime = AT_ONCE
    last_at: datetime | None = None
    last_outcome: Outcome | None = None
    last_status: int | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint of a hub.

    Attributes:
        types: The types of events that it is told.
        cursor: The first entry that it was not told.
        replay: What is told again.
        leased_until_ms: Until when whoever took it has it.
        disabled_at: Since when it is told nothing.
    """

    hub: HubNumber
    endpoint_id: str
    sealed_url: bytes = field(repr=False)
    sealed_secrets: bytes = field(repr=False)
    types: tuple[str, ...]
    created_at: datetime
    cursor: Position
    replay: Replay | None = None
    leased_until_ms: int = 0
    health: Health = field(default_factory=Health)
    disabled_at: datetime | None = None
    disabled_because: Disabled | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An endpoint for which there is something to do."""

    hub: HubNumber
    endpoint_id: str
    failures: int


_OWN: Final = (
    table.c.hub_id == bindparam("of_hub"),
    table.c.endpoint_id == bindparam("of_endpoint"),
)
_OF_HUB: Final = (
    select(table)
    .where(table.c.hub_id == bindparam("hub"))
    .order_by(table.c.created_ms, table.c.endpoint_id)
)
_FREE: Final = or_(
    table.c.leased_until_ms <= bindparam("now"), table.c.leased_until_ms > bindparam("too_late")
)
_HAS_ENTRIES: Final = exists().where(
    ledger_checkpoint.c.hub_id == table.c.hub_id,
    ledger_checkpoint.c.log == table.c.log,
    ledger_checkpoint.c.size > table.c.seq,
)
_log_now = ledger_log.alias("log_now")
_log_after = ledger_log.alias("log_after")
_HAS_ANOTHER_LOG: Final = exists().where(
    _log_now.c.hub_id == table.c.hub_id,
    _log_now.c.log == table.c.log,
    _log_after.c.hub_id == table.c.hub_id,
    or_(
        _log_after.c.created_ms > _log_now.c.created_ms,
        and_(_log_after.c.created_ms == _log_now.c.created_ms, _log_after.c.log > _log_now.c.log),
    ),
)
_HAS_WAITING: Final = exists().where(
    webhook_waiting.c.hub_id == table.c.hub_id,
    webhook_waiting.c.endpoint_id == table.c.endpoint_id,
    webhook_waiting.c.dead_ms.is_(None),
    webhook_waiting.c.next_ms <= bindparam("now"),
)
_DUE: Final = (
    select(table.c.hub_id, table.c.endpoint_id, table.c.failures)
    .where(
        table.c.disabled_ms.is_(None),
        table.c.next_ms <= bindparam("now"),
        _FREE,
        or_(_HAS_ENTRIES, _HAS_ANOTHER_LOG, table.c.replay_log.is_not(None), _HAS_WAITING),
    )
    .order_by(table.c.failures, table.c.next_ms, table.c.hub_id, table.c.endpoint_id)
)
_FREE_ONE: Final = (
    select(table)
    .where(*_OWN, table.c.disabled_ms.is_(None), table.c.next_ms <= bindparam("now"), _FREE)
    .with_for_update()
)
_TAKEN: Final = (
    select(table)
    .where(*_OWN, table.c.leased_until_ms == bindparam("taken_until"))
    .with_for_update()
)


class Webhooks:
    """The table ``webhook_endpoint``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, endpoint: Endpoint) -> None:
        """Add an endpoint."""
        self._connection.execute(insert(table), _row_of(endpoint))

    def of_hub(self, hub: HubNumber) -> tuple[Endpoint, ...]:
        """List the endpoints of a hub, oldest first."""
        return tuple(map(_endpoint_of, self._connection.execute(_OF_HUB, {"hub": hub}).mappings()))

    def count(self, hub: HubNumber) -> int:
        """Count the endpoints of a hub."""
        own = select(func.count()).select_from(table).where(table.c.hub_id == hub)
        return int(self._connection.execute(own).scalar_one())

    def find(self, hub: HubNumber, endpoint_id: str) -> Endpoint | None:
        """Find one endpoint."""
        return self._one(select(table).where(*_OWN), hub, endpoint_id)

    def lock(self, hub: HubNumber, endpoint_id: str) -> Endpoint | None:
        """Find one endpoint, and keep it as it is until the transaction ends."""
        return self._one(select(table).where(*_OWN).with_for_update(), hub, endpoint_id)

    def due(self, now: datetime) -> tuple[Due, ...]:
        """List the endpoints for which there is something to do, those that fail last."""
        found = self._connection.execute(_DUE, _moment(now))
        return tuple(
            Due(hub=HubNumber(hub), endpoint_id=endpoint, failures=failures)
            for hub, endpoint, failures in found
        )

    def take(
        self, hub: HubNumber, endpoint_id: str, *, now: datetime, until: datetime
    ) -> Endpoint | None:
        """Take an endpoint that nobody has, and that may be told something now."""
        found = self._one(_FREE_ONE, hub, endpoint_id, **_moment(now))
        if found is None:
            return None
        self.change(found, leased_until_ms=to_ms(until))
        return self.find(hub, endpoint_id)

    def taken(self, endpoint: Endpoint) -> Endpoint | None:
        """Keep an endpoint as it is by now until the transaction ends; none when others have it."""
        return self._one(
            _TAKEN, endpoint.hub, endpoint.endpoint_id, taken_until=endpoint.leased_until_ms
        )

    def change(self, endpoint: Endpoint, **columns: object) -> None:
        """Write columns of an endpoint."""
        self._connection.execute(
            update(table).where(*_OWN).values(**columns),
            {"of_hub": endpoint.hub, "of_endpoint": endpoint.endpoint_id},
        )

    def remove(self, hub: HubNumber, endpoint_id: str) -> None:
        """Remove an endpoint with all that waits for it."""
        own = {"of_hub": hub, "of_endpoint": endpoint_id}
        waiting = (
            webhook_waiting.c.hub_id == bindparam("of_hub"),
            webhook_waiting.c.endpoint_id == bindparam("of_endpoint"),
        )
        self._connection.execute(delete(webhook_waiting).where(*waiting), own)
        self._connection.execute(delete(table).where(*_OWN), own)

    def _one(
        self,
        statement: Select[*tuple[Any, ...]],
        hub: HubNumber,
        endpoint_id: str,
        **values: object,
    ) -> Endpoint | None:
        named = {"of_hub": hub, "of_endpoint": endpoint_id, **values}
        row = self._connection.execute(statement, named).mappings().one_or_none()
        return None if row is None else _endpoint_of(row)


def replay_columns(replay: Replay | None) -> dict[str, object]:
    """Write what is told again."""
    return {
        "replay_log": None if replay is None else replay.start.log,
        "replay_seq": None if replay is None else replay.start.seq,
        "replay_end_log": None if replay is None else replay.end.log,
        "replay_end_seq": None if replay is None else replay.end.seq,
    }


def health_columns(health: Health) -> dict[str, object]:
    """Write how it goes with an endpoint."""
    return {
        "failures": health.failures,
        "failing_since_ms": to_ms_or_none(health.failing_since),
        "next_ms": to_ms(health.next_at),
        "last_ms": to_ms_or_none(health.last_at),
        "last_outcome": health.last_outcome,
        "last_status": health.last_status,
        "delivered_ms": to_ms_or_none(health.delivered_at),
    }


def types_column(types: Collection[str]) -> str:
    """Write the types of events."""
    return " ".join(types)


def _moment(now: datetime) -> dict[str, object]:
    return {"now": to_ms(now), "too_late": to_ms(now + LONGEST_LEASE)}


def _row_of(endpoint: Endpoint) -> dict[str, object]:
    return {
        "hub_id": endpoint.hub,
        "endpoint_id": endpoint.endpoint_id,
        "sealed_url": endpoint.sealed_url,
        "sealed_secrets": endpoint.sealed_secrets,
        "types": types_column(endpoint.types),
        "created_ms": to_ms(endpoint.created_at),
        "log": endpoint.cursor.log,
        "seq": endpoint.cursor.seq,
        "leased_until_ms": endpoint.leased_until_ms,
        "disabled_ms": to_ms_or_none(endpoint.disabled_at),
        "disabled_because": endpoint.disabled_because,
        **replay_columns(endpoint.replay),
        **health_columns(endpoint.health),
    }


def _endpoint_of(row: RowMapping) -> Endpoint:
    because = row["disabled_because"]
    return Endpoint(
        hub=HubNumber(row["hub_id"]),
        endpoint_id=row["endpoint_id"],
        sealed_url=row["sealed_url"],
        sealed_secrets=row["sealed_secrets"],
        types=tuple(row["types"].split()),
        created_at=from_ms(row["created_ms"]),
        cursor=Position(log=row["log"], seq=row["seq"]),
        replay=_replay_of(row),
        leased_until_ms=row["leased_until_ms"],
        health=_health_of(row),
        disabled_at=from_ms_or_none(row["disabled_ms"]),
        disabled_because=None if because is None else Disabled(because),
    )


def _replay_of(row: RowMapping) -> Replay | None:
    if row["replay_log"] is None:
        return None
    return Replay(
        start=Position(log=row["replay_log"], seq=row["replay_seq"]),
        end=Position(log=row["replay_end_log"], seq=row["replay_end_seq"]),
    )


def _health_of(row: RowMapping) -> Health:
    outcome = row["last_outcome"]
    return Health(
        failures=row["failures"],
        failing_since=from_ms_or_none(row["failing_since_ms"]),
        next_at=from_ms(row["next_ms"]),
        last_at=from_ms_or_none(row["last_ms"]),
        last_outcome=None if outcome is None else Outcome(outcome),
        last_status=row["last_status"],
        delivered_at=from_ms_or_none(row["delivered_ms"]),
    )
