"""Dates in a file: ISO 8601, and what people write; day and month are never guessed."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from credhub import instants
from credhub.documents.rows.choices import DateOrder
from credhub.documents.rows.faults import Code, row_refused
from credhub.errors import MalformedInstantError

FIRST_YEAR: Final = 1900
END_OF_DAY: Final = time(23, 59, 59)

_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})(\. ?|[-/])([0-9]{1,2})\2([0-9]{2,4})")
# What spreadsheets write behind a day when a cell can hold a time too.
_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?\Z")
_TIME: Final = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}")
_NUMBER: Final = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")


class Days:
    """The dates of one file: all have one order of day and month, or that order has to be told."""

    def __init__(self, said: DateOrder | None = None) -> None:
        self._said = said
        self._shown: dict[DateOrder, int] = {}  # an order that a date has shown, and its row
        self.ambiguous = 0

    @property
    def order(self) -> DateOrder | None:
        """Give the one order in which all dates so far are days, if any has shown it."""
        return next(iter(self._shown)) if len(self._shown) == 1 else None

    def begins(self, text: str, row: int) -> datetime:
        """Read a time, or the beginning of a day.

        Raises:
            RowRefusedError: It is no date, or could be two.
        """
        return self._read(text, row, time())

    def ends(self, text: str, row: int) -> datetime:
        """Read a time, or the last second of a day.

        Raises:
            RowRefusedError: It is no date, or could be two.
        """
        return self._read(text, row, END_OF_DAY)

    def _read(self, text: str, row: int, of_day: time) -> datetime:
        plain = _without_midnight(text)
        if match := _YEAR_FIRST.fullmatch(plain):
            year, _, month, day = match.groups()
            found = _day(year, month, day)
        elif match := _YEAR_LAST.fullmatch(plain):
            first, _, second, year = match.groups()
            found = self._in_order(first, second, year, row)
        else:
            return instant(text)
        if found is None:
            raise row_refused(Code.DATE_IMPOSSIBLE, value=text)
        if found.year < FIRST_YEAR:
            raise row_refused(Code.DATE_SHORT_YEAR, value=text)
        return datetime.combine(found, of_day, UTC)

    def _in_order(self, first: str, second: str, year: str, row: int) -> date | None:
        in_order = {
            DateOrder.DAY_FIRST: _day(year, second, first),
            DateOrder.MONTH_FIRST: _day(year, first, second),
        }
        days = {order: day for order, day in in_order.items() if day is not None}
        if len(days) == 1:
            self._show(next(iter(days)), row)
        if self._said is not None:
            return days.get(self._said)
        if len(set(days.values())) > 1:
            self.ambiguous += 1
            raise row_refused(Code.DATE_AMBIGUOUS, value=f"{first}/{second}/{year}")
        return next(iter(days.values()), None)

    def _show(self, order: DateOrder, row: int) -> None:
        self._shown.setdefault(order, row)
        others = [at for shown, at in self._shown.items() if shown is not order]
        if others and self._said is None:
            first = order.partition("-")[0]
            raise row_refused(Code.DATE_ORDER_MIXED, order=f"the {first}", other=others[0])


def is_day(text: str) -> bool:
    """Say whether a text names a day and no time, in any order; it may be no date all the same."""
    plain = _without_midnight(text)
    return bool(_YEAR_FIRST.fullmatch(plain) or _YEAR_LAST.fullmatch(plain))


def iso_begins(text: str) -> datetime:
    """Read a time, or the beginning of a day, in ISO 8601 and nothing else.

    Raises:
        RowRefusedError: It is none.
    """
    return Days().begins(text, 0) if _ISO_DAY.fullmatch(text) else instant(text)


def iso_ends(text: str) -> datetime:
    """Read a time, or the last second of a day, in ISO 8601 and nothing else.

    Raises:
        RowRefusedError: It is none.
    """
    return Days().ends(text, 0) if _ISO_DAY.fullmatch(text) else instant(text)


def instant(text: str) -> datetime:
    """Read a time with its zone.

    Raises:
        RowRefusedError: It is none.
    """
    try:
        found = instants.parse(text)
    except MalformedInstantError as error:
        raise row_refused(_code(text), value=text) from error
    if found.year < FIRST_YEAR:
        raise row_refused(Code.DATE_SHORT_YEAR, value=text)
    return found


def _without_midnight(text: str) -> str:
    return _MIDNIGHT.sub("", text) if ":" in text else text


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _code(text: str) -> Code:
    if _NUMBER.fullmatch(text):
        return Code.DATE_IS_NUMBER
    return Code.DATE_WITHOUT_ZONE if _TIME.search(text) else Code.DATE_MALFORMED
