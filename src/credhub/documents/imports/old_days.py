"""Dates as other systems export them.

A time without a zone is one of some other clock, so only its day is kept. In all else the rules
for rows hold: an order of day and month is never guessed.
"""

import re
from datetime import datetime
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
_NEVER: Final = frozenset(
    {
        "never", "none", "no", "false", "na", "noexpiration", "noexpiry", "doesnotexpire",
        "unlimited", "lifetime",
    }
)  # fmt: skip


class OldDays:
    """The dates of one export, which all have one order of day and month."""

    def __init__(self, days: Days, now: datetime, *, short_years: bool = False) -> None:
        """Begin to read.

        Args:
            days: What the dates have shown.
            now: What lies after it has not come yet.
            short_years: Whether a program wrote them, which means this century by two digits.
        """
        self._days = days
        self._now = now
        self._short_years = short_years

    def awarded(self, text: str, row: int) -> datetime:
        """Read when something was awarded.

        Raises:
            RowRefusedError: It is no date, could be two, or has not come yet.
        """
        found = self._days.begins(self._plain(text), row)
        if found > self._now:
            raise credential_refused(ImportCode.DATE_IN_FUTURE, value=text)
        return found

    def ends(self, text: str, row: int) -> datetime | None:
        """Read when something ends; none if it never does.

        Raises:
            RowRefusedError: It is no date, or could be two.
        """
        if fold(text) in _NEVER:
            return None
        return self._days.ends(self._plain(text), row)

    def _plain(self, text: str) -> str:
        found = plain(text)
        if self._short_years and (short := _SHORT.fullmatch(found)):
            return f"{short.group(1)}20{short.group(3)}"
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
