"""What the ledger says of the partners that a hub vouches for.

Each change names the whole list after it by one digest, so that one receipt proves a list: what is
in it, and that nothing is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, Self

from credhub import instants
from credhub.jsontypes import canonical
from credhub.ledger.members import Members

_PREFIX: Final = b"credhub/partners/v1\n"
_NAMES: Final = {"at", "change", "digest", "endorsement", "inForce", "version"}


class PartnerChange(StrEnum):
    """What happened to an endorsement of a partner."""

    ADDED = "added"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnersChanged:
    """A hub began to vouch for a partner, or ended that.

    Attributes:
        endorsement: The address of the endorsement.
        digest: That of the signed endorsement.
        in_force: The digest of the list of all that are in force after this change.
        version: How many changes there were, with this one.
    """

    change: PartnerChange
    endorsement: str
    digest: bytes
    in_force: bytes
    version: int
    at: datetime

    def payload(self) -> bytes:
        """Write the exact bytes; fractions of a second are dropped."""
        return canonical(
            {
                "at": instants.text_of(self.at),
                "change": self.change,
                "digest": self.digest.hex(),
                "endorsement": self.endorsement,
                "inForce": self.in_force.hex(),
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
            change=members.choice(PartnerChange, "change"),
            endorsement=members.text("endorsement"),
            digest=members.digest(),
            in_force=members.digest("inForce"),
            version=members.number("version"),
            at=members.time("at"),
        )


def digest_of_list(digests: Iterable[bytes]) -> bytes:
    """Compute the digest of a list of endorsements, whatever their order.

    Args:
        digests: Those of the signed endorsements, 32 bytes each.
    """
    return sha256(_PREFIX + b"".join(sorted(digests))).digest()
