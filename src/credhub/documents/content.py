"""What is printed on a certificate."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants
from credhub.documents.wording import one_line
from credhub.errors import CertificateContentError
from credhub.jsontypes import canonical, parse_object

MAX_NAME: Final = 200
MAX_ADDRESS: Final = 500
ACCENT: Final = "#0f5c6e"
_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateContent:
    """What is printed on one certificate, and the credential that comes with it.

    Attributes:
        hub_name: Who awards it.
        issuer_did: The DID that signed.
        learner_name: To whom; at most 200 characters, in any script.
        achievement_name: For what; at most 200 characters.
        achievement_type: A type of Open Badges 3.0, which names the kind of certificate.
        criteria: What it took; a long narrative is shortened to whole sentences.
        skills: The names of the alignments.
        awarded_at: When it was awarded.
        valid_until: Until when it stands, if not for good.
        address: The permanent address, which the QR code leads to.
        picture: The address of the picture of the achievement; it is not asked for.
        credential: The signed document, which is attached byte for byte. Text in UTF-8.
        media_type: What kind of document that is.
        accent: The colour of the hub, ``#rrggbb``. A light one is printed darker.
    """

    hub_name: str
    issuer_did: str
    learner_name: str
    achievement_name: str
    achievement_type: str | None = None
    criteria: str = ""
    skills: tuple[str, ...] = ()
    awarded_at: datetime
    valid_until: datetime | None = None
    address: str
    picture: str | None = None
    credential: bytes
    media_type: str = "application/vc"
    accent: str = ACCENT

    def __post_init__(self) -> None:
        for name in ("hub_name", "learner_name", "achievement_name"):
            if not one_line(getattr(self, name)):
                raise CertificateContentError(name, "is empty")
            _check_length(name, getattr(self, name), MAX_NAME)
        for name in ("issuer_did", "address"):
            _check_length(name, getattr(self, name), MAX_ADDRESS)
        if not _COLOUR.fullmatch(self.accent):
            raise CertificateContentError("accent", "is no colour such as #0f5c6e")
        try:
            self.credential.decode()
        except UnicodeDecodeError as error:
            raise CertificateContentError("credential", "is not UTF-8") from error

    def encode(self) -> bytes:
        """Write the content as the request of a worker."""
        until = self.valid_until
        return canonical(
            asdict(self)
            | {
                "skills": list(self.skills),
                "awarded_at": instants.text_of(self.awarded_at),
                "valid_until": None if until is None else instants.text_of(until),
                "credential": self.credential.decode(),
            }
        )

    @classmethod
    def decode(cls, request: bytes) -> Self:
        """Read what ``encode`` wrote."""
        fields: dict[str, object] = {**parse_object(request)}
        for name in ("awarded_at", "valid_until"):
            if fields[name] is not None:
                fields[name] = instants.parse(str(fields[name]))
        fields["credential"] = str(fields["credential"]).encode()
        fields["skills"] = tuple(fields["skills"])  # type: ignore[arg-type]  # encode's own list
        return cls(**fields)  # type: ignore[arg-type]  # encode's own members


def _check_length(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise CertificateContentError(name, f"has more than {most} characters")
