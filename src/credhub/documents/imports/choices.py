"""What whoever imports says about an export; the rest is recognised."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from credhub.documents.rows.choices import Choices


class Column(StrEnum):
    """What a column of an export can hold."""

    KEY = "key"
    ACHIEVEMENT = "achievement"
    ACHIEVEMENT_ID = "achievementId"
    ISSUER = "issuer"
    NAME = "name"
    SORTED_NAME = "sortedName"
    GIVEN_NAME = "givenName"
    MIDDLE_NAME = "middleName"
    FAMILY_NAME = "familyName"
    EMAIL = "email"
    EXTERNAL_ID = "externalId"
    AWARDED_DATE = "awardedDate"
    VALID_UNTIL = "validUntil"
    URL = "url"
    EVIDENCE_URL = "evidenceUrl"
    RESULT = "result"
    SCORE = "score"
    STATE = "state"
    REVOKED = "revoked"
    EXPIRED = "expired"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoices:
    """How an export is meant.

    Attributes:
        now: What lies after it has not been awarded, and what ended before it has expired.
        achievement: What everybody in the file has earned, where no column says it.
        awarded_at: When everybody in it has, where no column says it.
        minimum: The lowest score with which somebody has passed.
        rows: How the file is written, and what its columns hold: a ``Column`` or ``unused``.
    """

    now: datetime
    achievement: str | None = None
    awarded_at: datetime | None = None
    minimum: Decimal | None = None
    rows: Choices = field(default_factory=Choices)
