"""API keys: what lets the software of a hub in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from credhub.errors import ApiKeyNotFoundError
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.tables import api_key as table

USE_GRANULARITY: Final = timedelta(minutes=1)
"""How exactly the last use of a key is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One API key. Its secret is not here: only the SHA-256 of it.

    Attributes:
        partner: The DID of the partner whose account it is, where it is one.
    """

    hub: HubNumber
    key_id: str
    label: str
    secret_hash: bytes
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    partner: str | None = None


_BY_SECRET: Final = select(table).where(
    table.c.hub_id == bindparam("hub"), table.c.secret_hash == bindparam("secret_hash")
)
_OF_HUB: Final = (
    select(table)
    .where(table.c.hub_id == bindparam("hub"))
    .order_by(table.c.created_ms, table.c.key_id)
)
_TOUCH: Final = (
    update(table)
    .where(
        table.c.hub_id == bindparam("hub"),
        table.c.key_id == bindparam("key"),
        or_(table.c.last_used_ms.is_(None), table.c.last_used_ms <= bindparam("stale")),
    )
    .values(last_used_ms=bindparam("now"))
)


class ApiKeys:
    """The table ``api_key``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, key: ApiKey) -> None:
        """Add a key."""
        values = {
            "hub_id": key.hub,
            "key_id": key.key_id,
            "label": key.label,
            "secret_hash": key.secret_hash,
            "scopes": " ".join(key.scopes),
            "created_ms": to_ms(key.created_at),
            "expires_ms": to_ms_or_none(key.expires_at),
            "last_used_ms": to_ms_or_none(key.last_used_at),
            "revoked_ms": to_ms_or_none(key.revoked_at),
            "partner": key.partner,
        }
        self._connection.execute(insert(table), values)

    def by_secret(self, hub: HubNumber, secret_hash: bytes) -> ApiKey | None:
        """Find a key by the SHA-256 of its secret, revoked and expired ones too."""
        values = {"hub": hub, "secret_hash": secret_hash}
        row = self._connection.execute(_BY_SECRET, values).mappings().one_or_none()
        return None if row is None else _key_of(row)

    def of_hub(self, hub: HubNumber) -> tuple[ApiKey, ...]:
        """List the keys of a hub, oldest first."""
        return tuple(map(_key_of, self._connection.execute(_OF_HUB, {"hub": hub}).mappings()))

    def revoke(self, hub: HubNumber, key_id: str, at: datetime) -> None:
        """End a key. Revoking it again changes nothing.

        Raises:
            ApiKeyNotFoundError: The hub has no such key.
        """
        own = (table.c.hub_id == hub) & (table.c.key_id == key_id)
        if self._connection.execute(select(table.c.key_id).where(own)).one_or_none() is None:
            raise ApiKeyNotFoundError
        self._connection.execute(
            update(table).where(own, table.c.revoked_ms.is_(None)).values(revoked_ms=to_ms(at))
        )

    def touch(self, hub: HubNumber, key_id: str, at: datetime) -> None:
        """Note that a key was used, at most once a minute."""
        values = {"hub": hub, "key": key_id, "now": to_ms(at), "stale": to_ms(at - USE_GRANULARITY)}
        self._connection.execute(_TOUCH, values)


def _key_of(row: RowMapping) -> ApiKey:
    return ApiKey(
        hub=HubNumber(row["hub_id"]),
        key_id=row["key_id"],
        label=row["label"],
        secret_hash=row["secret_hash"],
        scopes=tuple(row["scopes"].split()),
        created_at=from_ms(row["created_ms"]),
        expires_at=from_ms_or_none(row["expires_ms"]),
        last_used_at=from_ms_or_none(row["last_used_ms"]),
        revoked_at=from_ms_or_none(row["revoked_ms"]),
        partner=row["partner"],
    )
