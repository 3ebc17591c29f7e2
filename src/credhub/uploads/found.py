"""What was found in a file, as the worker that parsed it answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from credhub.jsontypes import canonical, parse_object

MAX_CREDENTIAL: Final = 1024 * 1024
"""No honest credential is larger, in bytes."""


class What(StrEnum):
    """What was found."""

    CREDENTIAL = "credential"
    OPEN_BADGES_2 = "open-badges-2"
    ADDRESS = "address"


class Carrier(StrEnum):
    """What it was found in."""

    PDF = "pdf"
    PNG = "png"
    SVG = "svg"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The one thing that a file holds.

    Attributes:
        text: The credential as it stands in the file, or the text of a QR code.
    """

    what: What
    carrier: Carrier
    text: str

    def encode(self) -> bytes:
        """Write it as the answer of a worker."""
        return canonical({"what": self.what, "carrier": self.carrier, "text": self.text})

    @classmethod
    def decode(cls, answer: bytes) -> Self:
        """Read what ``encode`` wrote."""
        fields = parse_object(answer)
        return cls(
            what=What(str(fields["what"])),
            carrier=Carrier(str(fields["carrier"])),
            text=str(fields["text"]),
        )
