"""What became of the rows of batches. What a row gave or changed stays; the rest may go.

What is said outlives the learner's key, so nothing of it says who anybody is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, select
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.store.bulk import insert_values
from credhub.store.hubs import HubNumber
from credhub.store.tables import batch_result as table
from credhub.store.tables import credential
from credhub.store.unit import Insert


class Outcome(StrEnum):
    """What became of one row: a new credential, a change of one, nothing new, or nothing."""

    ISSUED = "issued"
    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one row.

    Attributes:
        credential_id: The credential that it gave, or that it is about.
        code: Why it failed, for software.
        detail: Why it failed, in one sentence without anybody's data.
    """

    row: int
    outcome: Outcome
    credential_id: str | None = None
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedResult:
    """What became of one row, with the public code of its credential."""

    result: RowResult
    public_code: str | None


_RESULTS: Final = (
    select(table, credential.c.code.label("public_code"))
    .outerjoin(
        credential,
        (credential.c.hub_id == table.c.hub_id)
        & (credential.c.credential_id == table.c.credential_id),
    )
    .where(
        table.c.hub_id == bindparam("hub"),
        table.c.batch_id == bindparam("batch"),
        table.c.row > bindparam("after"),
    )
    .order_by(table.c.row)
    .limit(bindparam("limit"))
)
_CREDENTIALS: Final = (
    select(table.c.row, table.c.credential_id)
    .where(
        table.c.hub_id == bindparam("hub"),
        table.c.batch_id == bindparam("batch"),
        table.c.row > bindparam("after"),
        table.c.credential_id.is_not(None),
    )
    .order_by(table.c.row)
    .limit(bindparam("limit"))
)
_RESULT: Final = ("hub_id", "batch_id", "row", "outcome", "credential_id", "code", "detail")


class BatchResults:
    """The table ``batch_result``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, hub: HubNumber, batch_id: str, *, after: int, limit: int
    ) -> tuple[ListedResult, ...]:
        """List what became of rows, in the order of their numbers."""
        values = {"hub": hub, "batch": batch_id, "after": after, "limit": limit}
        return tuple(map(_listed, self._connection.execute(_RESULTS, values).mappings()))

    def credentials(
        self, hub: HubNumber, batch_id: str, *, after: int, limit: int
    ) -> tuple[tuple[int, str], ...]:
        """List rows that have a credential, in the order of their numbers."""
        values = {"hub": hub, "batch": batch_id, "after": after, "limit": limit}
        rows = self._connection.execute(_CREDENTIALS, values)
        return tuple((row.row, row.credential_id) for row in rows)

    def add(self, hub: HubNumber, batch_id: str, results: Iterable[RowResult]) -> None:
        """Say what became of rows that gave no new credential.

        Raises:
            ConflictError: Another worker said so before, or the batch has ended.
        """
        values = [
            (hub, batch_id, it.row, it.outcome.value, it.credential_id, it.code, it.detail)
            for it in results
        ]
        try:
            insert_values(self._connection, table, _RESULT, values)
        except IntegrityError as error:
            raise ConflictError(table.name) from error


def insert_of(
    hub: HubNumber,
    batch_id: str,
    *,
    row: int,
    credential_id: str,
    outcome: Outcome = Outcome.ISSUED,
) -> Insert:
    """Say what a row gave, or changed, in the unit that records the credential or its change."""
    values = {
        "hub_id": hub,
        "batch_id": batch_id,
        "row": row,
        "outcome": outcome.value,
        "credential_id": credential_id,
    }
    return Insert(table=table, values=values)


def _listed(row: RowMapping) -> ListedResult:
    result = RowResult(
        row=row["row"],
        outcome=Outcome(row["outcome"]),
        credential_id=row["credential_id"],
        code=row["code"],
        detail=row["detail"],
    )
    return ListedResult(result=result, public_code=row["public_code"])
