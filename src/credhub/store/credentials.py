"""Credentials and their signed forms."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import credential as table
from credhub.store.tables import credential_form
from credhub.store.unit import Insert


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCredential:
    """One credential, without its contents.

    Attributes:
        hub: Who issued it.
        credential_id: An internal id (UUIDv7), so rows sort by time of making.
        code: The text of the public code of its permanent address.
        achievement_id: What was achieved.
        achievement_version: By which version of the definition.
        learner_id: By whom.
        supersedes: The credential that this one corrects.
        issued_at: When.
        issued_by: The API key, or the command, that asked for it, when that is known.
    """

    hub: HubNumber
    credential_id: str
    code: str
    achievement_id: str
    achievement_version: int
    learner_id: str
    supersedes: str | None
    issued_at: datetime
    issued_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredForm:
    """One signed form of a credential.

    Attributes:
        hub: Who issued it.
        credential_id: Which credential.
        form: Such as ``eddsa-rdfc-2022``.
        sealed: The signed bytes, sealed with the learner's key; none after erasure.
        log: Where its ledger entry is.
        seq: The number of that entry.
    """

    hub: HubNumber
    credential_id: str
    form: str
    sealed: bytes | None = field(repr=False)
    log: str
    seq: int


_OWN: Final = table.c.hub_id == bindparam("hub")
_BY_CODE: Final = select(table).where(_OWN, table.c.code == bindparam("value"))
_BY_ID: Final = select(table).where(_OWN, table.c.credential_id == bindparam("value"))
_COUNT: Final = select(func.count()).select_from(table).where(_OWN)
_NEWEST_FIRST: Final = (
    select(table).where(_OWN).order_by(table.c.credential_id.desc()).limit(bindparam("limit"))
)
_BEFORE: Final = _NEWEST_FIRST.where(table.c.credential_id < bindparam("before"))


class Credentials:
    """The table ``credential``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_code(self, hub: HubNumber, code: str) -> StoredCredential | None:
        """Find a credential by its public code."""
        return self._one(_BY_CODE, hub, code)

    def by_id(self, hub: HubNumber, credential_id: str) -> StoredCredential | None:
        """Find a credential by its internal id."""
        return self._one(_BY_ID, hub, credential_id)

    def page(
        self, hub: HubNumber, *, before: str | None = None, limit: int = 100
    ) -> tuple[StoredCredential, ...]:
        """List credentials, newest first.

        Args:
            hub: Whose credentials.
            before: The last internal id of the page before; nothing for the first page.
            limit: How many at most.
        """
        values: dict[str, object] = {"hub": hub, "limit": limit}
        statement = _NEWEST_FIRST
        if before is not None:
            statement, values["before"] = _BEFORE, before
        return tuple(map(credential_of, self._connection.execute(statement, values).mappings()))

    def count(self, hub: HubNumber) -> int:
        """Count the credentials of a hub."""
        count: int = self._connection.execute(_COUNT, {"hub": hub}).scalar_one()
        return count

    def _one(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, value: str
    ) -> StoredCredential | None:
        values = {"hub": hub, "value": value}
        row = self._connection.execute(statement, values).mappings().one_or_none()
        return None if row is None else credential_of(row)


def insert_of(credential: StoredCredential) -> Insert:
    """Record a credential; its forms go into the same unit."""
    values = {
        "hub_id": credential.hub,
        "credential_id": credential.credential_id,
        "code": credential.code,
        "achievement_id": credential.achievement_id,
        "achievement_version": credential.achievement_version,
        "learner_id": credential.learner_id,
        "supersedes": credential.supersedes,
        "issued_ms": to_ms(credential.issued_at),
        "issued_by": credential.issued_by,
    }
    return Insert(table=table, values=values)


def insert_form_of(
    hub: HubNumber, *, credential_id: str, form: str, sealed: bytes, entry: int
) -> Insert:
    """Record one signed form together with the ledger entry that commits to it."""
    values = {
        "hub_id": hub,
        "credential_id": credential_id,
        "form": form,
        "sealed": sealed,
    }
    return Insert(table=credential_form, values=values, entry=entry)


def credential_of(row: RowMapping) -> StoredCredential:
    """Read a row that has the columns of a credential."""
    return StoredCredential(
        hub=HubNumber(row["hub_id"]),
        credential_id=row["credential_id"],
        code=row["code"],
        achievement_id=row["achievement_id"],
        achievement_version=row["achievement_version"],
        learner_id=row["learner_id"],
        supersedes=row["supersedes"],
        issued_at=from_ms(row["issued_ms"]),
        issued_by=row["issued_by"],
    )


def form_of(row: RowMapping) -> StoredForm:
    """Read a row that has the columns of a form."""
    return StoredForm(
        hub=HubNumber(row["hub_id"]),
        credential_id=row["credential_id"],
        form=row["form"],
        sealed=row["sealed"],
        log=row["log"],
        seq=row["seq"],
    )
