"""Rows of cells as rows of changes: which credential, why, and what it should have said."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from credhub.documents.change_rows import MOMENTS, ChangeRow, CorrectedClaims
from credhub.documents.rows import claims, days, names
from credhub.documents.rows.choices import Field
from credhub.documents.rows.columns import Columns
from credhub.documents.rows.csv_out import undefended
from credhub.documents.rows.days import Days
from credhub.documents.rows.faults import Code, fault, file_refused
from credhub.documents.rows.folding import fold
from credhub.documents.rows.vocabularies import CORRECTED
from credhub.errors import RowFault, RowRefusedError

_Read = TypeVar("_Read")

NOTHING_CAME_OF_IT: Final = "failed"
"""What a file of results says of a row that gave no credential."""

ANOTHER_DID_IT: Final = "skipped"
"""What a file of results says of a row whose credential its batch had no part in."""


class ChangeTable:
    """Reads the rows of one file, one after the other.

    Attributes:
        passed_over: How many rows of a file of results name no credential because they failed.
        skipped: How many name one that their batch had no part in, and are passed over for it.
    """

    def __init__(
        self, columns: Columns, read_as: Days, reason: str, *, with_skipped: bool = True
    ) -> None:
        self.passed_over = 0
        self.skipped = 0
        self._with_skipped = with_skipped
        self._columns = columns
        self._days = read_as
        self._reason = reason

    def check_corrections(self) -> None:
        """Refuse a table that says of nothing what it should be.

        Raises:
            RowsError: There is no such column.
        """
        if not any(field in self._columns.places for field in CORRECTED):
            raise file_refused(Code.CORRECTION_MISSING, fields=", ".join(CORRECTED))

    def read(self, row: int, cells: list[str]) -> Iterator[ChangeRow | RowFault]:
        """Read one row: what it says, or everything that is wrong with it."""
        found = ((field, cells[place]) for field, place in self._columns.places.items())
        cell = _Cells({field: undefended(text) for field, text in found if text})
        outcome = fold(cell.texts.get(Field.OUTCOME, ""))
        if outcome == ANOTHER_DID_IT and not self._with_skipped:
            self.skipped += 1
            return
        named = cell.checked(Field.CREDENTIAL)
        if named is None and outcome == NOTHING_CAME_OF_IT:
            self.passed_over += 1
            return
        if named is None and not cell.faults:
            cell.faults.append((Field.CREDENTIAL, fault(Code.CREDENTIAL_MISSING)))
        corrected = self._claims(cell, row)
        for field, one in cell.faults:
            yield replace(one, row=row, column=self._columns.header(field))
        if named is not None and not cell.faults:
            reason = cell.texts.get(Field.REASON, self._reason)
            yield ChangeRow(row=row, credential=named, reason=reason, claims=corrected)

    def _claims(self, cell: "_Cells", row: int) -> CorrectedClaims:
        return CorrectedClaims(
            name=self._name(cell),
            awarded_at=cell.read(Field.AWARDED_DATE, lambda text: self._days.begins(text, row)),
            valid_until=cell.read(Field.VALID_UNTIL, lambda text: self._days.ends(text, row)),
            evidence_url=cell.checked(Field.EVIDENCE_URL),
            result=cell.checked(Field.RESULT),
            days=frozenset(
                field.value for field in MOMENTS if days.is_day(cell.texts.get(field, ""))
            ),
        )

    def _name(self, cell: "_Cells") -> str | None:
        parts = (Field.GIVEN_NAME, Field.FAMILY_NAME)
        if not any(part in cell.texts for part in parts):
            return cell.checked(Field.NAME)
        given, family = (cell.checked(part) or "" for part in parts)
        is_guess = self._columns.is_guess_of_part
        return cell.attempt(parts[0], lambda: names.of_parts(given, family, may_be_whole=is_guess))


class _Cells:
    """The texts of one row, and what is wrong with them."""

    def __init__(self, texts: Mapping[Field, str]) -> None:
        self.texts = texts
        self.faults: list[tuple[Field, RowFault]] = []

    def attempt(self, field: Field, make: Callable[[], _Read]) -> _Read | None:
        try:
            return make()
        except RowRefusedError as error:
            self.faults.append((field, error.fault))
            return None

    def read(self, field: Field, rule: Callable[[str], _Read]) -> _Read | None:
        """Read a cell that is not blank by a rule, if its text can be what the column holds."""
        text = self.texts.get(field)
        if text is None:
            return None

        def make() -> _Read:
            claims.check(field, text)
            return rule(text)

        return self.attempt(field, make)

    def checked(self, field: Field) -> str | None:
        return self.read(field, str)
