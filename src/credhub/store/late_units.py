"""Units that come too late: another one has the place in a status list that they were prepared for.

Whoever draws places sees what was recorded by then, and two who prepare some hundred credentials at
once do draw one place twice. A unit like that would fail the transaction that it shares.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, cast

from sqlalchemy import Connection

from credhub.store.hubs import HubNumber
from credhub.store.status import Status
from credhub.store.tables import status_entry
from credhub.store.unit import Unit

FEWEST: Final = 32
"""So many units are worth a query. Fewer hardly ever meet, and are written again by halves."""


def late_among(connection: Connection, units: Sequence[Unit]) -> frozenset[int]:
    """Say which of these units, by their position, cannot be recorded as they are.

    Where writers wait for one another the answer holds until the transaction ends.
    """
    if len(units) < FEWEST:
        return frozenset()
    late: set[int] = set()
    wanted = defaultdict[tuple[HubNumber, int], dict[int, int]](dict)
    for position, unit in enumerate(units):
        for row in unit.inserts:
            if row.table is status_entry:
                places = wanted[unit.hub, cast("int", row.values["list"])]
                if places.setdefault(cast("int", row.values["idx"]), position) != position:
                    late.add(position)
    for (hub, number), places in wanted.items():
        taken = Status(connection).taken(hub, number, places)
        late.update(places[index] for index in taken)
    return frozenset(late)
