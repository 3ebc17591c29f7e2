"""How many rows of batches became what: kept in the batch for each part that is done.

Rows of parts that somebody has begun are counted where they are. There are as many of these as
workers, and of each some hundred rows: so no count grows with what was done before.
"""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection, ScalarSelect, bindparam, func, select

from credhub.store.batch_results import Outcome
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch, batch_chunk, batch_result

Counts = Mapping[Outcome, int]

NONE: Final[Counts] = dict.fromkeys(Outcome, 0)


def _within_part(outcome: Outcome) -> ScalarSelect[int]:
    # Not joined: without statistics a database may compare all rows of a batch with all parts.
    return (
        select(func.count())
        .select_from(batch_result)
        .where(
            batch_result.c.hub_id == batch_chunk.c.hub_id,
            batch_result.c.batch_id == batch_chunk.c.batch_id,
            batch_result.c.row.between(batch_chunk.c.first_row, batch_chunk.c.last_row),
            batch_result.c.outcome == outcome.value,
        )
        .correlate(batch_chunk)
        .scalar_subquery()
    )


_UNDER_WAY: Final = select(
    batch_chunk.c.batch_id,
    *(_within_part(outcome).label(outcome.value) for outcome in Outcome),
).where(
    batch_chunk.c.hub_id == bindparam("hub"),
    batch_chunk.c.batch_id.in_(bindparam("batches", expanding=True)),
    # Nobody has begun the others.
    batch_chunk.c.leased_until_ms > 0,
)


def under_way(
    connection: Connection, hub: HubNumber, batch_ids: Collection[str]
) -> Mapping[str, Counts]:
    """Count the rows of parts of some batches that are not done, by what became of them."""
    if not batch_ids:
        return {}
    found = {batch_id: dict(NONE) for batch_id in batch_ids}
    values = {"hub": hub, "batches": list(batch_ids)}
    for row in connection.execute(_UNDER_WAY, values).mappings():
        counted = found[row["batch_id"]]
        for outcome in Outcome:
            counted[outcome] += row[outcome.value]
    return found


def more(counted: Counts) -> dict[str, object]:
    """Add rows to what a batch has counted."""
    return {outcome.value: batch.c[outcome.value] + rows for outcome, rows in counted.items()}
