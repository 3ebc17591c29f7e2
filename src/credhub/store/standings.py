"""How many credentials stand, read together: what changing each of them needs to know."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
)

from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind
from credhub.store.change_conditions import WOULD_CHANGE
from credhub.store.credentials import StoredCredential, credential_of
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.status import StatusChange, change_of
from credhub.store.tables import batch_result, learner_key, status_change, status_entry
from credhub.store.tables import credential as table


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
_chain = (
    select(_correction.c.supersedes.label("first"), _correction.c.credential_id)
    .where(_correction.c.hub_id == bindparam("hub"), _correction.c.supersedes.in_(_SOME))
    .cte("chain", recursive=True)
)
_CHAIN: Final = _chain.union(
    select(_chain.c.first, table.c.credential_id).where(
        table.c.hub_id == bindparam("hub"), table.c.supersedes == _chain.c.credential_id
    )
)
_NEWEST: Final = select(_CHAIN.c.first, _CHAIN.c.credential_id).where(
    ~exists().where(
        _correction.c.hub_id == bindparam("hub"),
        _correction.c.supersedes == _CHAIN.c.credential_id,
    )
)
_PURPOSES: Final = select(status_entry.c.credential_id, status_entry.c.purpose).where(
    status_entry.c.hub_id == bindparam("hub"), status_entry.c.credential_id.in_(_SOME)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which credentials of a hub are meant: those of which all of this is so.

    Attributes:
        batch_id: The batch that issued them, or what they replace.
        issued_from: From this moment on; or what they replace was.
        issued_before: Up to this moment, without it; or what they replace was.
        issued_by: The API key or the command that asked for them, or for what they replace.
    """

    achievement_id: str | None = None
    achievement_version: int | None = None
    batch_id: str | None = None
    issued_from: datetime | None = None
    issued_before: datetime | None = None
    issued_by: str | None = None

    def conditions(self, hub: HubNumber) -> Iterator[ColumnElement[bool]]:
        """Write it for the table ``credential``.

        How a credential came to be is asked of it and of all that it replaces: what corrects a
        credential is another batch, by somebody else, and says no less.
        """
        if self.achievement_id is not None:
            yield table.c.achievement_id == self.achievement_id
        if self.achievement_version is not None:
            yield table.c.achievement_version == self.achievement_version
        if asked := tuple(self._of_issuing(hub, table)):
            yield or_(and_(*asked), self._replaces_such(hub))

    def _of_issuing(self, hub: HubNumber, issued: FromClause) -> Iterator[ColumnElement[bool]]:
        if self.batch_id is not None:
            yield exists().where(
                batch_result.c.hub_id == hub,
                batch_result.c.batch_id == self.batch_id,
                batch_result.c.credential_id == issued.c.credential_id,
                batch_result.c.outcome == Outcome.ISSUED.value,
            )
        if self.issued_from is not None:
            # Credentials are issued at whole seconds.
            yield issued.c.issued_ms >= to_ms(self.issued_from.replace(microsecond=0))
        if self.issued_before is not None:
            yield issued.c.issued_ms < to_ms(self.issued_before)
        if self.issued_by is not None:
            yield issued.c.issued_by == self.issued_by

    def _replaces_such(self, hub: HubNumber) -> ColumnElement[bool]:
        """Write that one of those which a credential replaces was issued so."""
        columns = ("credential_id", "supersedes", "issued_ms", "issued_by")
        first, before = table.alias("replaced"), table.alias("replaced_before")
        earlier = (
            select(*(first.c[name] for name in columns))
            .where(first.c.hub_id == hub, first.c.credential_id == table.c.supersedes)
            .correlate(table)
            .cte("earlier", recursive=True, nesting=True)
        )
        earlier = earlier.union(
            select(*(before.c[name] for name in columns)).where(
                before.c.hub_id == hub, before.c.credential_id == earlier.c.supersedes
            )
        )
        return and_(
            table.c.supersedes.is_not(None),
            exists(select(earlier).where(*self._of_issuing(hub, earlier))),
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

    def newest_of(self, hub: HubNumber, ids: Collection[str]) -> Mapping[str, StandingRecord]:
        """Find what replaces those of these credentials that were replaced, however often."""
        rows = self._rows(_NEWEST, hub, ids)
        newest = {row["first"]: row["credential_id"] for row in rows}
        records = self.by_ids(hub, set(newest.values()))
        return {first: records[last] for first, last in newest.items()}

    def are_meant(self, hub: HubNumber, wanted: Filter) -> bool:
        """Say whether a filter means anything, changed or not."""
        meant = exists().where(table.c.hub_id == hub, *wanted.conditions(hub))
        return bool(self._connection.execute(select(meant)).scalar_one())

    def corrected(self, hub: HubNumber, achievement_id: str) -> Mapping[str, str]:
        """Give by learner the code of a correction that they have of an achievement.

        What is revoked is not given, so nothing that was replaced again is.
        """
        statement = select(table.c.learner_id, table.c.code).where(
            table.c.hub_id == hub,
            table.c.supersedes > "",  # As the index has it; SQLite scans all for IS NOT NULL.
            table.c.achievement_id == achievement_id,
            WOULD_CHANGE[BatchKind.REVOCATION],
        )
        rows = self._connection.execute(statement).mappings()
        return {row["learner_id"]: row["code"] for row in rows}

    def matching(
        self, hub: HubNumber, wanted: Filter, kind: BatchKind, *, after: str, limit: int
    ) -> tuple[str, ...]:
        """List credentials that are meant and would be changed, oldest first.

        Not those whose learner was erased.
        """
        statement = (
            select(table.c.credential_id)
            .join(
                learner_key,
                and_(
                    learner_key.c.hub_id == table.c.hub_id,
                    learner_key.c.learner_id == table.c.learner_id,
                ),
            )
            .where(
                table.c.hub_id == hub,
                table.c.credential_id > after,
                *wanted.conditions(hub),
                WOULD_CHANGE[kind],
            )
            .order_by(table.c.credential_id)
            .limit(limit)
        )
        return tuple(self._connection.execute(statement).scalars())

    def _rows(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, some: Collection[str]
    ) -> tuple[RowMapping, ...]:
        values = {"hub": hub, "some": list(some)}
        return tuple(self._connection.execute(statement, values).mappings())
