"""The second check: whether a document has the shape of a credential, and of a badge if it is one.

The messages name members that the standards define and nothing from the document, because its
proof is not checked yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub.errors import MalformedCredentialError
from credhub.jsontypes import JsonObject
from credhub.status.document import ENTRY_TYPE, StatusEntry
from credhub.verification import data_model, members
from credhub.verification.language import words
from credhub.verification.members import MAX_ITEMS

__all__ = ["BADGE_TYPES", "MAX_ITEMS", "CredentialView"]

BADGE_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
SUBJECT_TYPE: Final = "AchievementSubject"
ACHIEVEMENT_TYPE: Final = "Achievement"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """What the later checks read of a credential.

    Attributes:
        issuer_id: The DID, or another URL, that the credential names as its issuer.
        issuer_name: What the credential calls its issuer; a claim.
        issuer_url: Likewise.
        valid_from: ``None`` when the credential does not say, as one that is no badge may.
        schema_ids: The schemas that it names.
        has_status: Whether it names a place where its status is published.
        is_badge: Whether it says that it is an Open Badges credential.
        related_compared: Whether each related resource that it names was compared.
    """

    issuer_id: str
    issuer_name: str | None
    issuer_url: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    schema_ids: tuple[str, ...]
    has_status: bool
    is_badge: bool
    related_compared: bool

    @classmethod
    def of(cls, document: JsonObject) -> Self:
        """Read a document.

        Raises:
            NotACredentialError: It says that it is something else.
            MalformedCredentialError: It lacks a member, or has one in another shape.
            RelatedResourceDiffersError: It was made for another edition of a file that we know.
            StatusEntryError: Its place in a status list is malformed.

        Source:
            W3C VCDM 2.0, section 4; Open Badges 3.0, sections B.1.1 (AchievementCredential) and
            B.1.2 (AchievementSubject).
        """
        related_compared = data_model.check(document)
        is_badge = bool(members.types(document) & BADGE_TYPES)
        if is_badge:
            _check_badge(document)
        issuer = data_model.issuer_of(document)
        valid_from, valid_until = data_model.period(document)
        statuses = members.objects(document, "credentialStatus")
        for entry in statuses:
            _check_status_entry(entry)
        schemas = members.objects(document, "credentialSchema")
        return cls(
            issuer_id=members.url(issuer, "id"),
            issuer_name=words(issuer.get("name")),
            issuer_url=members.optional_text(issuer, "url"),
            valid_from=valid_from,
            valid_until=valid_until,
            schema_ids=tuple(members.url(item, "id") for item in schemas),
            has_status=bool(statuses),
            is_badge=is_badge,
            related_compared=related_compared,
        )


def _check_badge(document: JsonObject) -> None:
    members.url(document, "id")
    if data_model.version_of(document) == data_model.V2:
        members.instant(document, "validFrom")
    _check_subject(document)


def _check_subject(document: JsonObject) -> None:
    subject = members.one_object(document, "credentialSubject")
    if SUBJECT_TYPE not in members.types(subject):
        raise MalformedCredentialError(
            "The subject of the credential is not an AchievementSubject."
        )
    achievement = members.one_object(subject, "achievement")
    if ACHIEVEMENT_TYPE not in members.types(achievement):
        raise MalformedCredentialError("The achievement of the credential is not an Achievement.")
    for member in ("id", "name", "description"):
        members.text(achievement, member)
    members.one_object(achievement, "criteria")


def _check_status_entry(entry: JsonObject) -> None:
    # Entries of other kinds are for the status check to understand, or not.
    if entry["type"] == ENTRY_TYPE:
        StatusEntry.from_document(entry)
