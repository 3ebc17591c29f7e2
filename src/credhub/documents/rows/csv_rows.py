"""The rows of a CSV file, from its bytes."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from credhub.documents.rows import columns
from credhub.documents.rows.choices import Choices
from credhub.documents.rows.columns import Columns
from credhub.documents.rows.days import Days
from credhub.documents.rows.grid import Grid, ListOf
from credhub.documents.rows.outcome import ColumnUse, ReadRow, Summary
from credhub.documents.rows.repeats import Repeats
from credhub.documents.rows.table import Table
from credhub.documents.rows.vocabularies import LEARNERS, Vocabulary
from credhub.errors import RowFault

_Row = TypeVar("_Row")
ReadCells = Callable[[int, list[str]], Iterator[_Row | RowFault]]
"""Reads the cells of the row with this number."""


class CsvSource(Generic[_Row]):
    """Reads a CSV file row by row, and says what it takes it for.

    What is done: (1) the header is found, its separator and what the columns hold; (2) each row is
    cut into cells, which must be texts, as many as there are columns; (3) the cells are read as
    what this kind of table says.
    """

    def __init__(
        self,
        blocks: Iterable[bytes],
        choices: Choices,
        vocabulary: Vocabulary,
        reading: Callable[[Columns, Days], ReadCells[_Row]],
        *,
        list_of: ListOf | None = None,
    ) -> None:
        """Begin to read.

        Args:
            blocks: The bytes.
            choices: What the sender says about them.
            vocabulary: What the columns can hold.
            reading: Makes what reads cells, once the columns are known.
            list_of: What it may be a list of, without a header.
        """
        self._choices = choices
        self._vocabulary = vocabulary
        self._reading = reading
        is_known = columns.known(choices.columns, vocabulary)
        self._grid = Grid(blocks, choices, is_known, list_of=list_of)
        self._days = Days(choices.date_order)
        self._uses: tuple[ColumnUse, ...] = ()

    def __iter__(self) -> Iterator[_Row | RowFault]:
        """Read the rows.

        Raises:
            RowsError: The file cannot be read, or not any further.
        """
        read_cells = self._reading(self._columns(), self._days)  # (1)
        for number, read in self._grid:  # (2)
            yield from read if isinstance(read, tuple) else read_cells(number, read)  # (3)

    def summary(self, *, faults: int, ended: bool) -> Summary:
        """Say what was found so far."""
        return Summary(
            encoding=self._grid.texts.encoding,
            likely_encoding=self._grid.texts.likely,
            separator=self._grid.separator,
            columns=self._uses,
            date_order=self._days.order,
            ambiguous_dates=self._days.ambiguous,
            rows=self._grid.rows,
            faults=faults,
            ended=ended,
        )

    def _columns(self) -> Columns:
        grid = self._grid
        grid.read_header()
        self._uses = columns.unused(grid.headers)
        found = Columns.of(
            grid.headers, self._choices.columns, row=grid.header_row, vocabulary=self._vocabulary
        )
        self._uses = found.uses
        return found


class CsvRows(CsvSource[ReadRow]):
    """Reads learners and what is claimed of them."""

    def __init__(self, blocks: Iterable[bytes], choices: Choices) -> None:
        super().__init__(
            blocks, choices, LEARNERS, lambda found, days: Table(found, days, Repeats()).read
        )
