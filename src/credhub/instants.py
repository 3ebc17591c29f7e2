"""Points in time as text: UTC, whole seconds, one spelling.

Invariants:
- What we write is ``YYYY-MM-DDTHH:MM:SSZ``.
- What ``parse`` returns is aware and in UTC.
"""

import re
from datetime import UTC, datetime
from typing import Final

from credhub.errors import MalformedInstantError

# XML Schema dateTimeStamp: the offset is not optional.
_STAMP: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])",
    re.ASCII,
)


def text_of(at: datetime) -> str:
    """Write an aware time as UTC text; a part of a second is cut off."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def parse(text: str) -> datetime:
    """Read a date and time with an offset.

    Raises:
        MalformedInstantError: The text is no such time, or its offset is missing.

    Source:
        W3C XML Schema 1.1 Part 2, section 3.4.28 (dateTimeStamp), without the end-of-day 24:00.
    """
    if not _STAMP.fullmatch(text):
        raise MalformedInstantError(f"{text!r:.60} is not a date and time with an offset.")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedInstantError(f"{text!r:.60} is not a day in the calendar.") from error
