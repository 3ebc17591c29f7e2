"""Check the rows of a batch of changes before any of them is taken in.

Every row is resolved to a credential of the hub and asked what would become of it. Nothing is
written, so this is the dry run too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from credhub.credentials.code import PublicCode
from credhub.documents.change_rows import ChangeRow
from credhub.errors import (
    CredhubError,
    InvalidClaimError,
    RowFault,
    UnknownCodeError,
)
from credhub.services import bulk_changes, changing, issuing
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.services.row_checking import EMPTY, MOST_ROWS, TOO_MANY
from credhub.store.batches import BatchKind
from credhub.store.store import Transaction

ROWS_AT_ONCE: Final = 500
MOST_TOLD: Final = 1_000
"""So many faults, and so many rows, are told."""

COLUMN: Final = "credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A row without a fault, its credential named by its id.

    Attributes:
        address: The permanent address of the credential.
        is_needed: Whether the credential would be changed; it may be so already.
    """

    row: ChangeRow
    address: str
    is_needed: bool


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was found of all rows so far.

    Attributes:
        most_told: So many rows and faults are kept.
        first: The first rows without a fault.
        faults: What is wrong, in the order of the rows. With any of it nothing is changed.
    """

    kind: BatchKind
    most_told: int = MOST_TOLD
    changed: int = 0
    skipped: int = 0
    first: list[Checked] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows have no fault."""
        return self.changed + self.skipped

    def count(self, checked: Checked) -> None:
        """Count a row without a fault."""
        if checked.is_needed:
            self.changed += 1
        else:
            self.skipped += 1
        if len(self.first) < self.most_told:
            self.first.append(checked)


class ChangeChecker:
    """Passes on rows whose credentials can be changed, and keeps the faults of the others."""

    def __init__(  # noqa: PLR0913 - what it works with, and its limits
        self,
        resources: Resources,
        keys: HubKeys,
        kind: BatchKind,
        *,
        most_rows: int = MOST_ROWS,
        rows_at_once: int = ROWS_AT_ONCE,
        most_told: int = MOST_TOLD,
    ) -> None:
        self.found = Findings(kind=kind, most_told=most_told)
        self._most_rows = most_rows
        self._rows_at_once = rows_at_once
        self._resources = resources
        self._keys = keys
        self._prefix = issuing.address_of(keys.hub, "")
        self._seen: dict[str, int] = {}

    def parts(self, rows: Iterable[ChangeRow]) -> Iterator[list[Checked]]:
        """Give rows without a fault, some hundred at a time."""
        coming = iter(rows)
        taken = 0
        while part := list(islice(coming, self._rows_at_once)):
            taken += len(part)
            if taken > self._most_rows:
                self.found.faults.append(TOO_MANY)
                return
            with self._resources.store.read() as tx:
                good = self._good_ones(tx, part)
            if good:
                yield good
            if len(self.found.faults) >= self.found.most_told:
                del self.found.faults[self.found.most_told :]
                return
        if not taken:
            self.found.faults.append(EMPTY)

    def _good_ones(self, tx: Transaction, part: list[ChangeRow]) -> list[Checked]:
        ids = self._ids_of(tx, part)
        number, kind = self._keys.hub.number, self.found.kind
        records = tx.standings.by_ids(number, set(ids.values()))
        newest = bulk_changes.newest_versions(tx, number, kind, records.values())
        good = []
        for row in part:
            try:
                row.check()
                changeable = changing.opened(self._keys, records.get(ids[row.row]))
                is_needed = bulk_changes.is_needed(kind, changeable, newest)
            except CredhubError as error:
                self._refuse(row, error)
                continue
            credential = changeable.credential
            if self._is_repeated(row, credential.credential_id):
                continue
            checked = Checked(
                row=replace(row, credential=credential.credential_id),
                address=self._prefix + credential.code,
                is_needed=is_needed,
            )
            self.found.count(checked)
            good.append(checked)
        return good

    def _ids_of(self, tx: Transaction, part: list[ChangeRow]) -> dict[int, str]:
        """Give by the number of each row the id that it means, or what it says instead of one."""
        codes = {row.row: self._code_in(row.credential) for row in part}
        known = tx.standings.ids_of(
            self._keys.hub.number, {code for code in codes.values() if code is not None}
        )
        return {row.row: known.get(codes[row.row] or "", row.credential) for row in part}

    def _code_in(self, named: str) -> str | None:
        start = len(self._prefix)
        is_address = named[:start].lower() == self._prefix.lower()
        try:
            return PublicCode.parse(named[start:] if is_address else named).text
        except UnknownCodeError:
            return None

    def _is_repeated(self, row: ChangeRow, credential_id: str) -> bool:
        first = self._seen.setdefault(credential_id, row.row)
        if first == row.row:
            return False
        detail = f"It names the credential of row {first}."
        self.found.faults.append(RowFault(row=row.row, code="row-repeated", detail=detail))
        return True

    def _refuse(self, row: ChangeRow, error: CredhubError) -> None:
        if isinstance(error, InvalidClaimError):
            column, detail = error.member, error.message
        else:
            column, detail = COLUMN, str(error)
        self.found.faults.append(
            RowFault(row=row.row, column=column, code=error.code, detail=detail)
        )
