"""Rows that claim a place in a ledger, and what belongs to them: the audit's second look.

``covered`` goes from entries to rows; here it is the other way about, so that a row that no entry
speaks of is found as well.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, exists, select

from credhub.ledger.entry import Kind
from credhub.store.covered import beside
from credhub.store.hubs import HubNumber
from credhub.store.tables import (
    achievement,
    credential,
    credential_form,
    endorsement_change,
    ledger_checkpoint,
    ledger_cosignature,
    ledger_entry,
    ledger_log,
    ledger_opening,
    partner_change,
    status_change,
    status_entry,
    status_list,
    status_list_version,
)

ClaimedRow = Mapping[str, Any]
"""A row by its columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnspokenRow:
    """A row that says it is in a ledger where no entry of its kind is, or that has no place."""

    table: str
    log: str | None
    seq: int | None


def _without_entry(table: Table, kind: Kind) -> tuple[str, Select[*tuple[Any, ...]]]:
    spoken = exists(ledger_entry.c.seq).where(beside(table), ledger_entry.c.kind == int(kind))
    statement = (
        select(table.c.log, table.c.seq)
        .where(table.c.hub_id == bindparam("hub"), ~spoken)
        .order_by(table.c.log, table.c.seq)
        .limit(1)
    )
    return table.name, statement


def _without_row(table: Table, other: Table, column: str) -> tuple[str, Select[*tuple[Any, ...]]]:
    # Of one column: an auditor may not read all.
    spoken = exists(other.c[column]).where(
        other.c.hub_id == table.c.hub_id, other.c[column] == table.c[column]
    )
    statement = select(table.c[column]).where(table.c.hub_id == bindparam("hub"), ~spoken).limit(1)
    return table.name, statement


_CREDENTIALS: Final = select(credential).where(
    credential.c.hub_id == bindparam("hub"),
    credential.c.credential_id.in_(bindparam("ids", expanding=True)),
)
_STATUS_ENTRIES: Final = (
    select(status_entry)
    .where(
        status_entry.c.hub_id == bindparam("hub"),
        status_entry.c.credential_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(status_entry.c.list, status_entry.c.idx)
)


def _changes_of_list(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = (status_change.c.credential_id, status_change.c.new_state)
    return (
        select(status_entry.c.idx, *columns, status_change.c.log, status_change.c.seq)
        .select_from(
            status_entry.join(
                status_change,
                and_(
                    status_change.c.hub_id == status_entry.c.hub_id,
                    status_change.c.credential_id == status_entry.c.credential_id,
                    *conditions,
                ),
            )
        )
        .where(status_entry.c.hub_id == bindparam("hub"), status_entry.c.list == bindparam("list"))
    )


_CHANGES_OF_LIST: Final = _changes_of_list(status_change.c.purpose == status_entry.c.purpose)
_ALL_CHANGES_OF_LIST: Final = _changes_of_list()


def _without_parent(
    table: Table, parent: Table, seq: ColumnElement[int]
) -> tuple[str, Select[*tuple[Any, ...]]]:
    """Find a row of a log that is not there: nobody would look at it again."""
    same = (parent.c[name] == table.c[name] for name in ("hub_id", "log"))
    statement = (
        select(table.c.log, seq.label("seq"))
        .where(table.c.hub_id == bindparam("hub"), ~exists(parent.c.log).where(*same))
        .order_by(table.c.log)
        .limit(1)
    )
    return table.name, statement


_UNSPOKEN: Final = (
    _without_entry(achievement, Kind.DEFINITION),
    _without_entry(status_list_version, Kind.STATUS_LIST),
    _without_entry(partner_change, Kind.ENDORSEMENT),
    _without_entry(endorsement_change, Kind.ENDORSEMENT),
    _without_entry(ledger_opening, Kind.PRIVATE),
    _without_entry(credential_form, Kind.PRIVATE),
    _without_entry(status_change, Kind.PRIVATE),
    _without_row(credential, credential_form, "credential_id"),
    _without_row(credential_form, credential, "credential_id"),
    _without_row(status_entry, credential, "credential_id"),
    _without_row(status_list, status_list_version, "list"),
    _without_row(status_entry, status_list, "list"),
    _without_parent(ledger_checkpoint, ledger_log, ledger_checkpoint.c.size),
    _without_parent(ledger_cosignature, ledger_log, ledger_cosignature.c.size),
)


class Claimed:
    """Rows of a hub that the ledger should speak of."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def credentials(self, hub: HubNumber, ids: Collection[str]) -> Mapping[str, ClaimedRow]:
        """Read credentials by their ids."""
        values = {"hub": hub, "ids": list(ids)}
        rows = self._connection.execute(_CREDENTIALS, values).mappings()
        return {row["credential_id"]: dict(row) for row in rows}

    def status_entries(self, hub: HubNumber, ids: Collection[str]) -> Sequence[ClaimedRow]:
        """Read the places of credentials in status lists."""
        values = {"hub": hub, "ids": list(ids)}
        return list(map(dict, self._connection.execute(_STATUS_ENTRIES, values).mappings()))

    def changes_of_list(self, hub: HubNumber, number: int) -> Sequence[ClaimedRow]:
        """Read every change that a status list shows: index, new state, log and seq."""
        values = {"hub": hub, "list": number}
        return list(map(dict, self._connection.execute(_CHANGES_OF_LIST, values).mappings()))

    def all_changes_of_list(self, hub: HubNumber, number: int) -> Sequence[ClaimedRow]:
        """Read every change of whatever purpose of the credentials in a list, likewise."""
        values = {"hub": hub, "list": number}
        return list(map(dict, self._connection.execute(_ALL_CHANGES_OF_LIST, values).mappings()))

    def unspoken(self, hub: HubNumber) -> UnspokenRow | None:
        """Find a row that no entry of its kind speaks of."""
        for table, statement in _UNSPOKEN:
            row = self._connection.execute(statement, {"hub": hub}).mappings().first()
            if row is not None:
                return UnspokenRow(table=table, log=row.get("log"), seq=row.get("seq"))
        return None
