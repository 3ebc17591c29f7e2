"""The row that names the columns: what it may not be, and which separator it is cut with."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from credhub.documents.rows import records
from credhub.documents.rows.choices import MAX_COLUMNS, MAX_HEADER, Separator
from credhub.documents.rows.encodings import Texts
from credhub.documents.rows.faults import Code, fault, file_refused
from credhub.documents.rows.folding import fold
from credhub.documents.rows.header_words import FIELDS, WORDS
from credhub.errors import RowFault, RowRefusedError, RowsError
from credhub.verification.lookalikes import skeleton

_ALIKE: Final = {skeleton(word): word for _, word in reversed(WORDS)}
_DATA: Final = re.compile(
    r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+|did:\S+|[0-9]{1,4}([-./])[0-9]{1,2}\1[0-9]{1,4}"
    r"|[0-9]{5,}"
)
BLANK: Final = f'{"".join(Separator)}"\n '


def separator_of(record: str, is_known: Callable[[str], bool]) -> Separator:
    """Find the separator with which the most headers are known, or else there are the most."""

    def merit(separator: Separator) -> tuple[int, int]:
        try:
            found = records.cells(record, separator)
        except RowRefusedError:
            return (0, 0)
        return (sum(map(is_known, found[:MAX_COLUMNS])), len(found))

    return max(Separator, key=merit)


def headers(
    record: str, separator: Separator, row: int, texts: Texts, *, most: int = MAX_COLUMNS
) -> tuple[str, ...]:
    """Cut the header into the names of the columns, of which there are at most so many.

    Raises:
        RowsError: There are too many columns, a name is no text or may deceive, or the row is
            that of a learner.
    """
    if (count := record.count(separator)) >= most and '"' not in record:
        raise _too_many(count + 1, row, most)
    try:
        cells = records.cells(record, separator)
    except RowRefusedError as error:
        raise RowsError((replace(error.fault, row=row),)) from error
    if len(cells) > most:
        raise _too_many(len(cells), row, most)
    found = tuple(cell.strip() for cell in cells)
    faults = () if texts.is_sound(record) else tuple(texts.faults(cells, cells, row))
    if faults := faults or tuple(_faults(found, row)):
        raise RowsError(faults)
    return found


def _too_many(count: int, row: int, most: int) -> RowsError:
    return file_refused(Code.TOO_MANY_COLUMNS, row=row, found=count, most=most)


def _faults(found: tuple[str, ...], row: int) -> Iterator[RowFault]:
    data = next((text for text in found if _DATA.fullmatch(text)), None)
    if data is not None:
        yield fault(Code.HEADER_IS_DATA, row=row, value=data)
        return
    for number, text in enumerate(found, start=1):
        if len(text) > MAX_HEADER:
            yield fault(Code.HEADER_TOO_LONG, row=row, column=f"column {number}", most=MAX_HEADER)
        elif unseen := _unseen(text):
            name = text.replace(unseen, "")
            point = f"{ord(unseen):04X}"
            yield fault(Code.HEADER_INVISIBLE, row=row, column=name, value=text, point=point)
        elif alike := _disguised(text):
            yield fault(Code.HEADER_DISGUISED, row=row, column=text, alike=alike)


def _unseen(text: str) -> str | None:
    """Find a character that nobody sees. Some scripts need joiners and marks of direction."""
    latin = any(one.isascii() and one.isalpha() for one in text)
    needed = "" if latin else "\u200c\u200d\u200e\u200f"
    unseen = (one for one in text if unicodedata.category(one) == "Cf" and one not in needed)
    return next(unseen, None)


def _disguised(text: str) -> str | None:
    """Find the known word that somebody in a hurry reads, when another is written."""
    if text.isascii() or fold(text) in FIELDS:
        return None
    return _ALIKE.get(skeleton(text))
