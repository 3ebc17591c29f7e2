"""What the W3C data model asks of every credential, versions 2.0 and 1.1."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from credhub.errors import (
    MalformedContextError,
    MalformedIssuerError,
    MalformedPeriodError,
    MalformedSubjectError,
    NotACredentialError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification import members
from credhub.verification.language import check_words
from credhub.verification.related import check_related

V2: Final = "https://www.w3.org/ns/credentials/v2"
V1: Final = "https://www.w3.org/2018/credentials/v1"
CREDENTIAL_TYPE: Final = "VerifiableCredential"

# Signed by the same key, and never the word about a person.
_OTHER_DOCUMENTS: Final = frozenset(
    {
        "VerifiablePresentation",
        "EnvelopedVerifiableCredential",
        "EnvelopedVerifiablePresentation",
        "BitstringStatusListCredential",
        "StatusList2021Credential",
    }
)

# Which objects must have an id, by the version of the model; all of them have a type.
_TYPED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        V2: frozenset({"credentialSchema"}),
        V1: frozenset({"credentialSchema", "credentialStatus", "refreshService"}),
    }
)
_ALL_TYPED: Final = (
    "credentialStatus",
    "credentialSchema",
    "refreshService",
    "termsOfUse",
    "evidence",
)


def check(document: JsonObject) -> bool:
    """Check a credential, with whatever secures it.

    Returns:
        Whether every related resource that it names was compared with its digest.

    Raises:
        NotACredentialError: It says that it is something else.
        MalformedCredentialError: It lacks a member, or has one in another shape; each reason
            has an error of its own.
        RelatedResourceDiffersError: It was made for another edition of a file that we know.

    Source:
        W3C VCDM 2.0, section 4; VCDM 1.1, sections 4 and 5.
    """
    version = version_of(document)
    _check_context(document)
    members.check_types(document, "type")
    members.check_id(document)
    issuer_of(document)
    _check_subjects(document)
    period(document)
    check_words(document)
    for name in _ALL_TYPED:
        _check_typed(document, name, needs_id=name in _TYPED[version])
    return check_related(document)


def version_of(document: JsonObject) -> str:
    """Find the version of the data model that a credential follows, by its first context.

    Raises:
        NotACredentialError: None that we know, or the document is not a credential.

    Source:
        W3C VCDM 2.0, sections 4.3 and 4.5.
    """
    contexts = document.get("@context")
    first = contexts[0] if isinstance(contexts, list) and contexts else None
    if not isinstance(first, str) or first not in _TYPED:
        raise NotACredentialError("The document does not follow the W3C data model.")
    types = members.types(document)
    if CREDENTIAL_TYPE not in types or types & _OTHER_DOCUMENTS:
        raise NotACredentialError("The document is not a verifiable credential.")
    return first


def issuer_of(document: JsonObject) -> JsonObject:
    """Read the issuer: a URL, or an object with one.

    Raises:
        MalformedIssuerError: It is neither.

    Source:
        W3C VCDM 2.0, section 4.7.
    """
    value = document.get("issuer")
    issuer: JsonObject = value if isinstance(value, dict) else {"id": value}
    if not members.is_url(issuer.get("id")):
        raise MalformedIssuerError("The issuer is missing, or is not named by one absolute URL.")
    return issuer


def period(document: JsonObject) -> tuple[datetime | None, datetime | None]:
    """Read from when and until when a credential is valid.

    Raises:
        MalformedPeriodError: One of the two is not a time, or the end is before the beginning.

    Source:
        W3C VCDM 2.0, section 4.9; VCDM 1.1, sections 4.6 and 4.8.
    """
    if version_of(document) == V1:
        valid_from: datetime | None = members.instant(document, "issuanceDate")
        valid_until = _optional_instant(document, "expirationDate")
    else:
        valid_from = _optional_instant(document, "validFrom")
        valid_until = _optional_instant(document, "validUntil")
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise MalformedPeriodError("The credential ends before it begins.")
    return valid_from, valid_until


def check_contexts(contexts: list[JsonValue]) -> None:
    """Refuse contexts that are neither addresses nor objects, and an address that is repeated.

    Raises:
        MalformedContextError: There is one.

    Source:
        W3C VCDM 2.0, section 4.3.
    """
    addresses = [item for item in contexts if isinstance(item, str)]
    objects = [item for item in contexts if isinstance(item, dict)]
    if len(addresses) + len(objects) != len(contexts) or not all(map(members.is_url, addresses)):
        raise MalformedContextError("A context is neither an absolute URL nor an object.")
    if len(set(addresses)) != len(addresses):
        raise MalformedContextError("A context is named twice.")


def _check_context(document: JsonObject) -> None:
    contexts = document["@context"]
    check_contexts(contexts if isinstance(contexts, list) else [contexts])


def _check_subjects(document: JsonObject) -> None:
    value = document.get("credentialSubject")
    listed = value if isinstance(value, list) else [value]
    subjects = [item for item in listed if isinstance(item, dict) and item]
    if not subjects or len(subjects) != len(listed):
        raise MalformedSubjectError("The credentialSubject is missing, empty or not an object.")
    for subject in subjects:
        members.check_id(subject)


def _check_typed(document: JsonObject, name: str, *, needs_id: bool) -> None:
    for item in members.objects(document, name, at_most=None):
        members.check_types(item, name)
        if needs_id:
            members.url(item, "id")
        members.check_id(item)


def _optional_instant(document: JsonObject, name: str) -> datetime | None:
    return members.instant(document, name) if name in document else None
