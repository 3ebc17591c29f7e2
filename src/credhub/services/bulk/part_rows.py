"""The rows of a part: sealed while they wait, and what is said of them for good."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from credhub import jsontypes
from credhub.errors import (
    AlreadyCorrectedError,
    AlreadyRevokedError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialReplacedError,
    CredentialSuspendedError,
    CredhubError,
    InvalidClaimError,
    NotCorrectableError,
    NotSuspendableError,
    RecordDamagedError,
    ReplacedOtherwiseError,
    RowKeyReusedError,
    UnsealError,
)
from credhub.jsontypes import JsonObject
from credhub.keys.sealing import seal, unseal
from credhub.services.bulk.row_checking import reason_of
from credhub.services.keyring import HubKeys
from credhub.services.sealed import batch_row_context
from credhub.store.batch_results import Outcome, RowResult
from credhub.store.batches import SealedRow, StoredBatch

_Row = TypeVar("_Row")

OF_CHANGES: Final = (
    AlreadyCorrectedError,
    AlreadyRevokedError,
    CredentialErasedError,
    CredentialNotFoundError,
    CredentialReplacedError,
    CredentialSuspendedError,
    InvalidClaimError,
    NotCorrectableError,
    NotSuspendableError,
    RecordDamagedError,
    ReplacedOtherwiseError,
)
"""Errors that a change of one credential ends with, and would end with again."""

_SAYS_NOTHING_OF_CLAIMS: Final = (*OF_CHANGES, ContendedError, RowKeyReusedError)
"""Errors whose sentences name members and never their values."""


def seal_row(keys: HubKeys, batch_id: str, row: int, document: JsonObject) -> SealedRow:
    """Seal what a row asks for, for as long as it waits."""
    context = batch_row_context(keys.hub.number, batch_id, row)
    return SealedRow(
        row=row, sealed=seal(keys.secret, jsontypes.canonical(document), context=context)
    )


def open_rows(
    keys: HubKeys,
    batch: StoredBatch,
    rows: Iterable[SealedRow],
    read: Callable[[JsonObject, int], _Row],
) -> tuple[list[_Row], list[RowResult]]:
    """Open rows of which nothing became yet.

    Args:
        keys: Those of the hub.
        batch: Whose rows they are.
        rows: As they wait.
        read: Reads what a row of this number asks for; raises InvalidClaimError if a newer version
            of us does not take it any more.

    Returns:
        Those that could be read, and what is said of the others.
    """
    opened, told = [], []
    for row in rows:
        context = batch_row_context(batch.hub, batch.batch_id, row.row)
        try:
            document = jsontypes.parse_object(unseal(keys.secret, row.sealed, context=context))
            opened.append(read(document, row.row))
        except UnsealError:
            told.append(failed(row.row, RecordDamagedError()))
        except InvalidClaimError as error:
            told.append(failed(row.row, error))
    return opened, told


def skipped(row: int, credential_id: str) -> RowResult:
    """Say that a row asked for what is there."""
    return RowResult(row=row, outcome=Outcome.SKIPPED, credential_id=credential_id)


def failed(row: int, error: CredhubError, *, credential_id: str | None = None) -> RowResult:
    """Say why a row failed, for good: without what it claims, which may have to be erased."""
    return RowResult(
        row=row,
        outcome=Outcome.FAILED,
        credential_id=credential_id,
        code=error.code,
        detail=str(error) if isinstance(error, _SAYS_NOTHING_OF_CLAIMS) else reason_of(error),
    )
