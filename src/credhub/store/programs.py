"""Programs: what a hub teaches, as it is now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from credhub.store.tables import program as table


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProgram:
    """One program.

    Attributes:
        program_id: An internal id (UUIDv7), so rows sort by time of making.
        version: Counts its changes, from 1.
        document: Its name, and which achievements it leads to.
        archived_at: Since when no cohort of it begins.
    """

    hub: HubNumber
    program_id: str
    version: int
    document: bytes
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None = None


_OWN: Final = (table.c.hub_id == bindparam("hub"), table.c.program_id == bindparam("program"))
_BY_ID: Final = select(table).where(*_OWN)
_PAGE: Final = (
    select(table)
    .where(table.c.hub_id == bindparam("hub"), table.c.program_id > bindparam("after"))
    .order_by(table.c.program_id)
    .limit(bindparam("limit"))
)


class Programs:
    """The table ``program``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, program: StoredProgram) -> None:
        """Add a program."""
        values = _changing(program) | {
            "hub_id": program.hub,
            "program_id": program.program_id,
            "created_ms": to_ms(program.created_at),
        }
        self._connection.execute(insert(table), values)

    def by_id(self, hub: HubNumber, program_id: str) -> StoredProgram | None:
        """Find one program."""
        values = {"hub": hub, "program": program_id}
        row = self._connection.execute(_BY_ID, values).mappings().one_or_none()
        return None if row is None else _program_of(row)

    def page(self, hub: HubNumber, *, after: str, limit: int) -> tuple[StoredProgram, ...]:
        """List programs, oldest first, archived ones too."""
        values = {"hub": hub, "after": after, "limit": limit}
        return tuple(map(_program_of, self._connection.execute(_PAGE, values).mappings()))

    def change(self, program: StoredProgram) -> bool:
        """Write the next version of a program; say no when somebody else wrote it."""
        own = (table.c.hub_id == program.hub, table.c.program_id == program.program_id)
        before = table.c.version == program.version - 1
        changed = update(table).where(*own, before).values(_changing(program))
        return self._connection.execute(changed).rowcount == 1


def _changing(program: StoredProgram) -> dict[str, object]:
    return {
        "version": program.version,
        "document": program.document,
        "changed_ms": to_ms(program.changed_at),
        "archived_ms": to_ms_or_none(program.archived_at),
    }


def _program_of(row: RowMapping) -> StoredProgram:
    return StoredProgram(
        hub=HubNumber(row["hub_id"]),
        program_id=row["program_id"],
        version=row["version"],
        document=row["document"],
        created_at=from_ms(row["created_ms"]),
        changed_at=from_ms(row["changed_ms"]),
        archived_at=from_ms_or_none(row["archived_ms"]),
    )
