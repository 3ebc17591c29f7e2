"""How long a credential stands: calendar years, months and days after its start."""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from credhub.errors import InvalidClaimError

MAX_YEARS: Final = 100

_DURATION: Final = re.compile(
    r"P(?=[0-9])(?:([0-9]{1,3})Y)?(?:([0-9]{1,4})M)?(?:([0-9]{1,5})D)?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """A span in the calendar, such as two years; at least a day, at most a century."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        parts = (self.years, self.months, self.days)
        if min(parts) < 0 or not any(parts):
            raise InvalidClaimError("validity", "must be at least one day.")
        if self.years + self.months / 12 + self.days / 365 > MAX_YEARS:
            raise InvalidClaimError("validity", f"must be at most {MAX_YEARS} years.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an ISO 8601 duration of years, months and days, such as ``P2Y`` or ``P1Y6M``.

        Raises:
            InvalidClaimError: The text is no such duration.

        Source:
            ISO 8601-1:2019, section 5.5.2.
        """
        match = _DURATION.fullmatch(text)
        if match is None:
            raise InvalidClaimError("validity", "must be a duration such as P2Y, P6M or P30D.")
        years, months, days = (int(part or 0) for part in match.groups())
        return cls(years=years, months=months, days=days)

    def text(self) -> str:
        """Write the shortest ISO 8601 duration."""
        parts = ((self.years, "Y"), (self.months, "M"), (self.days, "D"))
        return "P" + "".join(f"{number}{unit}" for number, unit in parts if number)

    def until(self, start: datetime) -> datetime:
        """Find the end: months first, the day cut to the month's last, then the days.

        A year from 29 February ends on 28 February.
        """
        month_index = start.year * 12 + start.month - 1 + self.years * 12 + self.months
        year, month = divmod(month_index, 12)
        last_day = calendar.monthrange(year, month + 1)[1]
        shifted = start.replace(year=year, month=month + 1, day=min(start.day, last_day))
        return shifted + timedelta(days=self.days)
