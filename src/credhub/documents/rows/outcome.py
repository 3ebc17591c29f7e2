"""What was read: the rows one by one, and about the file as a whole."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.documents.rows.choices import DateOrder, Encoding, Field, Separator
from credhub.jsontypes import JsonObject


class Origin(StrEnum):
    """Why a column is used as it is."""

    CHOSEN = "chosen"
    GUESSED = "guessed"
    UNUSED = "unused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row: a learner, and what is claimed beside the achievement.

    Attributes:
        row: Its number as spreadsheets count, the header being 1; in JSON the line or the place.
        key: What tells it apart from all others of its sender, if they say so.
        awarded_at: A day without a time of day begins then, in UTC.
        valid_until: A day without a time of day ends then, in UTC.
        achievement: What it is for, where a column says so.
    """

    row: int
    key: str | None
    recipient: Recipient
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    achievement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """What one column was taken for.

    Attributes:
        number: From 1.
        header: As it stands in the file.
        field: None when nothing uses the column.
    """

    number: int
    header: str
    field: Field | None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was found so far; of the whole file once ``ended``.

    Attributes:
        encoding: How it was read.
        likely_encoding: What it seems to be instead. To read it so, the sender must say so.
        separator: None when the form has none, or no header was met.
        columns: All of them, in their order.
        date_order: The only one in which all dates are days, if dates have shown it.
        ambiguous_dates: How many could be two days, and were refused for that.
        rows: How many hold anything, without the header.
        faults: How many were told.
        ended: Whether the file was read to its end.
    """

    encoding: Encoding
    likely_encoding: Encoding | None
    separator: Separator | None
    columns: tuple[ColumnUse, ...]
    date_order: DateOrder | None
    ambiguous_dates: int
    rows: int
    faults: int
    ended: bool

    def to_document(self, *, with_unused: bool = True) -> JsonObject:
        """Write how the file was read, for whoever sent it.

        Args:
            with_unused: Whether to tell the headers of columns that nothing uses. If the first row
                is that of a learner, these are about somebody.
        """
        return {
            "encoding": self.encoding.value,
            "likelyEncoding": self.likely_encoding and self.likely_encoding.value,
            "separator": self.separator and self.separator.value,
            "dateOrder": self.date_order and self.date_order.value,
            "columns": [
                {
                    "header": use.header if with_unused or use.field else None,
                    "field": use.field,
                    "origin": use.origin.value,
                }
                for use in self.columns
            ],
        }

    @property
    def unused_columns(self) -> tuple[str, ...]:
        """List the headers of the columns that nothing uses; one without a text by its number."""
        unused = (use for use in self.columns if use.field is None)
        return tuple(use.header or f"column {use.number}" for use in unused)
