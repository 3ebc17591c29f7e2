"""Check the rows of a batch of changes before any of them is taken in.

Every row is resolved to a credential of the hub and asked what would become of it. Nothing is
written, so this is the dry run too.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from credhub.credentials.code import PublicCode
from credhub.documents.change_rows import ChangeRow
from credhub.documents.rows.faults import shown
from credhub.errors import (
    CredentialErasedError,
    CredentialNotFoundError,
    CredhubError,
    InvalidClaimError,
    RowFault,
    RowsError,
    UnknownCodeError,
)
from credhub.services import changing, preparing
from credhub.services.bulk import bulk_changes, bulk_corrections
from credhub.services.bulk.row_checking import EMPTY, MOST_ROWS, TOO_MANY
from credhub.services.changing import Changeable
from credhub.services.keyring import HubKeys
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.standings import StandingRecord
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
        wrong: The claims that would be corrected.
        is_erased: Whether the row would fail alone, because its learner was erased.
    """

    row: ChangeRow
    address: str
    is_needed: bool
    wrong: tuple[str, ...] = ()
    is_erased: bool = False


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was found of all rows so far.

    Attributes:
        most_told: So many rows and faults are kept.
        erased: How many rows would fail alone, because their learners were erased.
        wrong: How often which claim would be corrected.
        first: The first rows without a fault.
        faults: What is wrong, in the order of the rows. With any of it nothing is changed.
    """

    kind: BatchKind
    most_told: int = MOST_TOLD
    changed: int = 0
    skipped: int = 0
    erased: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    first: list[Checked] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows have no fault."""
        return self.changed + self.skipped + self.erased

    def count(self, checked: Checked) -> None:
        """Count a row without a fault."""
        self.wrong.update(checked.wrong)
        if checked.is_erased:
            self.erased += 1
        elif checked.is_needed:
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
        column_of: Callable[[str], str] = str,
    ) -> None:
        """Begin to check.

        Args:
            resources: What services work with.
            keys: Those of the hub.
            kind: What is to be done.
            most_rows: With more of them it is refused.
            rows_at_once: So many are looked at together.
            most_told: So many rows and faults are kept.
            column_of: Names the column that holds a member as its sender does.
        """
        self.found = Findings(kind=kind, most_told=most_told)
        self._column_of = column_of
        self._most_rows = most_rows
        self._rows_at_once = rows_at_once
        self._resources = resources
        self._keys = keys
        self._prefix = preparing.address_of(keys.hub, "")
        self._seen: dict[str, int] = {}
        self._unreadable: tuple[RowFault, ...] = ()

    def parts(self, rows: Iterable[ChangeRow | RowFault]) -> Iterator[list[Checked]]:
        """Give rows without a fault, some hundred at a time.

        With what makes a file unreadable, nothing that was given of it may be used.
        """
        coming = self._readable(rows)
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
        self.found.faults += self._unreadable
        if not taken and not self._unreadable:
            self.found.faults.append(EMPTY)

    def _readable(self, rows: Iterable[ChangeRow | RowFault]) -> Iterator[ChangeRow | RowFault]:
        try:
            yield from rows
        except RowsError as error:
            self._unreadable = error.faults

    def _good_ones(self, tx: Transaction, part: list[ChangeRow | RowFault]) -> list[Checked]:
        ids = self._ids_of(tx, [it for it in part if isinstance(it, ChangeRow)])
        number, kind = self._keys.hub.number, self.found.kind
        records = tx.standings.by_ids(number, set(ids.values()))
        around = bulk_changes.others(tx, self._keys.hub, kind, records.values())
        good = []
        for row in part:
            if isinstance(row, RowFault):
                self.found.faults.append(row)
                continue
            try:
                row.check()
                checked = self._checked(tx, row, records.get(ids[row.row]), around)
            except CredhubError as error:
                self._refuse(row, error)
                continue
            if self._is_repeated(row, checked.row.credential):
                continue
            self.found.count(checked)
            good.append(checked)
        return good

    def _checked(
        self,
        tx: Transaction,
        row: ChangeRow,
        record: StandingRecord | None,
        around: bulk_changes.Others,
    ) -> Checked:
        if record is None:
            raise CredentialNotFoundError
        kind, credential = self.found.kind, record.credential
        checked = Checked(
            row=replace(row, credential=credential.credential_id),
            address=self._prefix + credential.code,
            is_needed=False,
        )
        try:
            found = changing.opened(self._keys, record)
            wrong = self._wrong(tx, row, found)
            is_needed = bool(wrong) or bulk_changes.is_needed(kind, found, around)
        except CredentialErasedError:
            # Nothing can be done about it, so it keeps nobody from doing the others.
            return replace(checked, is_erased=not bulk_corrections.says_nothing(kind, row.claims))
        return replace(checked, is_needed=is_needed, wrong=wrong)

    def _wrong(self, tx: Transaction, row: ChangeRow, found: Changeable) -> tuple[str, ...]:
        if self.found.kind is not BatchKind.CORRECTION:
            return ()
        return bulk_corrections.wrong(self._resources, tx, found, row.claims)

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
            column, detail, value = error.member, error.message, None
        else:
            column, detail, value = COLUMN, str(error), shown(row.credential)
        named = self._column_of(column)
        self.found.faults.append(
            RowFault(row=row.row, column=named, code=error.code, detail=detail, value=value)
        )
