"""Dates as other systems export them.

A time without a zone is one of some other clock, so only its day is kept. In all else the rules
for rows hold: an order of day and month is never guessed, nor whether two digits of a year come
first or last.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from credhub.documents.imports.faults import ImportCode, credential_refused
from credhub.documents.rows.days import Days
from credhub.documents.rows.folding import fold

_CLOCK: Final = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?"
_LOCAL: Final = re.compile(rf"(.{{6,18}}?)(?:,? |T){_CLOCK}(?: ?[APap][Mm])?")
_ZONED: Final = re.compile(
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[ T]({_CLOCK}) ?(UTC|Z|[+-][0-9]{{2}}:?[0-9]{{2}})"
)
_MONTHS: Final = (
    "", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_WRITTEN: Final = re.compile(r"([0-9]{1,2})\.? ([A-Za-z]{3,9})\.?,? ([0-9]{4})")
_WRITTEN_FIRST: Final = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_SHORT: Final = re.compile(r"([0-9]{1,2}([-/.])[0-9]{1,2}\2)([0-9]{2})")
_CENTURY: Final = 2000
_NEVER: Final = frozenset(
    {
        "never", "none", "no", "false", "na", "noexpiration", "noexpiry", "doesnotexpire",
        "unlimited", "lifetime",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OldDay:
    """When something was awarded.

    Attributes:
        day: The one that it was where that was written, which may be another one in UTC.
    """

    at: datetime
    day: date


@dataclass(slots=True, kw_only=True)
class ShortYears:
    """What the dates of one export have shown about years of two digits.

    Attributes:
        are_last: Whether it is known that years come last.
        shown_last: Whether a date has shown it, because it is none with the year first.
        asked: How many dates are days with the year first too, so that it has to be told.
    """

    are_last: bool
    shown_last: bool = False
    asked: int = 0

    def is_asked(self, text: str, latest: date) -> bool:
        """Look at a date; say whether it has to be told in which order it is.

        Args:
            text: The date: two parts, and the two last digits of a year.
            latest: After it there is none.
        """
        found = _year_first(text)
        if found is None or found > latest:
            self.shown_last = True
            return False
        self.asked += not self.are_last
        return not self.are_last


class OldDays:
    """The dates of one export, which all have one order of day and month."""

    def __init__(self, days: Days, now: datetime, short_years: ShortYears | None = None) -> None:
        """Begin to read.

        Args:
            days: What the dates have shown.
            now: What lies after it has not come yet.
            short_years: If a program wrote them, which means this century by two digits.
        """
        self._days = days
        self._now = now
        self._short_years = short_years

    def awarded(self, text: str, row: int) -> OldDay:
        """Read when something was awarded.

        Raises:
            RowRefusedError: It is no date, could be two, or has not come yet.
        """
        found = self._read(text, self._days.begins, row, self._now.date())
        if found > self._now:
            raise credential_refused(ImportCode.DATE_IN_FUTURE, value=text)
        written = _ZONED.fullmatch(text)
        day = date.fromisoformat(written.group(1)) if written else found.date()
        return OldDay(at=found, day=day)

    def ends(self, text: str, row: int) -> datetime | None:
        """Read when something ends; none if it never does.

        Raises:
            RowRefusedError: It is no date, or could be two.
        """
        return None if fold(text) in _NEVER else self._read(text, self._days.ends, row, date.max)

    def _read(
        self, text: str, read: Callable[[str, int], datetime], row: int, latest: date
    ) -> datetime:
        written = plain(text)
        short = self._short_years and _SHORT.fullmatch(written)
        if not self._short_years or not short:
            return read(written, row)
        is_asked = self._short_years.is_asked(written, latest)
        # What it shows of day and month counts all the same.
        found = read(f"{short.group(1)}{_CENTURY + int(short.group(3))}", row)
        if is_asked:
            raise credential_refused(ImportCode.YEAR_AMBIGUOUS, value=text)
        return found


def plain(text: str) -> str:
    """Write a date as rows have it, if it is one of those that other systems write."""
    if zoned := _ZONED.fullmatch(text):
        day, clock, zone = zoned.groups()
        return f"{day}T{_in_full(clock)}{_offset(zone)}"
    local = _LOCAL.fullmatch(text)
    only_day = local.group(1) if local else text
    if written := _WRITTEN.fullmatch(only_day):
        day, month, year = written.groups()
        return _of_words(only_day, year, month, day)
    if written := _WRITTEN_FIRST.fullmatch(only_day):
        month, day, year = written.groups()
        return _of_words(only_day, year, month, day)
    return only_day


def _in_full(clock: str) -> str:
    whole = f"0{clock}" if clock[1] == ":" else clock
    return f"{whole}:00" if whole.count(":") == 1 else whole


def _offset(zone: str) -> str:
    if zone in {"UTC", "Z"}:
        return "Z"
    return zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"


def _of_words(text: str, year: str, month: str, day: str) -> str:
    name = month[:3].lower()
    return f"{year}-{_MONTHS.index(name):02}-{int(day):02}" if name in _MONTHS else text


def _year_first(text: str) -> date | None:
    if not text[1].isdigit():  # Nobody writes a year with one digit.
        return None
    year, month, day = map(int, re.split("[-/.]", text))
    try:
        return date(_CENTURY + year, month, day)
    except ValueError:
        return None
