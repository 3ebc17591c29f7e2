"""Status lists: which credential has which bit, every change of a state, every signed version.

The bits are never stored on their own: they follow from the rows, so no update can be lost.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, exists, func, select

from credhub.ledger.events import Standing
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none
from credhub.store.tables import status_change, status_entry, status_list, status_list_version


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One list of a hub, numbered from one. A closed list gives out no more indexes."""

    hub: HubNumber
    list: int
    purpose: str
    length: int
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusIndex:
    """One credential's place in one list."""

    hub: HubNumber
    list: int
    index: int
    credential_id: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """One change of a credential's state; ``n`` counts its changes from zero.

    Why it changed may name the learner, so it is sealed with the learner's key.
    """

    hub: HubNumber
    credential_id: str
    n: int
    purpose: str
    old: Standing
    new: Standing
    sealed_reason: bytes = field(repr=False)
    actor: str
    changed_at: datetime
    log: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusListVersion:
    """One signed version of a list; ``changes`` counts the changes that it shows."""

    hub: HubNumber
    list: int
    version: int
    changes: int
    document: bytes
    valid_from: datetime
    valid_until: datetime
    log: str
    seq: int


_LISTS: Final = (
    select(status_list).where(status_list.c.hub_id == bindparam("hub")).order_by(status_list.c.list)
)
_LIST: Final = _LISTS.where(status_list.c.list == bindparam("list"))
_OPEN: Final = (
    select(status_list)
    .where(
        status_list.c.hub_id == bindparam("hub"),
        status_list.c.purpose == bindparam("purpose"),
        status_list.c.closed_ms.is_(None),
    )
    .order_by(status_list.c.list.desc())
    .limit(1)
)
_OF_LIST: Final = (
    status_entry.c.hub_id == bindparam("hub"),
    status_entry.c.list == bindparam("list"),
)
_TAKEN: Final = select(status_entry.c.idx).where(
    *_OF_LIST, status_entry.c.idx.in_(bindparam("indexes", expanding=True))
)
_ENTRIES_OF: Final = (
    select(status_entry)
    .where(
        status_entry.c.hub_id == bindparam("hub"),
        status_entry.c.credential_id == bindparam("credential"),
    )
    .order_by(status_entry.c.purpose)
)
_CHANGES_OF: Final = (
    select(status_change)
    .where(
        status_change.c.hub_id == bindparam("hub"),
        status_change.c.credential_id == bindparam("credential"),
    )
    .order_by(status_change.c.n)
)
_CHANGED_ENTRY: Final = status_change.join(
    status_entry,
    (status_entry.c.hub_id == status_change.c.hub_id)
    & (status_entry.c.credential_id == status_change.c.credential_id)
    & (status_entry.c.purpose == status_change.c.purpose),
)
_COUNT_CHANGES: Final = select(func.count()).select_from(_CHANGED_ENTRY).where(*_OF_LIST)
_LATER: Final = status_change.alias("later")
_SET_INDEXES: Final = (
    select(status_entry.c.idx)
    .distinct()
    .select_from(_CHANGED_ENTRY)
    .where(
        *_OF_LIST,
        # A revocation is final: no later row takes it back.
        (status_change.c.new_state == Standing.REVOKED.value)
        | (status_change.c.new_state != Standing.ACTIVE.value)
        & ~exists().where(
            _LATER.c.hub_id == status_change.c.hub_id,
            _LATER.c.credential_id == status_change.c.credential_id,
            _LATER.c.purpose == status_change.c.purpose,
            _LATER.c.n > status_change.c.n,
        ),
    )
    .order_by(status_entry.c.idx)
)
_ANY_CHANGE: Final = status_change.join(
    status_entry,
    (status_entry.c.hub_id == status_change.c.hub_id)
    & (status_entry.c.credential_id == status_change.c.credential_id),
)
_COUNT_ALL: Final = select(func.count()).select_from(_ANY_CHANGE).where(*_OF_LIST)
_ALL_CHANGES: Final = (
    select(status_entry.c.idx, status_change.c.new_state)
    .select_from(_ANY_CHANGE)
    .where(*_OF_LIST)
    .order_by(status_entry.c.idx, status_change.c.n)
)
_LATEST_VERSION: Final = (
    select(status_list_version)
    .where(
        status_list_version.c.hub_id == bindparam("hub"),
        status_list_version.c.list == bindparam("list"),
    )
    .order_by(status_list_version.c.version.desc())
    .limit(1)
)
_FIRST_PLACES: Final = select(
    status_list_version.c.list, status_list_version.c.log, status_list_version.c.seq
).where(status_list_version.c.hub_id == bindparam("hub"), status_list_version.c.version == 1)


class Status:
    """The tables ``status_list``, ``status_list_version``, ``status_entry``, ``status_change``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lists(self, hub: HubNumber) -> tuple[StatusList, ...]:
        """List the lists of a hub."""
        return tuple(_list_of(row) for row in self._rows(_LISTS, hub=hub))

    def by_number(self, hub: HubNumber, number: int) -> StatusList | None:
        """Find one list."""
        return next((_list_of(row) for row in self._rows(_LIST, hub=hub, list=number)), None)

    def open_list(self, hub: HubNumber, purpose: str) -> StatusList | None:
        """Find the list that gives out indexes for a purpose."""
        return next((_list_of(row) for row in self._rows(_OPEN, hub=hub, purpose=purpose)), None)

    def taken(self, hub: HubNumber, number: int, indexes: Collection[int]) -> frozenset[int]:
        """Say which of these indexes of a list are given out already."""
        rows = self._rows(_TAKEN, hub=hub, list=number, indexes=list(indexes))
        return frozenset(row["idx"] for row in rows)

    def entries_of(self, hub: HubNumber, credential_id: str) -> tuple[StatusIndex, ...]:
        """List a credential's places, one for each purpose."""
        rows = self._rows(_ENTRIES_OF, hub=hub, credential=credential_id)
        return tuple(_entry_of(row) for row in rows)

    def changes_of(self, hub: HubNumber, credential_id: str) -> tuple[StatusChange, ...]:
        """List the changes of a credential's state, oldest first."""
        rows = self._rows(_CHANGES_OF, hub=hub, credential=credential_id)
        return tuple(change_of(row) for row in rows)

    def count_changes(self, hub: HubNumber, number: int) -> int:
        """Count the changes that a list must show."""
        values = {"hub": hub, "list": number}
        return self._connection.execute(_COUNT_CHANGES, values).scalar_one()

    def set_indexes(self, hub: HubNumber, number: int) -> tuple[int, ...]:
        """List the bits that are set: revoked ever, or suspended by the last change."""
        rows = self._connection.execute(_SET_INDEXES, {"hub": hub, "list": number})
        return tuple(rows.scalars())

    def count_all_changes(self, hub: HubNumber, number: int) -> int:
        """Count the changes of whatever purpose that a list of tokens must show."""
        values = {"hub": hub, "list": number}
        return self._connection.execute(_COUNT_ALL, values).scalar_one()

    def standings(self, hub: HubNumber, number: int) -> Mapping[int, Standing]:
        """Say which places of a list of tokens do not stand: revoked ever, or suspended at last."""
        found: dict[int, Standing] = {}
        for row in self._rows(_ALL_CHANGES, hub=hub, list=number):
            if found.get(row["idx"]) is not Standing.REVOKED:
                found[row["idx"]] = Standing(row["new_state"])
        return {index: it for index, it in found.items() if it is not Standing.ACTIVE}

    def latest_version(self, hub: HubNumber, number: int) -> StatusListVersion | None:
        """Find the newest signed version of a list."""
        rows = self._rows(_LATEST_VERSION, hub=hub, list=number)
        return next((_version_of(row) for row in rows), None)

    def first_places(self, hub: HubNumber) -> Mapping[int, tuple[str, int]]:
        """Say where in the ledger the first version of every list stands: log and seq."""
        rows = self._rows(_FIRST_PLACES, hub=hub)
        return {row["list"]: (row["log"], row["seq"]) for row in rows}

    def _rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> tuple[RowMapping, ...]:
        return tuple(self._connection.execute(statement, values).mappings())


def _list_of(row: RowMapping) -> StatusList:
    return StatusList(
        hub=HubNumber(row["hub_id"]),
        list=row["list"],
        purpose=row["purpose"],
        length=row["length"],
        created_at=from_ms(row["created_ms"]),
        closed_at=from_ms_or_none(row["closed_ms"]),
    )


def _entry_of(row: RowMapping) -> StatusIndex:
    return StatusIndex(
        hub=HubNumber(row["hub_id"]),
        list=row["list"],
        index=row["idx"],
        credential_id=row["credential_id"],
        purpose=row["purpose"],
    )


def change_of(row: RowMapping) -> StatusChange:
    """Read a row that has the columns of a change."""
    return StatusChange(
        hub=HubNumber(row["hub_id"]),
        credential_id=row["credential_id"],
        n=row["n"],
        purpose=row["purpose"],
        old=Standing(row["old_state"]),
        new=Standing(row["new_state"]),
        sealed_reason=row["sealed_reason"],
        actor=row["actor"],
        changed_at=from_ms(row["changed_ms"]),
        log=row["log"],
        seq=row["seq"],
    )


def _version_of(row: RowMapping) -> StatusListVersion:
    return StatusListVersion(
        hub=HubNumber(row["hub_id"]),
        list=row["list"],
        version=row["version"],
        changes=row["changes"],
        document=row["document"],
        valid_from=from_ms(row["valid_from_ms"]),
        valid_until=from_ms(row["valid_until_ms"]),
        log=row["log"],
        seq=row["seq"],
    )
