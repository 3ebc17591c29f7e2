"""The second check: whether a document has the shape of an Open Badges credential.

The messages name members that the standards define and nothing from the document, because its
proof is not checked yet.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants
from credhub.errors import MalformedCredentialError, MalformedInstantError, NotACredentialError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status.document import ENTRY_TYPE, Purpose, StatusEntry

BASE_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
CREDENTIAL_TYPE: Final = "VerifiableCredential"
BADGE_TYPES: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})
SUBJECT_TYPE: Final = "AchievementSubject"
ACHIEVEMENT_TYPE: Final = "Achievement"

MAX_ITEMS: Final = 16
"""More schemas or status entries than this cost more than they could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """What the later checks read of a credential.

    Attributes:
        issuer_id: The DID that the credential names as its issuer.
        issuer_name: What the credential calls its issuer; a claim.
        issuer_url: Likewise.
        schema_ids: The schemas that it names.
        has_status: Whether it names a place where its status is published.
    """

    issuer_id: str
    issuer_name: str | None
    issuer_url: str | None
    valid_from: datetime
    valid_until: datetime | None
    schema_ids: tuple[str, ...]
    has_status: bool

    @classmethod
    def of(cls, document: JsonObject) -> Self:
        """Read a document.

        Raises:
            NotACredentialError: It says that it is something else.
            MalformedCredentialError: It lacks a member, or has one in another shape.
            StatusEntryError: Its place in a status list is malformed.

        Source:
            W3C VCDM 2.0, section 4; Open Badges 3.0, sections B.1.1 (AchievementCredential) and
            B.1.2 (AchievementSubject).
        """
        _check_types(document)
        _text(document, "id")
        _check_subject(document)
        issuer = _issuer(document)
        valid_from, valid_until = _period(document)
        statuses = _objects(document, "credentialStatus")
        for entry in statuses:
            _check_status_entry(entry)
        return cls(
            issuer_id=_text(issuer, "id"),
            issuer_name=_optional_text(issuer, "name"),
            issuer_url=_optional_text(issuer, "url"),
            valid_from=valid_from,
            valid_until=valid_until,
            schema_ids=tuple(_text(item, "id") for item in _objects(document, "credentialSchema")),
            has_status=bool(statuses),
        )


def _check_types(document: JsonObject) -> None:
    contexts = document.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [BASE_CONTEXT]:
        raise NotACredentialError("The document does not follow the W3C data model 2.0.")
    types = _types(document)
    if CREDENTIAL_TYPE not in types or not types & BADGE_TYPES:
        raise NotACredentialError("The document is not an Open Badges credential.")


def _check_subject(document: JsonObject) -> None:
    subject = _object(document, "credentialSubject")
    if SUBJECT_TYPE not in _types(subject):
        raise MalformedCredentialError(
            "The subject of the credential is not an AchievementSubject."
        )
    achievement = _object(subject, "achievement")
    if ACHIEVEMENT_TYPE not in _types(achievement):
        raise MalformedCredentialError("The achievement of the credential is not an Achievement.")
    for member in ("id", "name", "description"):
        _text(achievement, member)
    _object(achievement, "criteria")


def _issuer(document: JsonObject) -> JsonObject:
    issuer = document.get("issuer")
    return {"id": issuer} if isinstance(issuer, str) else _object(document, "issuer")


def _period(document: JsonObject) -> tuple[datetime, datetime | None]:
    valid_from = _instant(document, "validFrom")
    if "validUntil" not in document:
        return valid_from, None
    valid_until = _instant(document, "validUntil")
    if valid_until < valid_from:
        raise MalformedCredentialError("The credential ends before it begins.")
    return valid_from, valid_until


def _check_status_entry(entry: JsonObject) -> None:
    # Entries of other kinds are for the status check to understand, or not.
    kind = _text(entry, "type")
    if kind == ENTRY_TYPE and _text(entry, "statusPurpose") in set(Purpose):
        StatusEntry.from_document(entry)


def _types(members: JsonObject) -> frozenset[str]:
    value = members.get("type")
    items = value if isinstance(value, list) else [value]
    return frozenset(item for item in items if isinstance(item, str))


def _text(members: JsonObject, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise _malformed(name)
    return value


def _optional_text(members: JsonObject, name: str) -> str | None:
    return _text(members, name) if name in members else None


def _instant(members: JsonObject, name: str) -> datetime:
    try:
        return instants.parse(_text(members, name))
    except MalformedInstantError as error:
        raise _malformed(name) from error


def _object(members: JsonObject, name: str) -> JsonObject:
    value = members.get(name)
    if not isinstance(value, dict):
        raise _malformed(name)
    return value


def _objects(members: JsonObject, name: str) -> list[JsonObject]:
    value: JsonValue = members.get(name, [])
    items = value if isinstance(value, list) else [value]
    objects = [item for item in items if isinstance(item, dict)]
    if len(objects) != len(items) or len(items) > MAX_ITEMS:
        raise _malformed(name)
    return objects


def _malformed(name: str) -> MalformedCredentialError:
    return MalformedCredentialError(f"The member {name} is missing, or is not what it must be.")
