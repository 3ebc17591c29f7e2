"""The key with which this service cosigns the checkpoints of others. It belongs to no hub."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import witness_key as table

_BY_NAME: Final = select(table).where(table.c.name == bindparam("name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWitnessKey:
    """A witness key; the private half is sealed with the master key and the salt."""

    name: str
    public_key: bytes
    kdf_salt: bytes = field(repr=False)
    sealed_private: bytes = field(repr=False)
    created_at: datetime


class WitnessKeys:
    """The table ``witness_key``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, key: StoredWitnessKey) -> None:
        """Record a key.

        Raises:
            ConflictError: There is one of this name.
        """
        values = {
            "name": key.name,
            "public_key": key.public_key,
            "kdf_salt": key.kdf_salt,
            "sealed_private": key.sealed_private,
            "created_ms": to_ms(key.created_at),
        }
        try:
            self._connection.execute(insert(table), values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error

    def by_name(self, name: str) -> StoredWitnessKey | None:
        """Find a key."""
        row = self._connection.execute(_BY_NAME, {"name": name}).mappings().one_or_none()
        if row is None:
            return None
        return StoredWitnessKey(
            name=row["name"],
            public_key=row["public_key"],
            kdf_salt=row["kdf_salt"],
            sealed_private=row["sealed_private"],
            created_at=from_ms(row["created_ms"]),
        )
