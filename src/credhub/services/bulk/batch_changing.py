"""Do one part of a batch of changes: every row by itself, many of them in one transaction.

(1) what the rows ask for is opened; rows of which something became before are left out;
(2) one read transaction finds how their credentials stand;
(3) each change is prepared as a single one is, with its place in the batch beside it;
(4) all are handed to the sequencer before the first is waited for;
(5) those that others changed in that moment are looked at and prepared again;
(6) what became of rows that changed nothing is said, and the part is done.

A kill between any two steps costs nothing, as when a part is issued.
"""

from collections.abc import Sequence
from typing import Final

from credhub.documents.change_rows import ChangeRow
from credhub.errors import (
    CanonicalizationError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.services import changing, correcting, issuing_survey, status_lists
from credhub.services.bulk import batch_issuing, batch_rounds, bulk_changes, bulk_corrections
from credhub.services.bulk.part_rows import OF_CHANGES, failed, open_rows, skipped
from credhub.services.changing import Changeable
from credhub.services.issuing_survey import Ground
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.store import batch_results
from credhub.store.batch_queue import Chunk
from credhub.store.batch_results import Outcome, RowResult
from credhub.store.batches import BatchKind, StoredBatch
from credhub.store.unit import Insert, Unit

_OF_THE_ROW: Final = (*OF_CHANGES, CanonicalizationError, VerificationError)
"""Errors that a row fails with, and with which it would fail again."""


def change_chunk(resources: Resources, chunk: Chunk) -> None:
    """Do the changes of a part that was taken. What ended meanwhile is left as it is.

    Raises:
        CredhubError: It could not be done now. Nothing of what was done is lost.
    """
    keys = resources.keyring.of(chunk.hub)
    with resources.store.read() as tx:
        batch = tx.batches.by_id(chunk.hub, chunk.batch_id)
        sealed = tx.batch_queue.rows_of(chunk)
    told: list[RowResult] = []
    if batch is not None:
        waiting, told = open_rows(keys, batch, sealed, _read_row)  # (1)
        batch_rounds.settle(
            chunk,
            waiting,
            lambda rows: _round(resources, keys, batch, rows, told),
            lambda row, error: told.append(failed(row.row, error)),
        )
    batch_issuing.finish(resources, chunk, told)  # (6)


def _read_row(document: JsonObject, row: int) -> ChangeRow:
    return ChangeRow.of_document(document, row=row)


def _round(
    resources: Resources,
    keys: HubKeys,
    batch: StoredBatch,
    rows: Sequence[ChangeRow],
    told: list[RowResult],
) -> list[ChangeRow]:
    """Do steps (2) to (4), and give the rows to be tried again (5)."""
    with resources.store.read() as tx:  # (2)
        now = tx.batches.by_id(batch.hub, batch.batch_id)
        if now is None or not now.is_open:
            return []  # Cancelled: whatever is not recorded yet never is.
        records = tx.standings.by_ids(batch.hub, {row.credential for row in rows})
        around = bulk_changes.others(tx, keys.hub, batch.kind, records.values())
    submitted, again = [], []
    for row in rows:
        record = records.get(row.credential)
        if bulk_corrections.says_nothing(batch.kind, row.claims):
            told.append(skipped(row.row, row.credential))
            continue
        try:
            found = changing.opened(keys, record)
            is_needed = _is_needed(resources, batch, row, found, around)
            unit = _prepared(resources, keys, batch, row, found) if is_needed else None  # (3)
        except _OF_THE_ROW as error:
            named = None if record is None else row.credential
            told.append(failed(row.row, error, credential_id=named))
            continue
        if not is_needed:
            told.append(skipped(row.row, row.credential))
        elif unit is None:
            again.append(row)
        else:
            submitted.append((row, unit))
    return again + batch_issuing.submit(resources, submitted)


def _is_needed(
    resources: Resources,
    batch: StoredBatch,
    row: ChangeRow,
    found: Changeable,
    around: bulk_changes.Others,
) -> bool:
    if batch.kind is BatchKind.CORRECTION:
        with resources.store.read() as tx:
            return bool(bulk_corrections.wrong(resources, tx, found, row.claims))
    return bulk_changes.is_needed(batch.kind, found, around)


def _prepared(
    resources: Resources, keys: HubKeys, batch: StoredBatch, row: ChangeRow, found: Changeable
) -> Unit | None:
    """Prepare what is recorded for a row; nothing when another status list was opened first."""
    if batch.kind in {BatchKind.REISSUE, BatchKind.CORRECTION}:
        return _reissued(resources, keys, batch, row, found)
    result = batch_results.insert_of(
        batch.hub,
        batch.batch_id,
        row=row.row,
        credential_id=row.credential,
        outcome=Outcome.CHANGED,
    )
    return changing.unit_of(
        resources,
        found,
        bulk_changes.NEW[batch.kind],
        actor=batch.actor,
        reason=row.reason,
        records=(result,),
    )


def _reissued(
    resources: Resources, keys: HubKeys, batch: StoredBatch, row: ChangeRow, found: Changeable
) -> Unit | None:
    credential = found.credential
    with resources.store.read() as tx:
        ground = issuing_survey.ground_of(
            resources, tx, batch.hub, credential.achievement_id, correcting.learner_of(found)
        )
    if not isinstance(ground, Ground):
        status_lists.open_next(resources, keys.hub, ground.purpose)
        return None

    def records(new: str) -> tuple[Insert, ...]:
        named = (batch.hub, batch.batch_id)
        return (batch_results.insert_of(*named, row=row.row, credential_id=new),)

    replacement = correcting.prepare(
        resources,
        keys,
        found,
        bulk_corrections.corrected(correcting.claimed_by(resources, credential), row.claims),
        ground,
        records,
        actor=batch.actor,
        reason=row.reason,
    )
    return replacement.unit
