"""The rows of JSON lines or of a JSON array, from their bytes."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from credhub import jsontypes
from credhub.documents.rows import json_texts, members
from credhub.documents.rows.choices import MAX_NUMBER, Choices, Encoding, Form
from credhub.documents.rows.faults import Code, fault, file_refused
from credhub.documents.rows.outcome import ReadRow, Summary
from credhub.documents.rows.repeats import Repeats
from credhub.errors import MalformedJsonError, RowFault, RowsError
from credhub.jsontypes import JsonValue

_Row = TypeVar("_Row")
ReadValue = Callable[[int, JsonValue], Iterator[_Row | RowFault]]
"""Reads the value of the row with this number."""


class JsonSource(Generic[_Row]):
    """Reads one value per row.

    A line that is no JSON is a fault of that row. An array of which a part is no JSON is none, so
    it is not read any further.
    """

    def __init__(
        self, blocks: Iterable[bytes], form: Form, choices: Choices, read_value: ReadValue[_Row]
    ) -> None:
        self._in_lines = form is Form.JSON_LINES
        cut = json_texts.lines if self._in_lines else json_texts.elements
        self._texts = cut(blocks)
        self._choices = choices
        self._read_value = read_value
        self._rows = 0

    def __iter__(self) -> Iterator[_Row | RowFault]:
        """Read the rows.

        Raises:
            RowsError: The file cannot be read, or not any further.
        """
        if self._choices.encoding not in {None, Encoding.UTF_8}:
            raise file_refused(Code.JSON_IS_UTF_8)
        for number, text in self._texts:
            if text and not text.isspace():
                self._count(number)
                yield from self._read(number, text)
            elif number > MAX_NUMBER:
                raise file_refused(Code.TOO_MANY_ROWS, row=number, most=MAX_NUMBER)
        if not self._rows:
            raise file_refused(Code.FILE_EMPTY)

    def summary(self, *, faults: int, ended: bool) -> Summary:
        """Say what was found so far."""
        return Summary(
            encoding=Encoding.UTF_8,
            likely_encoding=None,
            separator=None,
            columns=(),
            date_order=None,
            ambiguous_dates=0,
            rows=self._rows,
            faults=faults,
            ended=ended,
        )

    def _count(self, number: int) -> None:
        self._rows += 1
        if self._rows > self._choices.max_rows:
            raise file_refused(Code.TOO_MANY_ROWS, row=number, most=self._choices.max_rows)

    def _read(self, number: int, text: bytes) -> Iterator[_Row | RowFault]:
        try:
            value = jsontypes.parse(text)
        except MalformedJsonError as error:
            found = fault(Code.NOT_JSON, row=number, problem=error)
            if not self._in_lines:
                raise RowsError((found,)) from error
            yield found
            return
        yield from self._read_value(number, value)


class JsonRows(JsonSource[ReadRow]):
    """Reads learners and what is claimed of them."""

    def __init__(self, blocks: Iterable[bytes], form: Form, choices: Choices) -> None:
        repeats = Repeats()

        def read(row: int, value: JsonValue) -> Iterator[ReadRow | RowFault]:
            if isinstance(value, dict):
                yield from members.read(row, value, repeats)
            else:
                yield fault(Code.NOT_AN_OBJECT, row=row)

        super().__init__(blocks, form, choices, read)
