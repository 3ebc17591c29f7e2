"""Who is in a cohort. What is known of them is sealed with their own keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.batches import BatchKind
from credhub.store.bulk import insert_values
from credhub.store.change_conditions import WOULD_CHANGE
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import from_ms, to_ms
from credhub.store.tables import cohort_learner as table
from credhub.store.tables import credential, learner_key


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLearner:
    """One learner of one cohort.

    Attributes:
        place: Counts from 1 in the order in which they came; never given twice.
        version: Counts the changes of what is known, from 1.
        sealed: What is known, sealed with the learner's key.
        wrapped_key: That key, sealed with the hub's; none when the learner was erased.
    """

    hub: HubNumber
    cohort_id: str
    place: int
    learner_id: str
    version: int
    sealed: bytes = field(repr=False)
    added_at: datetime
    wrapped_key: bytes | None = field(default=None, repr=False)


_COLUMNS: Final = ("hub_id", "cohort_id", "place", "learner_id", "version", "sealed", "added_ms")
_OWN: Final = (table.c.hub_id == bindparam("hub"), table.c.cohort_id == bindparam("cohort"))
_WITH_KEYS: Final = (
    select(table, learner_key.c.wrapped_key)
    .select_from(
        table.outerjoin(
            learner_key,
            and_(
                learner_key.c.hub_id == table.c.hub_id,
                learner_key.c.learner_id == table.c.learner_id,
            ),
        )
    )
    .where(*_OWN)
)
_ONE: Final = _WITH_KEYS.where(table.c.learner_id == bindparam("learner"))
_PAGE: Final = (
    _WITH_KEYS.where(table.c.place > bindparam("after"))
    .order_by(table.c.place)
    .limit(bindparam("limit"))
)
_PLACES: Final = _WITH_KEYS.where(table.c.place.in_(bindparam("places", expanding=True))).order_by(
    table.c.place
)
_LAST: Final = select(func.coalesce(func.max(table.c.place), 0), func.count()).where(*_OWN)
_LEARNERS: Final = select(table.c.learner_id, table.c.place).where(*_OWN)
_HELD: Final = select(credential.c.learner_id, credential.c.achievement_id).where(
    credential.c.hub_id == bindparam("hub"),
    credential.c.achievement_id.in_(bindparam("achievements", expanding=True)),
    credential.c.learner_id.in_(select(table.c.learner_id).where(*_OWN)),
    # What a suspension would change stands: it is neither suspended nor revoked.
    WOULD_CHANGE[BatchKind.SUSPENSION],
)


class CohortLearners:
    """The table ``cohort_learner``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def extent(self, hub: HubNumber, cohort_id: str) -> tuple[int, int]:
        """Give the last place of a cohort, and how many learners it has."""
        row = self._connection.execute(_LAST, {"hub": hub, "cohort": cohort_id}).one()
        return int(row[0]), int(row[1])

    def places(self, hub: HubNumber, cohort_id: str) -> Mapping[str, int]:
        """Give the place of each learner of a cohort."""
        rows = self._connection.execute(_LEARNERS, {"hub": hub, "cohort": cohort_id})
        return {row.learner_id: row.place for row in rows}

    def add(self, learners: Sequence[CohortLearner]) -> None:
        """Add learners to a cohort that is locked.

        Raises:
            ConflictError: One of them is in it, or is no learner of the hub.
        """
        values = [
            (
                it.hub,
                it.cohort_id,
                it.place,
                it.learner_id,
                it.version,
                it.sealed,
                to_ms(it.added_at),
            )
            for it in learners
        ]
        try:
            insert_values(self._connection, table, _COLUMNS, values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error

    def one(self, hub: HubNumber, cohort_id: str, learner_id: str) -> CohortLearner | None:
        """Find one learner of a cohort."""
        values = {"hub": hub, "cohort": cohort_id, "learner": learner_id}
        row = self._connection.execute(_ONE, values).mappings().one_or_none()
        return None if row is None else _learner_of(row)

    def page(
        self, hub: HubNumber, cohort_id: str, *, after: int, limit: int
    ) -> tuple[CohortLearner, ...]:
        """List learners of a cohort in their order."""
        values = {"hub": hub, "cohort": cohort_id, "after": after, "limit": limit}
        return tuple(map(_learner_of, self._connection.execute(_PAGE, values).mappings()))

    def at(
        self, hub: HubNumber, cohort_id: str, places: Collection[int]
    ) -> tuple[CohortLearner, ...]:
        """List the learners who have these places, in their order."""
        values = {"hub": hub, "cohort": cohort_id, "places": list(places)}
        return tuple(map(_learner_of, self._connection.execute(_PLACES, values).mappings()))

    def change(self, learner: CohortLearner) -> bool:
        """Write what is known of a learner now; say no when somebody else wrote it."""
        changed = (
            update(table)
            .where(
                table.c.hub_id == learner.hub,
                table.c.cohort_id == learner.cohort_id,
                table.c.learner_id == learner.learner_id,
                table.c.version == learner.version - 1,
            )
            .values(version=learner.version, sealed=learner.sealed)
        )
        return self._connection.execute(changed).rowcount == 1

    def holding(
        self, hub: HubNumber, cohort_id: str, achievement_ids: Collection[str]
    ) -> Mapping[str, frozenset[str]]:
        """Give by learner of a cohort those of some achievements of which a credential stands."""
        if not achievement_ids:
            return {}
        values = {"hub": hub, "cohort": cohort_id, "achievements": list(achievement_ids)}
        held: dict[str, set[str]] = {}
        for row in self._connection.execute(_HELD, values):
            held.setdefault(row.learner_id, set()).add(row.achievement_id)
        return {learner: frozenset(several) for learner, several in held.items()}


def _learner_of(row: RowMapping) -> CohortLearner:
    return CohortLearner(
        hub=HubNumber(row["hub_id"]),
        cohort_id=row["cohort_id"],
        place=row["place"],
        learner_id=row["learner_id"],
        version=row["version"],
        sealed=row["sealed"],
        added_at=from_ms(row["added_ms"]),
        wrapped_key=row["wrapped_key"],
    )
