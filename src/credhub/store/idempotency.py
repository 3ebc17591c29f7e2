"""Idempotency keys: the same request with the same key makes one thing, for ever."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import idempotency as table
from credhub.store.unit import Insert


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotentRequest:
    """A request that made something.

    Attributes:
        hub: Who asked.
        route: For what, such as ``POST /v1/credentials``.
        key: The caller's key.
        body_hmac: The HMAC of the body under the hub's key.
        thing: The id of what was made.
        created_at: When.
    """

    hub: HubNumber
    route: str
    key: str
    body_hmac: bytes
    thing: str
    created_at: datetime


_FIND: Final = select(table).where(
    table.c.hub_id == bindparam("hub"),
    table.c.route == bindparam("route"),
    table.c.key == bindparam("key"),
)


_FIND_ALL: Final = select(table).where(
    table.c.hub_id == bindparam("hub"),
    table.c.route == bindparam("route"),
    table.c.key.in_(bindparam("keys", expanding=True)),
)


class Idempotency:
    """The table ``idempotency``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, hub: HubNumber, route: str, key: str) -> IdempotentRequest | None:
        """Find what a key made."""
        values = {"hub": hub, "route": route, "key": key}
        row = self._connection.execute(_FIND, values).mappings().one_or_none()
        return None if row is None else _request_of(row)

    def find_all(
        self, hub: HubNumber, route: str, keys: Collection[str]
    ) -> Mapping[str, IdempotentRequest]:
        """Find what each of several keys made."""
        values = {"hub": hub, "route": route, "keys": list(keys)}
        rows = self._connection.execute(_FIND_ALL, values).mappings()
        return {row["key"]: _request_of(row) for row in rows}

    def insert(self, request: IdempotentRequest) -> None:
        """Record what a key made, where that is not in the ledger.

        Raises:
            ConflictError: The key made something before.
        """
        try:
            self._connection.execute(insert(table), dict(insert_of(request).values))
        except IntegrityError as error:
            raise ConflictError(table.name) from error


def insert_of(request: IdempotentRequest) -> Insert:
    """Record what a key made, in the unit that makes it; of two at once, one is refused."""
    values = {
        "hub_id": request.hub,
        "route": request.route,
        "key": request.key,
        "body_hmac": request.body_hmac,
        "thing": request.thing,
        "created_ms": to_ms(request.created_at),
    }
    return Insert(table=table, values=values)


def _request_of(row: RowMapping) -> IdempotentRequest:
    return IdempotentRequest(
        hub=HubNumber(row["hub_id"]),
        route=row["route"],
        key=row["key"],
        body_hmac=row["body_hmac"],
        thing=row["thing"],
        created_at=from_ms(row["created_ms"]),
    )
