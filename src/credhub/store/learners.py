"""Learners: the people that credentials are about. Nothing here is readable without a key."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.bulk import Rows
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import learner as table
from credhub.store.tables import learner_key
from credhub.store.unit import Insert


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLearner:
    """One learner of a hub.

    Attributes:
        hub: Whose learner it is.
        learner_id: An internal id, shown to the hub alone.
        sealed_profile: Name and addresses, sealed with the learner's key.
        external_id_hmac: Finds the learner by the hub's own id; unique in the hub.
        email_hmac: Finds the learner by e-mail address.
        created_at: When the hub first named the learner.
    """

    hub: HubNumber
    learner_id: str
    sealed_profile: bytes = field(repr=False)
    external_id_hmac: bytes | None
    email_hmac: bytes | None
    created_at: datetime


_OWN: Final = table.c.hub_id == bindparam("hub")
_BY_ID: Final = select(table).where(_OWN, table.c.learner_id == bindparam("value"))
_BY_EXTERNAL_IDS: Final = select(table).where(
    _OWN, table.c.external_id_hmac.in_(bindparam("values", expanding=True))
)
_BY_EMAILS: Final = (
    select(table)
    .where(_OWN, table.c.email_hmac.in_(bindparam("values", expanding=True)))
    .order_by(table.c.created_ms, table.c.learner_id)
)
_WRAPPED_KEYS: Final = select(learner_key).where(
    learner_key.c.hub_id == bindparam("hub"),
    learner_key.c.learner_id.in_(bindparam("values", expanding=True)),
)
_WRAPPED_KEY: Final = select(learner_key.c.wrapped_key).where(
    learner_key.c.hub_id == bindparam("hub"), learner_key.c.learner_id == bindparam("value")
)
_RELEASE: Final = (
    update(table)
    .where(
        table.c.hub_id == bindparam("of_hub"),
        table.c.external_id_hmac.in_(bindparam("values", expanding=True)),
        ~exists().where(
            learner_key.c.hub_id == table.c.hub_id, learner_key.c.learner_id == table.c.learner_id
        ),
    )
    .values(external_id_hmac=None, email_hmac=None)
)


class Learners:
    """The tables ``learner`` and ``learner_key``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, learner: StoredLearner, wrapped_key: bytes) -> None:
        """Add a learner and the key that everything about them is sealed with.

        Raises:
            ConflictError: The hub has a learner with this id or external id.
        """
        for row in inserts_of(learner, wrapped_key):
            try:
                self._connection.execute(insert(row.table), dict(row.values))
            except IntegrityError as error:
                raise ConflictError(row.table.name) from error

    def insert_all(self, rows: Iterable[Insert]) -> None:
        """Add many learners with their keys, as ``inserts_of`` gives them.

        Raises:
            ConflictError: The hub has a learner with one of these external ids.
        """
        collected = Rows()
        for row in rows:
            collected.add(row.table, row.values)
        try:
            for added in (table, learner_key):
                collected.insert(self._connection, added)
        except IntegrityError as error:
            raise ConflictError(table.name) from error

    def by_id(self, hub: HubNumber, learner_id: str) -> StoredLearner | None:
        """Find a learner by id."""
        values = {"hub": hub, "value": learner_id}
        row = self._connection.execute(_BY_ID, values).mappings().one_or_none()
        return None if row is None else _learner_of(row)

    def by_external_ids(
        self, hub: HubNumber, hmacs: Collection[bytes]
    ) -> tuple[StoredLearner, ...]:
        """Find the learners of several external ids."""
        return self._several(_BY_EXTERNAL_IDS, hub, hmacs)

    def by_emails(self, hub: HubNumber, hmacs: Collection[bytes]) -> tuple[StoredLearner, ...]:
        """Find the learners of several e-mail addresses, oldest first."""
        return self._several(_BY_EMAILS, hub, hmacs)

    def wrapped_keys(self, hub: HubNumber, learner_ids: Collection[str]) -> Mapping[str, bytes]:
        """Read the keys of several learners, without those who were erased."""
        if not learner_ids:
            return {}
        values = {"hub": hub, "values": list(learner_ids)}
        rows = self._connection.execute(_WRAPPED_KEYS, values)
        return {row.learner_id: row.wrapped_key for row in rows}

    def wrapped_key(self, hub: HubNumber, learner_id: str) -> bytes | None:
        """Read a learner's key, sealed with the hub's; none when the learner was erased."""
        values = {"hub": hub, "value": learner_id}
        key: bytes | None = self._connection.execute(_WRAPPED_KEY, values).scalar_one_or_none()
        return key

    def release_erased(self, hub: HubNumber, external_id_hmacs: Collection[bytes]) -> None:
        """Let external ids of learners who were erased belong to nobody."""
        values = {"of_hub": hub, "values": list(external_id_hmacs)}
        self._connection.execute(_RELEASE, values)

    def _several(
        self, statement: Select[*tuple[Any, ...]], hub: HubNumber, hmacs: Collection[bytes]
    ) -> tuple[StoredLearner, ...]:
        if not hmacs:
            return ()
        values = {"hub": hub, "values": list(hmacs)}
        return tuple(map(_learner_of, self._connection.execute(statement, values).mappings()))


def inserts_of(learner: StoredLearner, wrapped_key: bytes) -> tuple[Insert, Insert]:
    """Record a learner together with their first credential."""
    values = {
        "hub_id": learner.hub,
        "learner_id": learner.learner_id,
        "sealed_profile": learner.sealed_profile,
        "external_id_hmac": learner.external_id_hmac,
        "email_hmac": learner.email_hmac,
        "created_ms": to_ms(learner.created_at),
    }
    key = {
        "hub_id": learner.hub,
        "learner_id": learner.learner_id,
        "wrapped_key": wrapped_key,
    }
    return Insert(table=table, values=values), Insert(table=learner_key, values=key)


def _learner_of(row: RowMapping) -> StoredLearner:
    return StoredLearner(
        hub=HubNumber(row["hub_id"]),
        learner_id=row["learner_id"],
        sealed_profile=row["sealed_profile"],
        external_id_hmac=row["external_id_hmac"],
        email_hmac=row["email_hmac"],
        created_at=from_ms(row["created_ms"]),
    )
