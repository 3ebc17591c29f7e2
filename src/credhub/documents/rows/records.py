"""CSV as RFC 4180 writes it: rows with their numbers, and the cells of a row."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from credhub.documents.rows.choices import MAX_CELL, MAX_COLUMNS, Separator
from credhub.documents.rows.faults import Code, file_refused, row_refused
from credhub.errors import RowRefusedError

# Every column full, each in quotation marks, and a separator.
MAX_RECORD: Final = MAX_COLUMNS * (MAX_CELL + 3)

_TAB: Final = "\t"
_SEPARATOR_LINE: Final = re.compile(r"sep=([,;\t])", re.IGNORECASE)
_PATTERNS: Final = {
    separator: re.compile(
        rf'(?:"((?:[^"]++|"")*+)"|([^"{separator.value}]*+))({separator.value}|\Z)'
    )
    for separator in Separator
}


def records(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Cut text at the line ends that are not in quotation marks.

    Yields:
        The number of each row, from 1 and as spreadsheets count, and its text. They do not count
        a first line that says ``sep=;``; its number is 0.

    Raises:
        RowsError: A row is longer than any may be, or quotation marks are never closed; with the
            row where that began.

    Source:
        RFC 4180, section 2.
    """
    row = 1
    whole: list[str] = []  # the lines of a row whose quotation marks are open
    length = 0
    rest = ""
    for text in texts:
        *lines, rest = (rest + text).split("\n")
        for line in lines:
            if not whole and '"' not in line:
                number = _number(row, line)
                yield number, line
                row = number + 1
                continue
            whole.append(line)
            length += len(line) + 1
            if line.count('"') % 2 == (len(whole) == 1):
                continue  # It opens here, or goes on.
            yield row, "\n".join(whole)
            row, length = row + 1, 0
            whole.clear()
        if length + len(rest) > MAX_RECORD:
            code = Code.QUOTE_UNCLOSED if whole or '"' in rest else Code.ROW_TOO_LONG
            raise file_refused(code, row=row, most=MAX_RECORD)
    if whole or rest:
        last = "\n".join([*whole, rest])
        if last.count('"') % 2:
            raise file_refused(Code.QUOTE_UNCLOSED, row=row)
        yield _number(row, last), last


def separator_said(line: str) -> Separator | None:
    """Read the line that some spreadsheets put above all rows, such as ``sep=;``."""
    match = _SEPARATOR_LINE.fullmatch(line)
    return None if match is None else Separator(match.group(1))


def cells(record: str, separator: Separator) -> list[str]:
    """Cut a row into its cells.

    Raises:
        RowRefusedError: A quotation mark is where none may be, or a tab is outside of them.
    """
    found = _quoted(record, separator) if '"' in record else _plain(record, separator)
    if len(record) > MAX_CELL:
        longest = max(found, key=len)
        if len(longest) > MAX_CELL:
            raise row_refused(Code.CELL_TOO_LONG, value=longest, most=MAX_CELL)
    return found


def _number(row: int, line: str) -> int:
    return 0 if row == 1 and separator_said(line) else row


def _plain(record: str, separator: Separator) -> list[str]:
    found = record.split(separator.value)
    if _TAB in record and separator is not Separator.TAB:
        raise _tab_in(record)
    return found


def _quoted(record: str, separator: Separator) -> list[str]:
    found = []
    match = _PATTERNS[separator].match
    at = 0
    while cell := match(record, at):
        quoted, plain, end = cell.groups()
        if plain and _TAB in plain:
            raise _tab_in(plain)
        found.append(plain if quoted is None else quoted.replace('""', '"'))
        if not end:
            return found
        at = cell.end()
    raise row_refused(Code.QUOTE_MISPLACED, value=record)


def _tab_in(text: str) -> RowRefusedError:
    return row_refused(Code.CONTROL_CHARACTER, value=text, point="0009")
