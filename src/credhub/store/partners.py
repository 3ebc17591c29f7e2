"""The partners that hubs vouch for: every change of them, never changed and never removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from credhub.ledger.partner_events import PartnerChange
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import partner_change as table
from credhub.store.unit import Insert


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPartnerChange:
    """One change.

    Attributes:
        version: Counts the changes of a hub, from one.
        document: The exact bytes that were signed, where an endorsement was added.
    """

    hub: HubNumber
    version: int
    change: str
    endorsement_id: str
    document: bytes | None
    changed_at: datetime
    log: str
    seq: int


_ALL: Final = select(table).where(table.c.hub_id == bindparam("hub")).order_by(table.c.version)
_NEWEST: Final = _ALL.order_by(None).order_by(table.c.version.desc()).limit(1)
_ENDED: Final = table.alias("ended")
_IN_FORCE: Final = (
    select(table)
    .outerjoin(
        _ENDED,
        (_ENDED.c.hub_id == table.c.hub_id)
        & (_ENDED.c.endorsement_id == table.c.endorsement_id)
        & (_ENDED.c.change == PartnerChange.ENDED.value),
    )
    .where(
        table.c.hub_id == bindparam("hub"),
        table.c.change == PartnerChange.ADDED.value,
        _ENDED.c.version.is_(None),
    )
    .order_by(table.c.version)
)
_OF_ENDORSEMENT: Final = _ALL.where(table.c.endorsement_id == bindparam("endorsement"))


class Partners:
    """The table ``partner_change``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all_changes(self, hub: HubNumber) -> tuple[StoredPartnerChange, ...]:
        """List every change, oldest first."""
        return self._rows(_ALL, hub=hub)

    def newest(self, hub: HubNumber) -> StoredPartnerChange | None:
        """Find the newest change."""
        return next(iter(self._rows(_NEWEST, hub=hub)), None)

    def in_force(self, hub: HubNumber) -> tuple[StoredPartnerChange, ...]:
        """List the changes that added what was not ended since, oldest first."""
        return self._rows(_IN_FORCE, hub=hub)

    def of_endorsement(
        self, hub: HubNumber, endorsement_id: str
    ) -> tuple[StoredPartnerChange, ...]:
        """List the changes of one endorsement: that it was added, and that it was ended."""
        return self._rows(_OF_ENDORSEMENT, hub=hub, endorsement=endorsement_id)

    def _rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> tuple[StoredPartnerChange, ...]:
        return tuple(map(_change_of, self._connection.execute(statement, values).mappings()))


def insert_of(  # noqa: PLR0913 - the columns of one row
    hub: HubNumber,
    *,
    version: int,
    change: PartnerChange,
    endorsement_id: str,
    document: bytes | None,
    changed_at: datetime,
    entry: int,
) -> Insert:
    """Record a change together with its ledger entry.

    The version after the newest one: when two change the list at once, one gets a ConflictError.
    """
    values = {
        "hub_id": hub,
        "version": version,
        "change": change.value,
        "endorsement_id": endorsement_id,
        "document": document,
        "changed_ms": to_ms(changed_at),
    }
    return Insert(table=table, values=values, entry=entry)


def _change_of(row: RowMapping) -> StoredPartnerChange:
    return StoredPartnerChange(
        hub=HubNumber(row["hub_id"]),
        version=row["version"],
        change=row["change"],
        endorsement_id=row["endorsement_id"],
        document=row["document"],
        changed_at=from_ms(row["changed_ms"]),
        log=row["log"],
        seq=row["seq"],
    )
