"""What the ledger says of endorsements that partners give to a hub and to what it awards.

They are public entries of the same kind as those about the partners themselves, with other members.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from credhub import instants
from credhub.jsontypes import canonical
from credhub.ledger.members import Members

_NAMES: Final = {
    "at",
    "by",
    "change",
    "digest",
    "endorsed",
    "endorsement",
    "ofVersion",
    "version",
}


class EndorsementChange(StrEnum):
    """What happened to an endorsement: it came in one of two ways, or was withdrawn."""

    SIGNED = "signed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


class ChangedBy(StrEnum):
    """Who asked for a change: the software of the hub, or the account of the partner."""

    HUB = "hub"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndorsementChanged:
    """An endorsement came, or was withdrawn.

    Attributes:
        endorsement: Its address.
        digest: That of what the partner signed, or of the confirmation.
        endorsed: The address of the achievement, or the DID of the hub.
        of_version: Which version of the achievement; zero for the hub.
        version: How many changes there were, with this one.
    """

    change: EndorsementChange
    by: ChangedBy
    endorsement: str
    digest: bytes
    endorsed: str
    of_version: int
    version: int
    at: datetime

    def payload(self) -> bytes:
        """Write the exact bytes; fractions of a second are dropped."""
        return canonical(
            {
                "at": instants.text_of(self.at),
                "by": self.by,
                "change": self.change,
                "digest": self.digest.hex(),
                "endorsed": self.endorsed,
                "endorsement": self.endorsement,
                "ofVersion": self.of_version,
                "version": self.version,
            }
        )

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """Read the exact bytes.

        Raises:
            EntryError: They are anything else.
        """
        members = Members.parse(payload, _NAMES)
        return cls(
            change=members.choice(EndorsementChange, "change"),
            by=members.choice(ChangedBy, "by"),
            endorsement=members.text("endorsement"),
            digest=members.digest(),
            endorsed=members.text("endorsed"),
            of_version=members.number("ofVersion"),
            version=members.number("version"),
            at=members.time("at"),
        )
