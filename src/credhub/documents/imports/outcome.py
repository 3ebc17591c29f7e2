"""What an export holds, credential by credential."""

from dataclasses import dataclass, field
from enum import StrEnum

from credhub.documents.rows.outcome import ReadRow


class Why(StrEnum):
    """Why a credential is not taken over."""

    REVOKED = "revoked"
    REJECTED = "rejected"
    EXPIRED = "expired"
    NOT_ISSUED = "not-issued"
    NOT_COMPLETED = "not-completed"
    BELOW_MINIMUM = "below-minimum"
    NOBODY = "nobody"
    OTHER_ISSUER = "other-issuer"
    ERASED = "erased"
    HERE = "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAchievement:
    """What was earned, as the other system describes it.

    Attributes:
        name: What it is called there.
        id: Its id there.
        issuer: Who issued it, if the file says so.
        picture: The ``data:`` address of an image that is in the file, as it is there.
    """

    name: str
    id: str | None = None
    issuer: str | None = None
    description: str | None = None
    criteria: str | None = None
    criteria_url: str | None = None
    picture: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCredential:
    """One credential that can be taken over: the row of a batch, and what was earned.

    Attributes:
        has_status: Whether it names a list that says whether it stands, which nobody asks.
    """

    achievement: OldAchievement
    row: ReadRow
    has_status: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """One that is not taken over, and needs no mending for it."""

    row: int
    why: Why
