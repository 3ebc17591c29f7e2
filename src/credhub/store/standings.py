"""How many credentials stand, read together: what changing each of them needs to know."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    select,
)

from credhub.store.credentials import StoredCredential, credential_of
from credhub.store.hubs import HubNumber
from credhub.store.status import StatusChange, change_of
from credhub.store.tables import credential as table
from credhub.store.tables import learner_key, status_change, status_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRecord:
    """One credential and whatever was recorded of its standing.

    Attributes:
        wrapped_key: The learner's key, sealed with the hub's; none when the learner was erased.
        changes: Every change of its standing, oldest first.
        purposes: The purposes of the status lists in which it has a place.
        is_superseded: Whether another one corrects it.
    """

    credential: StoredCredential
    wrapped_key: bytes | None = field(repr=False)
    changes: tuple[StatusChange, ...]
    purposes: frozenset[str]
    is_superseded: bool


_SOME: Final[BindParameter[str]] = bindparam("some", expanding=True)
_correction = table.alias("correction")
_FOUND: Final = (
    select(
        table,
        learner_key.c.wrapped_key,
        exists()
        .where(
            _correction.c.hub_id == table.c.hub_id,
            _correction.c.supersedes == table.c.credential_id,
        )
        .label("is_superseded"),
    )
    .select_from(
        table.outerjoin(
            learner_key,
            and_(
                learner_key.c.hub_id == table.c.hub_id,
                learner_key.c.learner_id == table.c.learner_id,
            ),
        )
    )
    .where(table.c.hub_id == bindparam("hub"))
)
_BY_ID: Final = _FOUND.where(table.c.credential_id.in_(_SOME))
_IDS: Final = select(table.c.code, table.c.credential_id).where(
    table.c.hub_id == bindparam("hub"), table.c.code.in_(_SOME)
)
_CHANGES: Final = (
    select(status_change)
    .where(
        status_change.c.hub_id == bindparam("hub"),
        status_change.c.credential_id.in_(_SOME),
    )
    .order_by(status_change.c.n)
)
_PURPOSES: Final = select(status_entry.c.credential_id, status_entry.c.purpose).where(
    status_entry.c.hub_id == bindparam("hub"), status_entry.c.credential_id.in_(_SOME)
)


class Standings:
    """The tables ``credential``, ``status_change`` and ``status_entry``, for many at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ids_of(self, hub: HubNumber, codes: Collection[str]) -> Mapping[str, str]:
        """Give the internal ids of those of these public codes that are there."""
        return {row["code"]: row["credential_id"] for row in self._rows(_IDS, hub, codes)}

    def by_ids(self, hub: HubNumber, ids: Collection[str]) -> Mapping[str, StandingRecord]:
        """Find those of these credentials that are there."""
        changes: defaultdict[str, list[StatusChange]] = defaultdict(list)
        for row in self._rows(_CHANGES, hub, ids):
            changes[row["credential_id"]].append(change_of(row))
        purposes: defaultdict[str, set[str]] = defaultdict(set)
        for row in self._rows(_PURPOSES, hub, ids):
            purposes[row["credential_id"]].add(row["purpose"])
        return {
            row["credential_id"]: StandingRecord(
                credential=credential_of(row),
                wrapped_key=row["wrapped_key"],
                changes=tuple(changes[row["credential_id"]]),
                purposes=frozenset(purposes[row["credential_id"]]),
                is_superseded=bool(row["is_superseded"]),
            )
            for row in self._rows(_BY_ID, hub, ids)
        }

    def _rows(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, some: Collection[str]
    ) -> tuple[RowMapping, ...]:
        values = {"hub": hub, "some": list(some)}
        return tuple(self._connection.execute(statement, values).mappings())
