"""What the entries of a log are about, by the ids that stand beside them: nothing is opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, exists, func, or_, select

from credhub.ledger.commitment import InnerKind
from credhub.ledger.events import Standing
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms
from credhub.store.tables import (
    achievement,
    credential,
    credential_form,
    ledger_entry,
    ledger_log,
    ledger_opening,
    status_change,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialNamed:
    """A credential, by what its hub calls it.

    Attributes:
        code: The end of its address.
        supersedes: The id of the one that it replaces.
    """

    credential_id: str
    code: str
    achievement_id: str
    version: int
    supersedes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One entry of a log, and what it is about; of many entries nobody is told anything.

    Attributes:
        seq: Its number.
        at: Its time.
        credential: The one that was issued or changed.
        inner_kind: What a private entry is about.
        is_first: Whether no entry before says a form of the same credential.
        new_standing: How a credential stands after it.
        achievement_id: What was published.
        version: The number of what was published.
    """

    seq: int
    at: datetime
    inner_kind: InnerKind | None
    credential: CredentialNamed | None
    is_first: bool
    new_standing: Standing | None
    achievement_id: str | None
    version: int | None


_corrected = credential_form.alias("corrected")
_other = credential_form.alias("other")
_other_log = ledger_log.alias("other_log")
_own_log = ledger_log.alias("own_log")


def _at_entry(table: Any, *, later: int = 0) -> Any:  # noqa: ANN401 - tables and their aliases
    """Join the row that belongs to an entry, or to one right after it."""
    return and_(
        table.c.hub_id == ledger_entry.c.hub_id,
        table.c.log == ledger_entry.c.log,
        table.c.seq == ledger_entry.c.seq + later,
    )


_EARLIER_FORM: Final = (
    exists()
    .where(
        _other.c.hub_id == credential_form.c.hub_id,
        _other.c.credential_id == credential_form.c.credential_id,
        _own_log.c.hub_id == credential_form.c.hub_id,
        _own_log.c.log == credential_form.c.log,
        _other_log.c.hub_id == _other.c.hub_id,
        _other_log.c.log == _other.c.log,
        or_(
            and_(_other.c.log == credential_form.c.log, _other.c.seq < credential_form.c.seq),
            _other_log.c.created_ms < _own_log.c.created_ms,
        ),
    )
    .correlate(credential_form)
)
_HAPPENINGS: Final = (
    select(
        ledger_entry.c.seq,
        ledger_entry.c.time_ms,
        ledger_opening.c.inner_kind,
        _EARLIER_FORM.label("is_later"),
        status_change.c.new_state,
        credential.c.credential_id,
        credential.c.code,
        credential.c.achievement_id,
        credential.c.achievement_version,
        credential.c.supersedes,
        achievement.c.achievement_id.label("published_id"),
        achievement.c.version.label("published_version"),
    )
    .select_from(
        ledger_entry.outerjoin(ledger_opening, _at_entry(ledger_opening))
        .outerjoin(credential_form, _at_entry(credential_form))
        .outerjoin(status_change, _at_entry(status_change))
        .outerjoin(achievement, _at_entry(achievement))
        # The ledger says what a credential replaces right before it says the credential.
        .outerjoin(
            _corrected,
            and_(
                _at_entry(_corrected, later=1),
                ledger_opening.c.inner_kind == InnerKind.CORRECTION.value,
            ),
        )
        .outerjoin(
            credential,
            and_(
                credential.c.hub_id == ledger_entry.c.hub_id,
                credential.c.credential_id
                == func.coalesce(
                    credential_form.c.credential_id,
                    status_change.c.credential_id,
                    _corrected.c.credential_id,
                ),
            ),
        )
    )
    .where(
        ledger_entry.c.hub_id == bindparam("hub"),
        ledger_entry.c.log == bindparam("log"),
        ledger_entry.c.seq >= bindparam("start"),
        ledger_entry.c.seq < bindparam("end"),
    )
    .order_by(ledger_entry.c.seq)
)


class Happenings:
    """The ledger with the rows that belong to its entries."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def between(self, hub: HubNumber, log: str, start: int, end: int) -> tuple[Happening, ...]:
        """Read what the entries from one to another are about, without the last."""
        statement: Select[*tuple[Any, ...]] = _HAPPENINGS
        values = {"hub": hub, "log": log, "start": start, "end": end}
        return tuple(map(_happening_of, self._connection.execute(statement, values).mappings()))


def _happening_of(row: RowMapping) -> Happening:
    return Happening(
        seq=row["seq"],
        at=from_ms(row["time_ms"]),
        inner_kind=None if row["inner_kind"] is None else InnerKind(row["inner_kind"]),
        credential=None if row["credential_id"] is None else _named(row),
        is_first=not row["is_later"],
        new_standing=None if row["new_state"] is None else Standing(row["new_state"]),
        achievement_id=row["published_id"],
        version=row["published_version"],
    )


def _named(row: RowMapping) -> CredentialNamed:
    return CredentialNamed(
        credential_id=row["credential_id"],
        code=row["code"],
        achievement_id=row["achievement_id"],
        version=row["achievement_version"],
        supersedes=row["supersedes"],
    )
