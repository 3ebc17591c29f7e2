"""Achievements: published definitions, one row for each version, never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import achievement as table
from credhub.store.unit import Insert


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAchievement:
    """One published version.

    Attributes:
        hub: Who published it.
        achievement_id: The text of a public code.
        version: Counts from one.
        document: The exact bytes whose digest is in the ledger.
        created_at: When it was published.
        log: Where its ledger entry is.
        seq: The number of that entry.
    """

    hub: HubNumber
    achievement_id: str
    version: int
    document: bytes
    created_at: datetime
    log: str
    seq: int


_NEWEST: Final = (
    select(
        table.c.hub_id,
        table.c.achievement_id,
        func.max(table.c.version).label("version"),
    )
    .where(table.c.hub_id == bindparam("hub"))
    .group_by(table.c.hub_id, table.c.achievement_id)
    .subquery()
)
_OWN: Final = (
    table.c.hub_id == bindparam("hub"),
    table.c.achievement_id == bindparam("achievement"),
)
_LATEST: Final = select(table).where(*_OWN).order_by(table.c.version.desc()).limit(1)
_AT_VERSION: Final = select(table).where(*_OWN, table.c.version == bindparam("version"))
_PAGE: Final = (
    select(table)
    .join(
        _NEWEST,
        (table.c.hub_id == _NEWEST.c.hub_id)
        & (table.c.achievement_id == _NEWEST.c.achievement_id)
        & (table.c.version == _NEWEST.c.version),
    )
    .where(table.c.achievement_id > bindparam("after"))
    .order_by(table.c.achievement_id)
    .limit(bindparam("limit"))
)

_KNOWN: Final = (
    select(table.c.achievement_id)
    .where(
        table.c.hub_id == bindparam("hub"),
        table.c.achievement_id.in_(bindparam("some", expanding=True)),
    )
    .distinct()
)


class Achievements:
    """The table ``achievement``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self, hub: HubNumber, achievement_id: str) -> StoredAchievement | None:
        """Find the newest version."""
        return self._one(_LATEST, {"hub": hub, "achievement": achievement_id})

    def known(self, hub: HubNumber, achievement_ids: Collection[str]) -> frozenset[str]:
        """Give those of some ids that achievements of the hub have."""
        values = {"hub": hub, "some": list(achievement_ids)}
        return frozenset(self._connection.execute(_KNOWN, values).scalars())

    def at_version(
        self, hub: HubNumber, achievement_id: str, version: int
    ) -> StoredAchievement | None:
        """Find one version."""
        values = {"hub": hub, "achievement": achievement_id, "version": version}
        return self._one(_AT_VERSION, values)

    def page(
        self, hub: HubNumber, *, after: str = "", limit: int = 100
    ) -> tuple[StoredAchievement, ...]:
        """List the newest versions in the order of their ids.

        Args:
            hub: Whose achievements.
            after: The last id of the page before; nothing for the first page.
            limit: How many at most.
        """
        values = {"hub": hub, "after": after, "limit": limit}
        return tuple(map(_achievement_of, self._connection.execute(_PAGE, values).mappings()))

    def _one(
        self, statement: Select[*tuple[Any, ...]], values: dict[str, object]
    ) -> StoredAchievement | None:
        row = self._connection.execute(statement, values).mappings().one_or_none()
        return None if row is None else _achievement_of(row)


def insert_of(  # noqa: PLR0913 - the columns of one row
    hub: HubNumber,
    *,
    achievement_id: str,
    version: int,
    document: bytes,
    created_at: datetime,
    entry: int,
) -> Insert:
    """Publish a version together with its ledger entry.

    The version after the latest one: when two publish at once, one gets a ConflictError.
    """
    values = {
        "hub_id": hub,
        "achievement_id": achievement_id,
        "version": version,
        "document": document,
        "created_ms": to_ms(created_at),
    }
    return Insert(table=table, values=values, entry=entry)


def _achievement_of(row: RowMapping) -> StoredAchievement:
    return StoredAchievement(
        hub=HubNumber(row["hub_id"]),
        achievement_id=row["achievement_id"],
        version=row["version"],
        document=row["document"],
        created_at=from_ms(row["created_ms"]),
        log=row["log"],
        seq=row["seq"],
    )
