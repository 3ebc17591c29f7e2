"""Issue one part of a batch: every row by itself, many of them in one transaction.

(1) what the rows ask for is opened; rows of which something became before are left out;
(2) one read transaction finds what the others need;
(3) each is prepared as a single credential is, with its place in the batch beside it;
(4) some are handed to the sequencer before the first of them is waited for, then the next;
(5) rows of which others took something are surveyed and prepared again;
(6) what became of rows without a new credential is said, and the part is done.

A kill between any two steps costs nothing: a row is done when its credential is, in one
transaction, and until (6) the part goes to another worker when its time is over.
"""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from credhub.documents.rows import kept
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import (
    CanonicalizationError,
    ConflictError,
    CredhubError,
    InvalidClaimError,
    RecordDamagedError,
    RowKeyReusedError,
    VerificationError,
)
from credhub.jsontypes import JsonObject
from credhub.services import learners, preparing, status_lists
from credhub.services.bulk import batch_rounds, batch_survey
from credhub.services.bulk.batch_survey import FoundRow, Survey
from credhub.services.bulk.part_rows import failed, open_rows, skipped
from credhub.services.bulk.row_checking import order_of
from credhub.services.issuing_survey import Ground
from credhub.services.keyring import HubKeys
from credhub.services.preparing import Prepared
from credhub.services.resources import Resources
from credhub.store import batch_results
from credhub.store.batch_queue import Chunk
from credhub.store.batch_results import RowResult
from credhub.store.batches import SealedRow, StoredBatch
from credhub.store.unit import Insert, Unit

_Row = TypeVar("_Row")

AT_ONCE: Final = 100
"""So many rows are one transaction: whoever issues a single credential waits for no more."""

_OF_THE_ROW: Final = (InvalidClaimError, CanonicalizationError, VerificationError)
"""Errors that a row fails with, and with which it would fail again."""


def issue_chunk(resources: Resources, chunk: Chunk) -> None:
    """Issue the rows of a part that was taken. What ended meanwhile is left as it is.

    Raises:
        CredhubError: It could not be done now. Nothing of what was done is lost.
    """
    keys = resources.keyring.of(chunk.hub)
    batch, sealed = _read(resources, chunk)
    if batch is None or not batch.is_open:
        return
    waiting, told = open_rows(keys, batch, sealed, _read_row)  # (1)

    def settle_some(rows: Sequence[ReadRow]) -> Sequence[ReadRow]:
        again, more = _round(resources, keys, batch, rows)
        told.extend(more)
        return again

    batch_rounds.settle(
        chunk, waiting, settle_some, lambda row, error: told.append(failed(row.row, error))
    )
    finish(resources, chunk, told)  # (6)


def _read(resources: Resources, chunk: Chunk) -> tuple[StoredBatch | None, tuple[SealedRow, ...]]:
    with resources.store.read() as tx:
        return tx.batches.by_id(chunk.hub, chunk.batch_id), tx.batch_queue.rows_of(chunk)


def _read_row(document: JsonObject, row: int) -> ReadRow:
    return kept.of_document(document, row=row)


def _round(
    resources: Resources, keys: HubKeys, batch: StoredBatch, rows: Sequence[ReadRow]
) -> tuple[list[ReadRow], list[RowResult]]:
    """Do steps (2) to (4) for rows; give those to be tried again, and what became of others.

    Of rows that were issued the result is recorded with the credential.
    """
    with resources.store.read() as tx:
        now = tx.batches.by_id(batch.hub, batch.batch_id)
        if now is None or not now.is_open:
            return [], []  # Cancelled: whatever is not recorded yet never is.
        found = batch_survey.survey(resources, tx, keys, batch.achievement, rows)
    if not isinstance(found, Survey):
        status_lists.open_next(resources, keys.hub, found)
        return list(rows), []
    told = [skipped(row.row, made) for row, made in found.before]
    told += [failed(row.row, RowKeyReusedError()) for row in found.reused]
    told += [failed(row.row, RecordDamagedError()) for row in found.damaged]
    again: list[ReadRow] = []
    for start in range(0, len(found.new), AT_ONCE):
        some = found.new[start : start + AT_ONCE]
        submitted, more = _prepared_all(resources, keys, batch, found, some)  # (3)
        again += submit(resources, submitted)
        told += more
    if again:
        learners.release_erased(resources, keys, [row.recipient for row in again])
    return again, told


def _prepared_all(
    resources: Resources,
    keys: HubKeys,
    batch: StoredBatch,
    found: Survey,
    rows: Iterable[FoundRow],
) -> tuple[list[tuple[ReadRow, Unit]], list[RowResult]]:
    prepared, told = [], []
    for new in rows:
        try:
            prepared.append((new.row, _prepared(resources, keys, batch, found, new).unit))
        except _OF_THE_ROW as error:
            told.append(failed(new.row.row, error))
    return prepared, told


def _prepared(
    resources: Resources, keys: HubKeys, batch: StoredBatch, found: Survey, new: FoundRow
) -> Prepared:
    ground = Ground(
        achievement=found.achievement,
        learner=new.learner,
        forms=found.forms,
        places=new.places,
    )

    def records(credential_id: str) -> tuple[Insert, ...]:
        return (
            *(name.insert_of(resources, credential_id) for name in new.names),
            batch_results.insert_of(
                batch.hub, batch.batch_id, row=new.row.row, credential_id=credential_id
            ),
        )

    order = order_of(found.achievement.achievement_id, new.row, actor=batch.actor)
    return preparing.prepare(resources, keys, order, ground, records)


def submit(resources: Resources, submitted: Sequence[tuple[_Row, Unit]]) -> list[_Row]:
    """Record units (4), and give the rows of which others took or changed something (5).

    Raises:
        CredhubError: It could not be done now. Nothing of what was done is lost.
    """
    answers = resources.sequencer.submit_all([unit for _, unit in submitted])
    again = []
    for (row, _), answer in zip(submitted, answers, strict=True):
        match answer:
            case ConflictError():
                again.append(row)
            case CredhubError():
                raise answer
            case _:
                pass
    return again


def finish(resources: Resources, chunk: Chunk, told: Sequence[RowResult]) -> None:
    """Say what became of the rows whose result no unit recorded, and that the part is done."""
    now = resources.clock()
    with resources.store.begin() as tx:
        if not tx.batch_queue.lock(chunk):
            return  # Another worker did it too, or the batch was cancelled.
        if told:
            left = {row.row for row in tx.batch_queue.rows_of(chunk)}
            tx.batch_results.add(
                chunk.hub, chunk.batch_id, [result for result in told if result.row in left]
            )
        tx.batch_queue.finish(chunk)
        tx.batches.finish_if_done(chunk.hub, chunk.batch_id, now)
