"""The printed certificate: one page, A4, with the credential attached.

It is set by typst. The archival profile is PDF/A-3a and PDF/UA-1, in which every character must
have a glyph; where one has none, the page is made without the profile instead of not at all.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

import typst

from credhub.documents import qr, typesetting, wording
from credhub.documents.content import CertificateContent
from credhub.documents.coverage import missing_from_fonts
from credhub.errors import CertificateNotMadeError
from credhub.jsontypes import JsonObject, JsonValue, canonical

TEMPLATE: Final = "certificate.typ"
_JSON_FILE: Final = "credential.json"
_JWT_FILE: Final = "credential.jwt"
_DOCUMENT: Final = "application/vc"
ARCHIVAL: Final[tuple["typst.PDFStandard", ...]] = ("a-3a", "ua-1")
CRITERIA_CHARACTERS: Final = 360
SKILLS_SHOWN: Final = 6
SKILL_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate that was made.

    Attributes:
        pdf: The document.
        archival: Whether it is PDF/A-3a and PDF/UA-1, which it is if the fonts have all of it.
    """

    pdf: bytes
    archival: bool

    def encode(self) -> bytes:
        """Write the certificate as the answer of a worker."""
        return bytes([self.archival]) + self.pdf

    @classmethod
    def decode(cls, answer: bytes) -> Self:
        """Read what ``encode`` wrote."""
        return cls(pdf=answer[1:], archival=answer[0] == 1)


def render_bytes(request: bytes) -> bytes:
    """Make a certificate in a worker: ``CertificateContent.encode`` to ``Certificate.decode``.

    Raises:
        CertificateContentError: The content cannot be printed.
        CertificateNotMadeError: The typesetter refused it.
    """
    return render(CertificateContent.decode(request)).encode()


def render(content: CertificateContent) -> Certificate:
    """Make a certificate. The same content gives the same bytes.

    Raises:
        CertificateNotMadeError: The typesetter refused the content.
    """
    said = printed(content)
    inputs = {
        "content": canonical(said).decode(),
        "credential": content.credential.decode(),
        "file": _JSON_FILE if content.media_type == _DOCUMENT else _JWT_FILE,
        "type": content.media_type,
        "qr": qr.svg(qr.payload_of(content.address)).decode(),
    }
    made_at = int(content.awarded_at.timestamp())
    if not missing_from_fonts(inputs["content"]):
        try:
            pdf = typesetting.pdf(TEMPLATE, inputs, made_at=made_at, profile=ARCHIVAL)
            return Certificate(pdf=pdf, archival=True)
        except typst.TypstError:
            # A letter and its mark may both have a glyph, but not in the same font.
            pass
    try:
        return Certificate(pdf=typesetting.pdf(TEMPLATE, inputs, made_at=made_at), archival=False)
    except typst.TypstError as error:
        raise CertificateNotMadeError from error


def printed(content: CertificateContent) -> JsonObject:
    """Put into words what the templates print."""
    learner = wording.one_line(content.learner_name)
    achievement = wording.one_line(content.achievement_name)
    hub = wording.one_line(content.hub_name)
    awarded, until = content.awarded_at, content.valid_until
    return {
        "title": f"{achievement}: {learner}",
        "hubName": hub,
        "initial": wording.initial(hub),
        "kind": wording.kind(content.achievement_type),
        "learnerName": learner,
        "learnerRtl": wording.is_right_to_left(learner),
        "achievementName": achievement,
        "achievementRtl": wording.is_right_to_left(achievement),
        "criteria": wording.summary(content.criteria, characters=CRITERIA_CHARACTERS),
        "skills": _skills(content.skills),
        "awarded": wording.day(awarded),
        "validUntil": None if until is None else wording.day(until),
        "issuerDid": content.issuer_did,
        "address": content.address,
        "addressLines": _address_lines(content.address),
        "accent": content.accent,
        "ornament": int.from_bytes(sha256(content.address.encode()).digest()[:4], "big"),
        "year": awarded.year,
        "month": awarded.month,
        "day": awarded.day,
    }


def _skills(names: tuple[str, ...]) -> JsonObject:
    shown = [wording.summary(name, characters=SKILL_CHARACTERS) for name in names[:SKILLS_SHOWN]]
    return {"shown": [*shown], "more": max(0, len(names) - SKILLS_SHOWN)}


def _address_lines(address: str) -> list[JsonValue]:
    host, slash, code = address.partition("://")[2].rpartition("/")
    return [host + slash, code]
