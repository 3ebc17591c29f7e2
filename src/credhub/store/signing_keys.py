"""The signing keys of hubs, past and present."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypedDict

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    insert,
    select,
    update,
)

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.tables import signing_key as table
from credhub.store.unit import Change, Insert


class KeyPurpose(StrEnum):
    """What a key signs. A key has one purpose for life."""

    ISSUING = "issuing"
    LEDGER = "ledger"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """One key of a hub, as everybody may know it.

    Attributes:
        hub: Whose key it is.
        key_id: Its name in the DID document, such as ``key-1``.
        purpose: What it signs.
        algorithm: Such as ``Ed25519``.
        public_key: Raw bytes.
        valid_from: When it may sign first.
        retired_at: When it stopped signing.
        compromised_at: From when on nothing that it signed is believed.
    """

    hub: HubNumber
    key_id: str
    purpose: KeyPurpose
    algorithm: str
    public_key: bytes
    valid_from: datetime
    retired_at: datetime | None = None
    compromised_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it signs no more."""
        return self.retired_at is not None or self.compromised_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey(VerificationMethod):
    """One key of a hub with what signs.

    Attributes:
        sealed_private: The private key, sealed; none when it lives elsewhere.
    """

    sealed_private: bytes | None = field(repr=False)


def _of_hub(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .where(table.c.hub_id == bindparam("hub"))
        .order_by(table.c.valid_from_ms, table.c.key_id)
    )


_KEYS: Final = _of_hub(*table.c)
_METHODS: Final = _of_hub(*(column for column in table.c if column.name != "sealed_private"))
"""Without the sealed column: an auditor, who may not read it, finds keys as well."""


class SigningKeys:
    """The table ``signing_key``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, key: SigningKey) -> None:
        """Add a key of a hub that has no log yet; later keys come with their ledger entry."""
        self._connection.execute(insert(table), dict(insert_of(key).values))

    def of_hub(self, hub: HubNumber) -> tuple[SigningKey, ...]:
        """List the keys of a hub, oldest first."""
        rows = self._connection.execute(_KEYS, {"hub": hub}).mappings()
        return tuple(
            SigningKey(**_members_of(row), sealed_private=row["sealed_private"]) for row in rows
        )

    def methods_of(self, hub: HubNumber) -> tuple[VerificationMethod, ...]:
        """List the keys of a hub, oldest first, without what signs."""
        rows = self._connection.execute(_METHODS, {"hub": hub}).mappings()
        return tuple(VerificationMethod(**_members_of(row)) for row in rows)


def insert_of(key: SigningKey) -> Insert:
    """Record a key."""
    values = {
        "hub_id": key.hub,
        "key_id": key.key_id,
        "purpose": key.purpose.value,
        "algorithm": key.algorithm,
        "public_key": key.public_key,
        "sealed_private": key.sealed_private,
        "valid_from_ms": to_ms(key.valid_from),
        "retired_ms": to_ms_or_none(key.retired_at),
        "compromised_ms": to_ms_or_none(key.compromised_at),
    }
    return Insert(table=table, values=values)


def retirement_of(hub: HubNumber, key_id: str, at: datetime) -> Change:
    """Retire a key that is in use."""
    return _dated(hub, key_id, "retired_ms", at)


def compromise_of(hub: HubNumber, key_id: str, at: datetime) -> Change:
    """Record from when on a key is not believed."""
    return _dated(hub, key_id, "compromised_ms", at)


def _dated(hub: HubNumber, key_id: str, column: str, at: datetime) -> Change:
    statement = (
        update(table)
        .where(table.c.hub_id == hub, table.c.key_id == key_id, table.c[column].is_(None))
        .values({column: to_ms(at)})
    )
    return Change(hub=hub, table=table, statement=statement)


class _Members(TypedDict):
    hub: HubNumber
    key_id: str
    purpose: KeyPurpose
    algorithm: str
    public_key: bytes
    valid_from: datetime
    retired_at: datetime | None
    compromised_at: datetime | None


def _members_of(row: RowMapping) -> _Members:
    return _Members(
        hub=HubNumber(row["hub_id"]),
        key_id=row["key_id"],
        purpose=KeyPurpose(row["purpose"]),
        algorithm=row["algorithm"],
        public_key=row["public_key"],
        valid_from=from_ms(row["valid_from_ms"]),
        retired_at=from_ms_or_none(row["retired_ms"]),
        compromised_at=from_ms_or_none(row["compromised_ms"]),
    )
