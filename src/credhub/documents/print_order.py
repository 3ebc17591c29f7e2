"""What is to be printed of many credentials, and how."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from credhub.documents.content import CertificateContent
from credhub.jsontypes import JsonObject, canonical, parse_object


class Layout(StrEnum):
    """What is printed of each credential."""

    CERTIFICATE = "certificate"
    CARDS = "cards"

    @property
    def most(self) -> int:
        """How many fit into one file, for the memory of a worker."""
        return 100 if self is Layout.CERTIFICATE else 500


class Paper(StrEnum):
    """The size of a certificate once it is cut, or of a sheet of cards."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """What is to be printed.

    Attributes:
        marks: Whether there are marks where to cut, and colour beyond the edges. Without them a
            page is as large as the paper.
        contents: At least one, in their order.
    """

    layout: Layout
    paper: Paper
    marks: bool
    contents: tuple[CertificateContent, ...]

    def encode(self) -> bytes:
        """Write the order as the request of a worker: a line about all, then one for each."""
        about: JsonObject = {
            "layout": self.layout.value,
            "paper": self.paper.value,
            "marks": self.marks,
        }
        return b"\n".join([canonical(about), *(content.encode() for content in self.contents)])

    @classmethod
    def decode(cls, request: bytes) -> Self:
        """Read what ``encode`` wrote."""
        first, *others = request.split(b"\n")
        about = parse_object(first)
        return cls(
            layout=Layout(str(about["layout"])),
            paper=Paper(str(about["paper"])),
            marks=about["marks"] is True,
            contents=tuple(map(CertificateContent.decode, others)),
        )
