"""The rows of a CSV file, from its bytes."""

from collections.abc import Iterable, Iterator

from credhub.documents.rows import columns
from credhub.documents.rows.choices import Choices
from credhub.documents.rows.columns import Columns
from credhub.documents.rows.days import Days
from credhub.documents.rows.grid import Grid
from credhub.documents.rows.outcome import ColumnUse, ReadRow, Summary
from credhub.documents.rows.repeats import Repeats
from credhub.documents.rows.table import Table
from credhub.errors import RowFault


class CsvRows:
    """Reads a CSV file row by row, and says what it takes it for.

    What is done: (1) the header is found, its separator and what the columns hold; (2) each row is
    cut into cells, which must be texts, as many as there are columns; (3) the cells are read as
    claims.
    """

    def __init__(self, blocks: Iterable[bytes], choices: Choices) -> None:
        self._choices = choices
        self._grid = Grid(blocks, choices, columns.known(choices.columns))
        self._days = Days(choices.date_order)
        self._uses: tuple[ColumnUse, ...] = ()

    def __iter__(self) -> Iterator[ReadRow | RowFault]:
        """Read the rows.

        Raises:
            RowsError: The file cannot be read, or not any further.
        """
        table = Table(self._columns(), self._days, Repeats())  # (1)
        for number, read in self._grid:  # (2)
            yield from read if isinstance(read, tuple) else table.read(number, read)  # (3)

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
        found = Columns.of(grid.headers, self._choices.columns, row=grid.header_row)
        self._uses = found.uses
        return found
