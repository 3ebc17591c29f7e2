"""What one row of a batch of changes asks for: which credential, and why."""

from dataclasses import dataclass, field
from typing import Final

from credhub.credentials.claims import check_text
from credhub.jsontypes import JsonObject

MAX_REASON: Final = 1_000
"""Characters; it is kept once for each credential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One row.

    Attributes:
        row: Its number, as whoever wrote it counts.
        credential: The permanent address of a credential, the code in that, or the id.
        reason: Why, for the record.
    """

    row: int
    credential: str
    reason: str = field(repr=False)

    def check(self) -> None:
        """Refuse a reason that cannot be kept.

        Raises:
            InvalidClaimError: It is blank, too long or not printable.
        """
        check_text("reason", self.reason, limit=MAX_REASON)

    def to_document(self) -> JsonObject:
        """Write it, without its number."""
        return {"credential": self.credential, "reason": self.reason}

    @classmethod
    def of_document(cls, document: JsonObject, *, row: int) -> "ChangeRow":
        """Read what ``to_document`` wrote."""
        return cls(row=row, credential=str(document["credential"]), reason=str(document["reason"]))
