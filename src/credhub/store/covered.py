"""Rows that a ledger entry commits to, each beside its entry: for the audit.

Every query gives one line per entry of a kind, in order, with nothing where a row is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    bindparam,
    select,
)

from credhub.ledger.endorsement_events import EndorsementChange
from credhub.ledger.entry import Kind
from credhub.store.hubs import HubNumber
from credhub.store.streaming import stream
from credhub.store.tables import (
    achievement,
    credential_form,
    endorsement_change,
    ledger_entry,
    ledger_opening,
    partner_change,
    status_change,
    status_list_version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateRow:
    """A private entry with its opening, and the row that it is about.

    Attributes:
        entry: The public bytes.
        entry_id: None when the opening is missing.
        change: The members of a status change, by column.
    """

    seq: int
    entry: bytes
    entry_id: bytes | None
    inner_kind: int | None
    learner_id: str | None
    sealed: bytes | None = field(repr=False)
    credential_id: str | None
    form: str | None
    signed: bytes | None = field(repr=False)
    change: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRow:
    """A public entry and the row whose digest it holds.

    Attributes:
        document: None when the row is missing.
        columns: Its other columns, by name.
    """

    seq: int
    entry: bytes
    document: bytes | None
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedReason:
    """Why an endorsement was withdrawn."""

    seq: int
    endorsement_id: str
    sealed_reason: bytes | None = field(repr=False)


def beside(table: Table) -> ColumnElement[bool]:
    """Say that a row is in the ledger where an entry is."""
    return and_(
        table.c.hub_id == ledger_entry.c.hub_id,
        table.c.log == ledger_entry.c.log,
        table.c.seq == ledger_entry.c.seq,
    )


_CHANGE_COLUMNS: Final = (
    "credential_id",
    "n",
    "purpose",
    "old_state",
    "new_state",
    "sealed_reason",
    "actor",
    "changed_ms",
)
_PLACE_NAMES: Final = frozenset({"hub_id", "log", "seq"})
_PLACE: Final = (
    ledger_entry.c.hub_id == bindparam("hub"),
    ledger_entry.c.log == bindparam("log"),
    ledger_entry.c.kind == bindparam("kind"),
)
_PRIVATE: Final = (
    select(
        ledger_entry.c.seq,
        ledger_entry.c.entry,
        ledger_opening.c.entry_id,
        ledger_opening.c.inner_kind,
        ledger_opening.c.learner_id,
        ledger_opening.c.sealed,
        credential_form.c.credential_id.label("form_credential_id"),
        credential_form.c.form,
        credential_form.c.sealed.label("signed"),
        *(status_change.c[name].label(f"change_{name}") for name in _CHANGE_COLUMNS),
    )
    .select_from(
        ledger_entry.outerjoin(ledger_opening, beside(ledger_opening))
        .outerjoin(credential_form, beside(credential_form))
        .outerjoin(status_change, beside(status_change))
    )
    .where(*_PLACE)
    .order_by(ledger_entry.c.seq)
)


def _documents(table: Table) -> Select[*tuple[Any, ...]]:
    # An auditor may not read what is sealed.
    hidden = _PLACE_NAMES | {"sealed_reason"}
    columns = (column for column in table.c if column.name not in hidden)
    return (
        select(ledger_entry.c.seq, ledger_entry.c.entry, *columns)
        .select_from(ledger_entry.outerjoin(table, beside(table)))
        .where(*_PLACE)
        .order_by(ledger_entry.c.seq)
    )


_DEFINITIONS: Final = _documents(achievement)
_LISTS: Final = _documents(status_list_version)
_PARTNERS: Final = _documents(partner_change)
_ENDORSEMENTS: Final = _documents(endorsement_change)
_CAME: Final = select(endorsement_change.c.digest, endorsement_change.c.endorser).where(
    endorsement_change.c.hub_id == bindparam("hub"),
    endorsement_change.c.endorsement_id == bindparam("endorsement"),
    endorsement_change.c.document.is_not(None),
)
_REASONS: Final = (
    select(
        endorsement_change.c.seq,
        endorsement_change.c.endorsement_id,
        endorsement_change.c.sealed_reason,
    )
    .where(
        endorsement_change.c.hub_id == bindparam("hub"),
        endorsement_change.c.log == bindparam("log"),
        endorsement_change.c.change == EndorsementChange.WITHDRAWN.value,
    )
    .order_by(endorsement_change.c.seq)
)
_ENTRIES_ALONE: Final = (
    select(ledger_entry.c.seq, ledger_entry.c.entry).where(*_PLACE).order_by(ledger_entry.c.seq)
)


_FIRST: Final = select(ledger_entry.c.seq, ledger_entry.c.entry).where(
    *_PLACE[:2], ledger_entry.c.seq == 0
)


class Covered:
    """The tables whose rows the ledger commits to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def private(self, hub: HubNumber, log: str) -> Iterator[PrivateRow]:
        """Read every private entry with what it is about."""
        return map(_private_of, self._stream(_PRIVATE, hub, log, Kind.PRIVATE))

    def definitions(self, hub: HubNumber, log: str) -> Iterator[PublicRow]:
        """Read every definition with its document."""
        return map(_public_of, self._stream(_DEFINITIONS, hub, log, Kind.DEFINITION))

    def lists(self, hub: HubNumber, log: str) -> Iterator[PublicRow]:
        """Read every published status list with its document."""
        return map(_public_of, self._stream(_LISTS, hub, log, Kind.STATUS_LIST))

    def partners(self, hub: HubNumber, log: str) -> Iterator[PublicRow]:
        """Read every change of the partners with the endorsement, where one was added."""
        return map(_public_of, self._stream(_PARTNERS, hub, log, Kind.ENDORSEMENT))

    def endorsements(self, hub: HubNumber, log: str) -> Iterator[PublicRow]:
        """Read every change of the endorsements by partners, with what came."""
        return map(_public_of, self._stream(_ENDORSEMENTS, hub, log, Kind.ENDORSEMENT))

    def endorsement_that_came(
        self, hub: HubNumber, endorsement_id: str
    ) -> tuple[bytes, str] | None:
        """Read the digest and the partner of an endorsement, from the row with which it came."""
        values = {"hub": hub, "endorsement": endorsement_id}
        row = self._connection.execute(_CAME, values).one_or_none()
        return None if row is None else (row.digest, row.endorser)

    def reasons(self, hub: HubNumber, log: str) -> Iterator[SealedReason]:
        """Read why endorsements by partners were withdrawn."""
        rows = self._connection.execute(_REASONS, {"hub": hub, "log": log}).mappings()
        return (SealedReason(**row) for row in rows)

    def key_events(self, hub: HubNumber, log: str) -> tuple[PublicRow, ...]:
        """Read every key event. They are few."""
        rows = self._stream(_ENTRIES_ALONE, hub, log, Kind.KEY)
        return tuple(map(_public_of, rows))

    def first(self, hub: HubNumber, log: str) -> PublicRow | None:
        """Read the first entry of a log."""
        rows = self._connection.execute(_FIRST, {"hub": hub, "log": log}).mappings()
        return next(map(_public_of, rows), None)

    def freezes(self, hub: HubNumber, log: str) -> tuple[PublicRow, ...]:
        """Read every entry that ends a log: one, at its end."""
        return tuple(map(_public_of, self._stream(_ENTRIES_ALONE, hub, log, Kind.FREEZE)))

    def _stream(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, log: str, kind: Kind
    ) -> Iterator[RowMapping]:
        values = {"hub": hub, "log": log, "kind": int(kind)}
        return iter(stream(self._connection, statement, values).mappings())


def _private_of(row: RowMapping) -> PrivateRow:
    changed = row["change_credential_id"] is not None
    return PrivateRow(
        seq=row["seq"],
        entry=row["entry"],
        entry_id=row["entry_id"],
        inner_kind=row["inner_kind"],
        learner_id=row["learner_id"],
        sealed=row["sealed"],
        credential_id=row["form_credential_id"],
        form=row["form"],
        signed=row["signed"],
        change={name: row[f"change_{name}"] for name in _CHANGE_COLUMNS} if changed else None,
    )


def _public_of(row: RowMapping) -> PublicRow:
    return PublicRow(
        seq=row["seq"], entry=row["entry"], document=row.get("document"), columns=dict(row)
    )
