"""Rows of a batch from JSON: one object on each line (``application/x-ndjson``), or an array.

A row is read strictly and by itself: one that cannot be read is a fault with its number.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from credhub import jsontypes
from credhub.documents.batch_rows import BatchRow
from credhub.errors import BatchFault, InvalidClaimError, MalformedJsonError
from credhub.jsontypes import JsonValue

MAX_LINE: Final = 256 * 1024
"""Far more than 20 pieces of evidence need."""

MAX_DEPTH: Final = 8
"""Of one row, and of the array around all."""

_BOM: Final = b"\xef\xbb\xbf"


def read_ndjson(parts: Iterable[bytes]) -> Iterator[BatchRow | BatchFault]:
    """Read one row from each line; lines are counted from one, and blank ones passed over."""
    for number, line in enumerate(_lines(parts), start=1):
        if len(line) > MAX_LINE:
            yield _fault(number, "row-too-long", f"The line is longer than {MAX_LINE} bytes.")
        elif line.strip():
            yield _read_line(number, line)


def read_array(text: bytes) -> Iterator[BatchRow | BatchFault]:
    """Read one row from each element, counted from one.

    Raises:
        MalformedJsonError: The text as a whole is not strict JSON.
    """
    value = jsontypes.parse(text, max_depth=MAX_DEPTH + 1)
    if not isinstance(value, list):
        fault = BatchFault(code="not-a-list", detail="The body must be a list of rows.")
        return iter((fault,))
    return (_read_value(number, item) for number, item in enumerate(value, start=1))


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Cut at line feeds; what cannot become a row any more is not kept."""
    rest = b""
    first = True
    for part in parts:
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line.removeprefix(_BOM) if first else line
            first = False
        rest = rest[: MAX_LINE + 1 + len(_BOM)]
    if rest:
        yield rest.removeprefix(_BOM) if first else rest


def _read_line(number: int, line: bytes) -> BatchRow | BatchFault:
    try:
        value = jsontypes.parse(line, max_depth=MAX_DEPTH)
    except MalformedJsonError as error:
        return _fault(number, error.code, str(error))
    return _read_value(number, value)


def _read_value(number: int, value: JsonValue) -> BatchRow | BatchFault:
    if not isinstance(value, dict):
        return _fault(number, "not-an-object", "A row must be a JSON object.")
    try:
        return BatchRow.of_document(value, row=number)
    except InvalidClaimError as error:
        return _fault(number, error.code, error.message, error.member)


def _fault(number: int, code: str, detail: str, column: str | None = None) -> BatchFault:
    return BatchFault(row=number, column=column, code=code, detail=detail)
