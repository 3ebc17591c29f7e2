"""Check the rows of a batch before anything of it is issued, and name what is wrong with them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from credhub.credentials.draft import CredentialDraft
from credhub.documents.batch_rows import BatchRow
from credhub.errors import BatchFault, InvalidClaimError
from credhub.services import row_identity

MOST_FAULTS: Final = 100
"""So many are told; then nobody reads on."""

MOST_ROWS: Final = 50_000

EMPTY: Final = BatchFault(code="no-rows", detail="There is no row.")
TOO_MANY: Final = BatchFault(
    code="too-many-rows", detail="There are too many rows: send several batches."
)
_ANY_ADDRESS: Final = "https://hub.example/c/X"


class RowChecker:
    """Passes rows on that can be issued, and keeps the faults of the others.

    Attributes:
        faults: What was found so far, at most as many as are told.
    """

    def __init__(
        self,
        achievement_id: str,
        *,
        now: datetime,
        most_rows: int = MOST_ROWS,
        most_faults: int = MOST_FAULTS,
    ) -> None:
        self.faults: list[BatchFault] = []
        self._achievement_id = achievement_id
        self._now = now
        self._most_rows = most_rows
        self._most_faults = most_faults
        self._seen: dict[bytes, int] = {}

    def good_ones(self, rows: Iterable[BatchRow | BatchFault]) -> Iterator[BatchRow]:
        """Give the rows without a fault, and stop when there are too many of them or of faults."""
        for count, found in enumerate(rows):
            fault = TOO_MANY if count >= self._most_rows else self._fault_of(found)
            if fault is None:
                assert isinstance(found, BatchRow)  # noqa: S101 - else it is a fault
                yield found
                continue
            self.faults.append(fault)
            if fault is TOO_MANY or len(self.faults) >= self._most_faults:
                return

    def _fault_of(self, found: BatchRow | BatchFault) -> BatchFault | None:
        if isinstance(found, BatchFault):
            return found
        return self._claims_fault(found) or self._repeats(found)

    def _claims_fault(self, row: BatchRow) -> BatchFault | None:
        try:
            check_claims(row, now=self._now)
        except InvalidClaimError as error:
            return BatchFault(
                row=row.row, column=error.member, code=error.code, detail=error.message
            )
        return None

    def _repeats(self, row: BatchRow) -> BatchFault | None:
        """Find the row that this one repeats; digests of 50,000 rows are a few megabytes."""
        names = row_identity.digests_of(self._achievement_id, row)
        first = next((self._seen[name] for name in names if name in self._seen), None)
        if first is not None:
            return BatchFault(row=row.row, code="row-repeated", detail=f"It repeats row {first}.")
        self._seen |= dict.fromkeys(names, row.row)
        return None


def check_claims(row: BatchRow, *, now: datetime) -> None:
    """Refuse a row that cannot become a credential now.

    Raises:
        InvalidClaimError: A claim cannot be in a credential.
    """
    CredentialDraft(
        id=_ANY_ADDRESS,
        recipient=row.recipient,
        valid_from=now,
        valid_until=row.valid_until,
        awarded_at=row.awarded_at,
        evidence=row.evidence,
        results=row.results,
    )
