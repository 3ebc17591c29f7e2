"""What one row of a batch of changes asks for: which credential, why, and what it should say."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from credhub import instants
from credhub.credentials.claims import check_text
from credhub.documents.rows.choices import Field
from credhub.jsontypes import JsonObject

MOMENTS: Final = (Field.AWARDED_DATE, Field.VALID_UNTIL)

_DAYS: Final = "days"

MAX_REASON: Final = 1_000
"""Characters; it is kept once for each credential."""


def check_reason(reason: str) -> None:
    """Refuse a reason that cannot be kept.

    Raises:
        InvalidClaimError: It is blank, too long or not printable.
    """
    check_text("reason", reason, limit=MAX_REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedClaims:
    """What a credential should have said; what is none stays as it was signed.

    Attributes:
        awarded_at: When it was earned.
        evidence_url: Where its evidence is, if it has no more than one piece of it.
        result: The value of its result, if it has no more than one.
        days: Members of which a day was said and no time: any moment of it is right.
    """

    name: str | None = field(default=None, repr=False)
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    evidence_url: str | None = field(default=None, repr=False)
    result: str | None = field(default=None, repr=False)
    days: frozenset[str] = frozenset()

    def to_document(self) -> JsonObject:
        """Write what is given."""
        made = {
            "name": self.name,
            "awardedDate": _text_or_none(self.awarded_at),
            "validUntil": _text_or_none(self.valid_until),
            "evidenceUrl": self.evidence_url,
            "result": self.result,
        }
        said: JsonObject = {name: text for name, text in made.items() if text is not None}
        if self.days:
            said[_DAYS] = [*sorted(self.days)]
        return said

    @classmethod
    def of_document(cls, document: JsonObject) -> "CorrectedClaims":
        """Read what ``to_document`` wrote."""
        texts = {name: str(text) for name, text in document.items()}
        days = document.get(_DAYS)
        return cls(
            name=texts.get("name"),
            awarded_at=_instant_or_none(texts.get("awardedDate")),
            valid_until=_instant_or_none(texts.get("validUntil")),
            evidence_url=texts.get("evidenceUrl"),
            result=texts.get("result"),
            days=frozenset(map(str, days)) if isinstance(days, list) else frozenset(),
        )


AS_IT_IS: Final = CorrectedClaims()
"""Nothing is corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One row.

    Attributes:
        row: Its number, as whoever wrote it counts.
        credential: The permanent address of a credential, the code in that, or the id.
        reason: Why, for the record.
        claims: What it should have said, where it is to be corrected.
    """

    row: int
    credential: str
    reason: str = field(repr=False)
    claims: CorrectedClaims = field(default=AS_IT_IS, repr=False)

    def check(self) -> None:
        """Refuse a reason that cannot be kept.

        Raises:
            InvalidClaimError: It is blank, too long or not printable.
        """
        check_reason(self.reason)

    def to_document(self) -> JsonObject:
        """Write it, without its number."""
        document: JsonObject = {"credential": self.credential, "reason": self.reason}
        claims = self.claims.to_document()
        return document | {"claims": claims} if claims else document

    @classmethod
    def of_document(cls, document: JsonObject, *, row: int) -> "ChangeRow":
        """Read what ``to_document`` wrote."""
        claims = document.get("claims")
        return cls(
            row=row,
            credential=str(document["credential"]),
            reason=str(document["reason"]),
            claims=CorrectedClaims.of_document(claims) if isinstance(claims, dict) else AS_IT_IS,
        )


def _text_or_none(at: datetime | None) -> str | None:
    return None if at is None else instants.text_of(at)


def _instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else instants.parse(text)
