"""The rows of a CSV file, from its bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from credhub.documents.rows import columns, header, records
from credhub.documents.rows.choices import MAX_COLUMNS, MAX_NUMBER, Choices, Separator
from credhub.documents.rows.columns import Columns
from credhub.documents.rows.days import Days
from credhub.documents.rows.encodings import Texts
from credhub.documents.rows.faults import Code, file_refused, row_refused
from credhub.documents.rows.outcome import ColumnUse, ReadRow, Summary
from credhub.documents.rows.repeats import Repeats
from credhub.documents.rows.table import Table
from credhub.errors import RowFault, RowRefusedError, RowsError


class CsvRows:
    """Reads a CSV file row by row, and says what it takes it for.

    What is done: (1) rows are cut; (2) the header is found, its separator and what the columns
    hold; (3) each row is cut into cells, which must be texts, as many as there are columns;
    (4) the cells are read as claims.
    """

    def __init__(self, blocks: Iterable[bytes], choices: Choices) -> None:
        self._choices = choices
        self._texts = Texts(blocks, choices.encoding)
        self._days = Days(choices.date_order)
        self._separator = choices.separator
        self._headers: tuple[str, ...] = ()
        self._uses: tuple[ColumnUse, ...] = ()
        self._rows = 0

    def __iter__(self) -> Iterator[ReadRow | RowFault]:
        """Read the rows.

        Raises:
            RowsError: The file cannot be read, or not any further.
        """
        numbered = records.records(self._texts)  # (1)
        separator, found = self._read_header(numbered)  # (2)
        table = Table(found, self._days, Repeats())
        for number, record in numbered:
            if record:
                yield from self._read(number, record, separator, table)
            else:
                _check_number(number)
        if not self._rows:
            raise file_refused(Code.NO_ROWS)

    def _read(
        self, number: int, record: str, separator: Separator, table: Table
    ) -> Iterator[ReadRow | RowFault]:
        cells, faults = self._cells(number, record, separator)  # (3)
        if faults or any(cells):
            self._count(number)
            yield from faults or table.read(number, cells)  # (4)
        else:
            _check_number(number)

    def summary(self, *, faults: int, ended: bool) -> Summary:
        """Say what was found so far."""
        return Summary(
            encoding=self._texts.encoding,
            likely_encoding=self._texts.likely,
            separator=self._separator,
            columns=self._uses,
            date_order=self._days.order,
            ambiguous_dates=self._days.ambiguous,
            rows=self._rows,
            faults=faults,
            ended=ended,
        )

    def _count(self, number: int) -> None:
        self._rows += 1
        if self._rows > self._choices.max_rows:
            raise file_refused(Code.TOO_MANY_ROWS, row=number, most=self._choices.max_rows)

    def _read_header(self, numbered: Iterator[tuple[int, str]]) -> tuple[Separator, Columns]:
        row, record = self._first(numbered)
        chosen = self._choices.columns
        separator = self._separator or header.separator_of(record, columns.known(chosen))
        self._separator = separator
        self._headers = header.headers(record, separator, row, self._texts)
        self._uses = columns.unused(self._headers)
        found = Columns.of(self._headers, chosen, row=row)
        self._uses = found.uses
        return separator, found

    def _first(self, numbered: Iterator[tuple[int, str]]) -> tuple[int, str]:
        """Find the header: the first row that is not blank, below what names the separator."""
        for number, record in numbered:
            if not number:
                self._separator = self._separator or records.separator_said(record)
                continue
            if record.strip(header.BLANK):
                return number, record
            _check_number(number)
        raise file_refused(Code.FILE_EMPTY)

    def _cells(
        self, number: int, record: str, separator: Separator
    ) -> tuple[list[str], tuple[RowFault, ...]]:
        try:
            found = records.cells(record, separator)
            if len(found) > MAX_COLUMNS:
                self._check_shape(found)
            if not self._texts.is_sound(record):
                return [], tuple(self._texts.faults(found, self._headers, number))
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
        width = len(self._headers)
        if len(cells) != width:
            code = Code.CELLS_SURPLUS if len(cells) > width else Code.CELLS_MISSING
            raise row_refused(code, found=len(cells), width=width)
        if tuple(cells) == self._headers:
            raise row_refused(Code.HEADER_AGAIN)


def _check_number(number: int) -> None:
    if number > MAX_NUMBER:
        raise file_refused(Code.TOO_MANY_ROWS, row=number, most=MAX_NUMBER)
