"""The unsigned Open Badges 3.0 credential."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from credhub import instants
from credhub.credentials.achievement import Achievement
from credhub.credentials.draft import CredentialDraft, Evidence, Result
from credhub.credentials.issuer import Issuer
from credhub.credentials.schema import DIGEST_SRI, SCHEMA_TYPE
from credhub.jsontypes import JsonObject, JsonValue

# Without the third, jsonld.js meets terms that Open Badges 3.0.3 forgot to define.
CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
VARYING: Final[Mapping[str, Mapping[str, Mapping[str, None] | None] | None]] = {
    "id": None,
    "validFrom": None,
    "validUntil": None,
    "awardedDate": None,
    "credentialSubject": {
        "id": None,
        "name": None,
        "identifier": {"identityHash": None, "salt": None},
        "result": {"resultDescription": None, "value": None, "achievedLevel": None},
    },
    "evidence": {
        "id": None,
        "name": None,
        "description": None,
        "narrative": None,
        "genre": None,
    },
    "credentialStatus": {"id": None, "statusListIndex": None, "statusListCredential": None},
}
"""What changes from one credential of an achievement to the next."""

TYPES: Final = ("VerifiableCredential", "OpenBadgeCredential")
SALT_BYTES: Final = 16


def to_document(  # noqa: PLR0913 - each is a separate fact about one credential
    draft: CredentialDraft,
    *,
    issuer: Issuer,
    achievement: Achievement,
    status_entries: tuple[JsonObject, ...],
    schema_id: str,
    salt: bytes,
) -> JsonObject:
    """Make the credential that is to be signed.

    Args:
        draft: Whose credential, from when, with what evidence.
        issuer: The hub.
        achievement: The version that was earned.
        status_entries: One entry of a status list; two when it can be suspended. A single one
            is written as an object, because the Open Badges schema knows no array here.
        schema_id: Where our JSON Schema of this document is published.
        salt: 16 random bytes for the hash of the e-mail address.

    Source:
        Open Badges 3.0, section B.1.2 (AchievementCredential); VCDM 2.0, section 4.
    """
    document: JsonObject = {
        "@context": list(CONTEXTS),
        "id": draft.id,
        "type": list(TYPES),
        "name": achievement.name,
        "issuer": issuer.to_document(),
        "validFrom": instants.text_of(draft.valid_from),
        **_dates(draft, achievement),
        "credentialSubject": _subject(draft, achievement, salt),
    }
    if draft.evidence:
        document["evidence"] = [_evidence(item) for item in draft.evidence]
    if status_entries:
        entries: list[JsonValue] = list(status_entries)
        document["credentialStatus"] = entries[0] if len(entries) == 1 else entries
    document["credentialSchema"] = [{"id": schema_id, "type": SCHEMA_TYPE, "digestSRI": DIGEST_SRI}]
    return document


def identity_hash(email: str, salt: str) -> str:
    """Hash an e-mail address so that whoever knows it can find it again.

    The address is in lower case, because people do not type it the same way twice.

    Source:
        Open Badges 3.0, section B.2.6 (IdentityHash).
    """
    return "sha256$" + sha256((email.lower() + salt).encode()).hexdigest()


def _dates(draft: CredentialDraft, achievement: Achievement) -> JsonObject:
    until = draft.valid_until
    if until is None and achievement.validity is not None:
        until = achievement.validity.until(draft.valid_from)
    given = {"validUntil": until, "awardedDate": draft.awarded_at}
    return {member: instants.text_of(at) for member, at in given.items() if at is not None}


def _subject(draft: CredentialDraft, achievement: Achievement, salt: bytes) -> JsonObject:
    recipient = draft.recipient
    subject: JsonObject = {} if recipient.did is None else {"id": recipient.did}
    subject |= {"type": ["AchievementSubject"], "name": recipient.name}
    if recipient.email is not None:
        subject["identifier"] = [_identifier(recipient.email, salt)]
    elif draft.identifiers:
        subject["identifier"] = list(draft.identifiers)
    subject["achievement"] = achievement.to_document()
    if draft.results:
        subject["result"] = [_result(item) for item in draft.results]
    return subject


def _identifier(email: str, salt: bytes) -> JsonObject:
    if len(salt) != SALT_BYTES:
        raise ValueError("A salt has 16 bytes.")
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity_hash(email, salt.hex()),
        "identityType": "emailAddress",
        "salt": salt.hex(),
    }


def _evidence(item: Evidence) -> JsonObject:
    page: JsonObject = {} if item.id is None else {"id": item.id}
    return page | {"type": ["Evidence"]} | dict(item.texts())


def _result(item: Result) -> JsonObject:
    members: dict[str, str | None] = {
        "resultDescription": item.result_description,
        "status": item.status,
        "value": item.value,
        "achievedLevel": item.achieved_level,
    }
    given: JsonObject = {name: str(text) for name, text in members.items() if text is not None}
    return {"type": ["Result"], **given}
