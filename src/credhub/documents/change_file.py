"""A file that names credentials which are to be changed: a table, a list, or JSON."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from credhub.documents import change_members
from credhub.documents.change_rows import ChangeRow
from credhub.documents.change_table import ChangeTable
from credhub.documents.rows.blocks import blocks
from credhub.documents.rows.choices import Choices, Field, Form
from credhub.documents.rows.columns import Columns
from credhub.documents.rows.csv_rows import CsvSource
from credhub.documents.rows.days import Days
from credhub.documents.rows.file import TableFile
from credhub.documents.rows.grid import ListOf
from credhub.documents.rows.json_rows import JsonSource
from credhub.documents.rows.reader import Reader
from credhub.documents.rows.vocabularies import CHANGES, CORRECTIONS
from credhub.errors import RowFault
from credhub.jsontypes import JsonValue

# An address, a code, or an id as we make them.
_NAMES_ONE: Final = re.compile(r"https?://\S+|[A-Za-z2-7]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]+){4}")
_LIST: Final = ListOf(
    header=Field.CREDENTIAL, is_one=lambda text: _NAMES_ONE.fullmatch(text) is not None
)


class ChangeFile(TableFile[ChangeRow]):
    """Credentials in a file, and where they are to be corrected what they should have said."""

    def __init__(  # noqa: PLR0913 - what is read, and what of it is meant
        self,
        open_chunks: Callable[[], Iterable[bytes]],
        form: Form,
        choices: Choices | None = None,
        *,
        reason: str,
        corrects: bool = False,
        with_skipped: bool = True,
    ) -> None:
        """Begin to read.

        Args:
            open_chunks: Gives the bytes from the beginning, cut anywhere.
            form: How they are written.
            choices: What the sender says about them.
            reason: Why, where a row says nothing else.
            corrects: Whether rows say what credentials should have said.
            with_skipped: Whether a file of results names also what its batch skipped: credentials
                that another one issued or changed.
        """
        self._open_chunks = open_chunks
        self._form = form
        self._reason = reason
        self._corrects = corrects
        self._with_skipped = with_skipped
        self._columns: Columns | None = None
        self._table: ChangeTable | None = None
        super().__init__(self._begun, choices)

    @property
    def passed_over(self) -> int:
        """How many rows of a file of results name no credential because they failed."""
        return 0 if self._table is None else self._table.passed_over

    @property
    def skipped(self) -> int:
        """How many rows of a file of results are passed over: their batch had skipped them."""
        return 0 if self._table is None else self._table.skipped

    def column_of(self, member: str) -> str:
        """Name the column that holds something as the file does."""
        if self._columns is None or member not in self._columns.places:
            return member
        return self._columns.header(Field(member))

    def _begun(self, choices: Choices) -> Reader[ChangeRow]:
        arrived = blocks(self._open_chunks(), most=choices.max_bytes)
        return Reader(self._source(arrived, choices), most_faults=choices.max_faults)

    def _source(
        self, arrived: Iterator[bytes], choices: Choices
    ) -> CsvSource[ChangeRow] | JsonSource[ChangeRow]:
        if self._form is not Form.CSV:
            return JsonSource(arrived, self._form, choices, self._read_value)
        vocabulary = CORRECTIONS if self._corrects else CHANGES
        return CsvSource(arrived, choices, vocabulary, self._reading, list_of=_LIST)

    def _reading(
        self, columns: Columns, days: Days
    ) -> Callable[[int, list[str]], Iterator[ChangeRow | RowFault]]:
        self._columns = columns
        self._table = ChangeTable(columns, days, self._reason, with_skipped=self._with_skipped)
        if self._corrects:
            self._table.check_corrections()
        return self._table.read

    def _read_value(self, row: int, value: JsonValue) -> Iterator[ChangeRow | RowFault]:
        return change_members.read(row, value, reason=self._reason, corrects=self._corrects)
