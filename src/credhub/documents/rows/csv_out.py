"""CSV that spreadsheets open as it was meant: results of a batch, rows to be corrected.

A cell that a spreadsheet would run begins with an apostrophe, which spreadsheets show or hide but
never run. Whoever reads such a file here gets the cell without it, so that a result can be
corrected and sent again with the same keys.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

MEDIA_TYPE: Final = "text/csv; charset=utf-8"

_MARK: Final = "\ufeff"
_APOSTROPHE: Final = "'"
# Full-width forms are run too, by spreadsheets that fold them first.
_RUN: Final = re.compile(r"'*[\0\t\r\n=+\-@＝＋－＠]")  # noqa: RUF001 - that is what they are
_DEFENDED: Final = re.compile(r"'+[\0\t\r\n=+\-@＝＋－＠]")  # noqa: RUF001 - the same
# Also the separators of other countries, at which a spreadsheet there would cut.
_QUOTED: Final = re.compile(r'[",;\t\r\n]|^\s|\s$')
_LINE_BREAK: Final = re.compile(r"\r\n?")


def written(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Write a file row by row: UTF-8 with its mark, without which Excel takes it for another.

    Every line break in a cell becomes a line feed.

    Source:
        RFC 4180, section 2.
    """
    yield f"{_MARK}{line(header)}".encode()
    for row in rows:
        yield line(row).encode()


def line(cells: Sequence[str]) -> str:
    """Write one row, with its line end."""
    return f"{','.join(map(_cell, cells))}\r\n"


def defended(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, and before what looks defended."""
    return f"'{text}" if _RUN.match(text) else text


def undefended(text: str) -> str:
    """Take away the apostrophe that ``defended`` put there."""
    return text[1:] if text[:1] == _APOSTROPHE and _DEFENDED.match(text) else text


def _cell(text: str) -> str:
    plain = _LINE_BREAK.sub("\n", defended(text))
    if not _QUOTED.search(plain):
        return plain
    doubled = plain.replace('"', '""')
    return f'"{doubled}"'
