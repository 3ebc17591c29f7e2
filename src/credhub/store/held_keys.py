"""Keys of learners that stay until what was sealed with them is recorded.

Erasure is the removal of a learner's key. A unit that was prepared before it must not be recorded
after it: nobody could ever open it, and it would be about somebody who asked to be forgotten.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, select

from credhub.errors import ConflictError
from credhub.store.hubs import HubNumber
from credhub.store.tables import learner_key
from credhub.store.unit import Unit

# In one order, so that two who hold several never wait for one another.
_HOLD: Final = (
    select(learner_key.c.learner_id)
    .where(
        learner_key.c.hub_id == bindparam("hub"),
        learner_key.c.learner_id.in_(bindparam("values", expanding=True)),
    )
    .order_by(learner_key.c.learner_id)
    .with_for_update(key_share=True, read=True)
)


def hold(connection: Connection, units: Iterable[Unit]) -> None:
    """Keep the keys that entries of units were sealed with until the transaction ends.

    Raises:
        ConflictError: A learner was erased since.
    """
    wanted: defaultdict[HubNumber, set[str]] = defaultdict(set)
    new: set[tuple[object, object]] = set()
    for unit in units:
        wanted[unit.hub].update(
            entry.opening.learner_id
            for entry in unit.entries
            if entry.opening is not None and entry.opening.learner_id is not None
        )
        new.update(
            (unit.hub, row.values["learner_id"]) for row in unit.inserts if row.table is learner_key
        )
    for hub, learners in sorted(wanted.items()):
        known = sorted(it for it in learners if (hub, it) not in new)
        if known and len(_held(connection, hub, known)) != len(known):
            raise ConflictError(learner_key.name)


def _held(connection: Connection, hub: HubNumber, learners: list[str]) -> list[str]:
    values = {"hub": hub, "values": learners}
    return list(connection.execute(_HOLD, values).scalars())
