"""What a file of rows can be, and what its sender may say about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from credhub.jsontypes import JsonObject

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 50
MAX_HEADER: Final = 200
MAX_CELL: Final = 10_000
# As many rows as a spreadsheet has; blank ones count.
MAX_NUMBER: Final = 1_048_576
MAX_FAULTS: Final = 100_000

# What a mapping says of a column that shall not be used, whatever its header.
UNUSED: Final = "unused"


class Form(StrEnum):
    """How rows are written."""

    CSV = "text/csv"
    JSON_LINES = "application/x-ndjson"
    JSON = "application/json"


class Encoding(StrEnum):
    """How characters are written. UTF-16 needs its mark; Windows-1252 needs to be named."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "windows-1252"


class Separator(StrEnum):
    """What stands between two cells."""

    COMMA = ","
    SEMICOLON = ";"
    TAB = "\t"


class DateOrder(StrEnum):
    """Which comes first in a date that ends with the year."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Field(StrEnum):
    """What a column can hold."""

    KEY = "key"
    EXTERNAL_ID = "externalId"
    NAME = "name"
    GIVEN_NAME = "givenName"
    FAMILY_NAME = "familyName"
    EMAIL = "email"
    DID = "did"
    AWARDED_DATE = "awardedDate"
    VALID_UNTIL = "validUntil"
    EVIDENCE_URL = "evidenceUrl"
    RESULT = "result"
    ACHIEVEMENT = "achievement"
    CREDENTIAL = "credential"
    REASON = "reason"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sender says; the rest is recognised. JSON leaves nothing but caps to be said.

    Attributes:
        encoding: Read so, whatever it looks like.
        separator: Between cells.
        columns: Headers, each with the field that it holds or ``unused``. Goes before any guess.
        date_order: How dates such as 03/04/2026 are meant.
        max_bytes: How long the file may be.
        max_rows: How many rows it may have that are not blank, beside the header.
        max_faults: After how many nothing more is read.
    """

    encoding: Encoding | None = None
    separator: Separator | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    max_bytes: int = MAX_BYTES
    max_rows: int = MAX_ROWS
    max_faults: int = MAX_FAULTS

    def to_document(self) -> JsonObject:
        """Write what the sender says, without caps: two who say the same have the same."""
        return {
            "encoding": self.encoding,
            "separator": self.separator,
            "columns": dict(self.columns),
            "dateOrder": self.date_order,
        }
