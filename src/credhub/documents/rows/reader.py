"""The one way to read a file of rows, whatever form it has."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Generic, TypeVar

from credhub.documents.rows.blocks import BLOCK, blocks
from credhub.documents.rows.choices import Choices, Form
from credhub.documents.rows.csv_rows import CsvRows, CsvSource
from credhub.documents.rows.faults import Code, file_refused
from credhub.documents.rows.json_rows import JsonRows, JsonSource
from credhub.documents.rows.outcome import ReadRow, Summary
from credhub.errors import RowFault, RowsError

_Row = TypeVar("_Row")


class Reader(Generic[_Row]):
    """A file of rows of any kind, read once, while it arrives."""

    def __init__(self, source: CsvSource[_Row] | JsonSource[_Row], *, most_faults: int) -> None:
        self._source = source
        self._most = most_faults
        self._faults = 0
        self._ended = False

    def __iter__(self) -> Iterator[_Row | RowFault]:
        """Give each row, or what is wrong with it, as soon as it is read.

        Raises:
            RowsError: The file cannot be read, or not any further. What was given before is not
                to be used: in a file that was misread, it may be something else.
        """
        try:
            for item in self._source:
                if isinstance(item, RowFault):
                    self._count()
                yield item
        except RowsError as error:
            self._faults += len(error.faults)
            raise
        self._ended = True

    def _count(self) -> None:
        if self._faults >= self._most:
            raise file_refused(Code.TOO_MANY_FAULTS, most=self._most)
        self._faults += 1

    def summary(self) -> Summary:
        """Say what was found so far: about the whole file once ``ended``."""
        return self._source.summary(faults=self._faults, ended=self._ended)


class RowReader(Reader[ReadRow]):
    """A file of learners, read once, while it arrives."""

    def __init__(
        self,
        chunks: Iterable[bytes],
        form: Form,
        choices: Choices | None = None,
        *,
        block: int = BLOCK,
    ) -> None:
        """Begin to read.

        Args:
            chunks: The bytes, cut anywhere.
            form: How they are written.
            choices: What the sender says about them.
            block: How many bytes are looked at at a time, at least 4.
        """
        chosen = choices or Choices()
        arrived = blocks(chunks, most=chosen.max_bytes, size=block)
        source = CsvRows(arrived, chosen) if form is Form.CSV else JsonRows(arrived, form, chosen)
        super().__init__(source, most_faults=chosen.max_faults)


def settled(choices: Choices, summary: Summary) -> Choices:
    """Add the order of days and months that all dates of a file have shown.

    Whether 03/04 is in March or April can be known when the last row was read, which may say
    25/04. Read the file once more with what this gives, if ``ambiguous_dates`` were told.
    """
    return replace(choices, date_order=choices.date_order or summary.date_order)
