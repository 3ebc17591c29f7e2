"""The cells of a CSV file, row by row, under the header that names their columns."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

from credhub.documents.rows import header, records
from credhub.documents.rows.choices import MAX_COLUMNS, MAX_NUMBER, Choices, Separator
from credhub.documents.rows.encodings import Texts
from credhub.documents.rows.faults import Code, file_refused, row_refused
from credhub.errors import RowFault, RowRefusedError, RowsError

Row: TypeAlias = tuple[int, list[str] | tuple[RowFault, ...]]
"""The number of a row as spreadsheets count, and its cells, or what is wrong with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """What a file may be a plain list of, one in each line, with nothing above that names it.

    Attributes:
        header: What its column is called then.
        is_one: Says whether a text is one of them, so that the first line is no header.
    """

    header: str
    is_one: Callable[[str], bool]


class Grid:
    """A CSV file whose header was read; what the columns mean, others know."""

    def __init__(
        self,
        blocks: Iterable[bytes],
        choices: Choices,
        is_known: Callable[[str], bool],
        *,
        most_columns: int = MAX_COLUMNS,
        list_of: ListOf | None = None,
    ) -> None:
        """Begin to read.

        Args:
            blocks: The bytes.
            choices: What the sender says about them.
            is_known: Says whether a text is a header that somebody has a use for.
            most_columns: How many there may be.
            list_of: What it may be a list of, without a header.
        """
        self._list_of = list_of
        self._choices = choices
        self._is_known = is_known
        self._most_columns = most_columns
        self.texts = Texts(blocks, choices.encoding)
        self.separator = choices.separator
        self.headers: tuple[str, ...] = ()
        self.header_row = 1
        self.rows = 0
        self._numbered: Iterator[tuple[int, str]] = records.records(self.texts)

    def read_header(self) -> None:
        """Find the separator, and the names of the columns.

        Raises:
            RowsError: There are none, too many, or one may deceive.
        """
        self.header_row, record = self._first()
        if self._list_of is not None and self._list_of.is_one(record.strip('" ')):
            self.headers = (self._list_of.header,)
            self._numbered = chain(((self.header_row, record),), self._numbered)
            return
        self.separator = self.separator or header.separator_of(record, self._is_known)
        self.headers = header.headers(
            record, self.separator, self.header_row, self.texts, most=self._most_columns
        )

    def __iter__(self) -> Iterator[Row]:
        """Give each row below the header that is not blank.

        Raises:
            RowsError: The file cannot be read, or not any further.
        """
        separator = self.separator or Separator.COMMA
        for number, record in self._numbered:
            is_blank = not record.replace('""', "").strip(f"{separator} ")
            cells, faults = ([], ()) if is_blank else self._cells(number, record, separator)
            if faults or any(cells):
                self._count(number)
                yield number, faults or cells
            elif number > MAX_NUMBER:
                raise file_refused(Code.TOO_MANY_ROWS, row=number, most=MAX_NUMBER)
        if not self.rows:
            raise file_refused(Code.NO_ROWS)

    def _count(self, number: int) -> None:
        self.rows += 1
        if self.rows > self._choices.max_rows:
            raise file_refused(Code.TOO_MANY_ROWS, row=number, most=self._choices.max_rows)

    def _first(self) -> tuple[int, str]:
        """Find the header: the first row that is not blank, below what names the separator."""
        for number, record in self._numbered:
            if not number:
                self.separator = self.separator or records.separator_said(record)
                continue
            if record.strip(header.BLANK):
                return number, record
            if number > MAX_NUMBER:
                raise file_refused(Code.TOO_MANY_ROWS, row=number, most=MAX_NUMBER)
        raise file_refused(Code.FILE_EMPTY)

    def _cells(
        self, number: int, record: str, separator: Separator
    ) -> tuple[list[str], tuple[RowFault, ...]]:
        try:
            found = records.cells(record, separator)
            if len(found) > self._most_columns:
                self._check_shape(found)
            if not self.texts.is_sound(record):
                return [], tuple(self.texts.faults(found, self.headers, number))
            cells = [cell.strip() for cell in found]
            if any(cells):
                self._check_shape(cells)
        except RowRefusedError as error:
            fault = replace(error.fault, row=number)
            if fault.code == Code.QUOTE_MISPLACED and "\n" in record:
                # Its lines may be several rows, so that no number below could be believed.
                raise RowsError((fault,)) from error
            return [], (fault,)
        return cells, ()

    def _check_shape(self, cells: list[str]) -> None:
        width = len(self.headers)
        if len(cells) != width:
            code = Code.CELLS_SURPLUS if len(cells) > width else Code.CELLS_MISSING
            raise row_refused(code, found=len(cells), width=width)
        if tuple(cells) == self.headers:
            raise row_refused(Code.HEADER_AGAIN)
