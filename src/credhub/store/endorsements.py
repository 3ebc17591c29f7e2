"""Endorsements by the partners of hubs: every change of them, never changed and never removed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, select

from credhub.ledger.endorsement_events import ChangedBy, EndorsementChange
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, from_ms_or_none, to_ms
from credhub.store.tables import endorsement_change as table
from credhub.store.unit import Insert

HUB_ITSELF: Final = ("", 0)
"""What stands for an achievement and its version where the hub is endorsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEndorsement:
    """One endorsement with its end, if it was withdrawn.

    Attributes:
        version: Counts the changes of a hub, from one.
        document: The exact bytes that the partner signed, or the confirmation.
        endorser: The DID of the partner.
        achievement_id: What is endorsed; empty for the hub itself.
        achievement_version: Which version of it; zero for the hub.
    """

    hub: HubNumber
    version: int
    change: EndorsementChange
    endorsement_id: str
    document: bytes
    digest: bytes
    endorser: str
    achievement_id: str
    achievement_version: int
    received_at: datetime
    log: str
    seq: int
    withdrawn_at: datetime | None = None
    withdrawn_by: ChangedBy | None = None
    sealed_reason: bytes | None = field(default=None, repr=False)


_END: Final = table.alias("withdrawn")
_ALL: Final = (
    select(
        table,
        _END.c.changed_ms.label("withdrawn_ms"),
        _END.c.changed_by.label("withdrawn_by"),
        _END.c.sealed_reason.label("withdrawn_reason"),
    )
    .outerjoin(
        _END,
        (_END.c.hub_id == table.c.hub_id)
        & (_END.c.endorsement_id == table.c.endorsement_id)
        & (_END.c.change == EndorsementChange.WITHDRAWN.value),
    )
    .where(
        table.c.hub_id == bindparam("hub"),
        table.c.change != EndorsementChange.WITHDRAWN.value,
    )
    .order_by(table.c.version)
)
_NEWEST: Final = (
    select(table.c.version)
    .where(table.c.hub_id == bindparam("hub"))
    .order_by(table.c.version.desc())
    .limit(1)
)
_BY_ID: Final = _ALL.where(table.c.endorsement_id == bindparam("endorsement"))
_BY_DIGEST: Final = _ALL.where(table.c.digest == bindparam("digest"))
_STANDING: Final = (
    _ALL.where(table.c.achievement_id == bindparam("achievement"), _END.c.version.is_(None))
    .order_by(None)
    .order_by(table.c.version.desc())
    .limit(bindparam("limit"))
)
_STANDING_OF_PARTNER: Final = _STANDING.where(
    table.c.achievement_version == bindparam("of"), table.c.endorser == bindparam("endorser")
)
_PAGE: Final = (
    _ALL.where(table.c.endorsement_id > bindparam("after"))
    .order_by(None)
    .order_by(table.c.endorsement_id)
    .limit(bindparam("limit"))
)
_PAGE_OF_PARTNER: Final = _PAGE.where(table.c.endorser == bindparam("endorser"))


class Endorsements:
    """The table ``endorsement_change``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest_version(self, hub: HubNumber) -> int:
        """Say how many changes there were."""
        return self._connection.execute(_NEWEST, {"hub": hub}).scalar() or 0

    def by_id(self, hub: HubNumber, endorsement_id: str) -> StoredEndorsement | None:
        """Find one, withdrawn or not."""
        return next(iter(self._rows(_BY_ID, hub=hub, endorsement=endorsement_id)), None)

    def by_digest(self, hub: HubNumber, digest: bytes) -> StoredEndorsement | None:
        """Find one by the digest of its bytes, withdrawn or not."""
        return next(iter(self._rows(_BY_DIGEST, hub=hub, digest=digest)), None)

    def standing(
        self, hub: HubNumber, achievement_id: str, *, limit: int
    ) -> tuple[StoredEndorsement, ...]:
        """List those of an achievement, or of the hub, that are not withdrawn, newest first."""
        return self._rows(_STANDING, hub=hub, achievement=achievement_id, limit=limit)

    def stands(self, hub: HubNumber, achievement_id: str, version: int, *, endorser: str) -> bool:
        """Say whether one of a partner about one version is not withdrawn."""
        values = {"achievement": achievement_id, "of": version, "endorser": endorser, "limit": 1}
        return bool(self._rows(_STANDING_OF_PARTNER, hub=hub, **values))

    def page(
        self, hub: HubNumber, *, after: str, limit: int, endorser: str | None = None
    ) -> tuple[StoredEndorsement, ...]:
        """List a part of all, withdrawn or not, by their ids; of all partners or of one."""
        if endorser is None:
            return self._rows(_PAGE, hub=hub, after=after, limit=limit)
        return self._rows(_PAGE_OF_PARTNER, hub=hub, after=after, limit=limit, endorser=endorser)

    def _rows(
        self, statement: Select[*tuple[Any, ...]], **values: object
    ) -> tuple[StoredEndorsement, ...]:
        return tuple(map(_endorsement_of, self._connection.execute(statement, values).mappings()))


def insert_of(  # noqa: PLR0913 - the columns of one row
    hub: HubNumber,
    *,
    version: int,
    change: EndorsementChange,
    endorsement_id: str,
    document: bytes | None,
    digest: bytes,
    endorser: str,
    achievement_id: str,
    achievement_version: int,
    changed_by: ChangedBy,
    sealed_reason: bytes | None,
    changed_at: datetime,
    entry: int,
) -> Insert:
    """Record a change together with its ledger entry.

    The version after the newest one: of two changes at once, one gets a ConflictError.
    """
    values = {
        "hub_id": hub,
        "version": version,
        "change": change.value,
        "endorsement_id": endorsement_id,
        "document": document,
        "digest": digest,
        "endorser": endorser,
        "achievement_id": achievement_id,
        "achievement_version": achievement_version,
        "changed_by": changed_by.value,
        "sealed_reason": sealed_reason,
        "changed_ms": to_ms(changed_at),
    }
    return Insert(table=table, values=values, entry=entry)


def _endorsement_of(row: RowMapping) -> StoredEndorsement:
    by = row["withdrawn_by"]
    return StoredEndorsement(
        hub=HubNumber(row["hub_id"]),
        version=row["version"],
        change=EndorsementChange(row["change"]),
        endorsement_id=row["endorsement_id"],
        document=row["document"],
        digest=row["digest"],
        endorser=row["endorser"],
        achievement_id=row["achievement_id"],
        achievement_version=row["achievement_version"],
        received_at=from_ms(row["changed_ms"]),
        log=row["log"],
        seq=row["seq"],
        withdrawn_at=from_ms_or_none(row["withdrawn_ms"]),
        withdrawn_by=None if by is None else ChangedBy(by),
        sealed_reason=row["withdrawn_reason"],
    )
