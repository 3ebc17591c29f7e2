"""Cohorts: the runs of programs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms
from credhub.store.tables import cohort as table
from credhub.store.tables import cohort_learner


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCohort:
    """One cohort.

    Attributes:
        cohort_id: An internal id (UUIDv7), so rows sort by time of making.
        version: Counts its changes, from 1.
        document: Its name, its days, and where and with whom it takes place.
        finished_at: When it was last finished.
    """

    hub: HubNumber
    cohort_id: str
    program_id: str
    version: int
    document: bytes
    created_at: datetime
    changed_at: datetime
    finished_at: datetime | None = None


_OWN: Final = (table.c.hub_id == bindparam("hub"), table.c.cohort_id == bindparam("cohort"))
_BY_ID: Final = select(table).where(*_OWN)
_PAGE: Final = (
    select(table)
    .where(table.c.hub_id == bindparam("hub"))
    .order_by(table.c.cohort_id.desc())
    .limit(bindparam("limit"))
)
_LEARNERS: Final = (
    select(cohort_learner.c.cohort_id, func.count().label("learners"))
    .where(
        cohort_learner.c.hub_id == bindparam("hub"),
        cohort_learner.c.cohort_id.in_(bindparam("cohorts", expanding=True)),
    )
    .group_by(cohort_learner.c.cohort_id)
)


class Cohorts:
    """The table ``cohort``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, cohort: StoredCohort) -> None:
        """Add a cohort of a program that is there."""
        values = _changing(cohort) | {
            "hub_id": cohort.hub,
            "cohort_id": cohort.cohort_id,
            "program_id": cohort.program_id,
            "created_ms": to_ms(cohort.created_at),
        }
        self._connection.execute(insert(table), values)

    def by_id(self, hub: HubNumber, cohort_id: str) -> StoredCohort | None:
        """Find one cohort."""
        values = {"hub": hub, "cohort": cohort_id}
        row = self._connection.execute(_BY_ID, values).mappings().one_or_none()
        return None if row is None else _cohort_of(row)

    def lock(self, hub: HubNumber, cohort_id: str) -> None:
        """Let nobody else change who is in a cohort until the end of the transaction."""
        own = (table.c.hub_id == hub, table.c.cohort_id == cohort_id)
        self._connection.execute(select(table.c.cohort_id).where(*own).with_for_update()).all()

    def page(
        self, hub: HubNumber, *, before: str | None, limit: int, program_id: str | None = None
    ) -> tuple[StoredCohort, ...]:
        """List cohorts, newest first: all of them, or those of one program."""
        statement, values = _PAGE, {"hub": hub, "limit": limit}
        if before is not None:
            statement = statement.where(table.c.cohort_id < before)
        if program_id is not None:
            statement = statement.where(table.c.program_id == program_id)
        return tuple(map(_cohort_of, self._connection.execute(statement, values).mappings()))

    def count_learners(self, hub: HubNumber, cohort_ids: Collection[str]) -> Mapping[str, int]:
        """Count who is in each of some cohorts; one without anybody is not given."""
        values = {"hub": hub, "cohorts": list(cohort_ids)}
        rows = self._connection.execute(_LEARNERS, values)
        return {row.cohort_id: row.learners for row in rows}

    def change(self, cohort: StoredCohort) -> bool:
        """Write the next version of a cohort; say no when somebody else wrote it."""
        own = (table.c.hub_id == cohort.hub, table.c.cohort_id == cohort.cohort_id)
        before = table.c.version == cohort.version - 1
        changed = update(table).where(*own, before).values(_changing(cohort))
        return self._connection.execute(changed).rowcount == 1

    def finish(self, hub: HubNumber, cohort_id: str, at: datetime) -> None:
        """Say when a cohort was finished."""
        own = (table.c.hub_id == hub, table.c.cohort_id == cohort_id)
        self._connection.execute(update(table).where(*own).values(finished_ms=to_ms(at)))


def _changing(cohort: StoredCohort) -> dict[str, object]:
    return {
        "version": cohort.version,
        "document": cohort.document,
        "changed_ms": to_ms(cohort.changed_at),
    }


def _cohort_of(row: RowMapping) -> StoredCohort:
    return StoredCohort(
        hub=HubNumber(row["hub_id"]),
        cohort_id=row["cohort_id"],
        program_id=row["program_id"],
        version=row["version"],
        document=row["document"],
        created_at=from_ms(row["created_ms"]),
        changed_at=from_ms(row["changed_ms"]),
        finished_at=from_ms_or_none(row["finished_ms"]),
    )
