"""Status list credentials as their issuers publish them, read after their proof was checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from credhub import instants
from credhub.errors import (
    MalformedInstantError,
    StatusListError,
    StatusListTooShortError,
    StatusPurposeMismatchError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status import bitstring
from credhub.status.document import CREDENTIAL_TYPE, LIST_TYPE, MESSAGE, StatusEntry

MAX_PURPOSES: Final = 16
MAX_TTL: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a list and its credential are called, and what is left out before the bits."""

    credential_type: str
    list_type: str
    prefix: str


_KINDS: Final = (
    _Kind(CREDENTIAL_TYPE, LIST_TYPE, ""),
    # The draft before the standard: the letter is missing that says how the bits are written.
    _Kind("StatusList2021Credential", "StatusList2021", "u"),
)

_NAMES: Final = ("unset", "set")
"""What the standard calls the two statuses that an issuer gave no names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a list says about one credential.

    Attributes:
        value: Zero when nothing was said.
        message: The issuer's or the standard's name for it, which the standard means for software.
    """

    purpose: str
    value: int
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """One version of a status list, of whoever published it.

    Attributes:
        url: The address that it gives itself.
        issuer_id: Who says that.
        purposes: What its statuses may mean.
        encoded: The statuses as they were published; unpacked whenever one is read.
        valid_from: ``None`` when it does not say.
        valid_until: Likewise.
        ttl: How long a copy is fresh; likewise.
    """

    url: str | None
    issuer_id: str
    purposes: tuple[str, ...]
    encoded: str
    valid_from: datetime | None
    valid_until: datetime | None
    ttl: timedelta | None

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read a status list credential.

        Raises:
            StatusListError: It breaks a rule of the standard.

        Source:
            W3C Bitstring Status List 1.0, section 2.2; W3C CCG Status List 2021, section 4.2.
        """
        kind = _kind(document)
        subject = document.get("credentialSubject")
        if not isinstance(subject, dict) or kind.list_type not in _texts(subject.get("type")):
            raise StatusListError("The status list credential holds no status list.")
        purposes = _texts(subject.get("statusPurpose"))
        encoded = subject.get("encodedList")
        if not 0 < len(purposes) <= MAX_PURPOSES or not isinstance(encoded, str):
            raise StatusListError("The status list does not say what it lists.")
        url = document.get("id")
        return cls(
            url=url if isinstance(url, str) else None,
            issuer_id=_issuer(document),
            purposes=purposes,
            encoded=kind.prefix + encoded,
            valid_from=_instant(document, "validFrom", "issuanceDate"),
            valid_until=_instant(document, "validUntil", "expirationDate"),
            ttl=_ttl(subject),
        )

    def status_of(self, entry: StatusEntry) -> Status:
        """Read the status at a credential's place.

        Raises:
            StatusPurposeMismatchError: The list is for something else (STATUS_VERIFICATION_ERROR).
            StatusListTooShortError: It has fewer than 131,072 places (STATUS_LIST_LENGTH_ERROR).
            StatusIndexError: The place lies outside the list (RANGE_ERROR).
            StatusListError: The list cannot be unpacked.

        Source:
            W3C Bitstring Status List 1.0, section 3.2 (Validate Algorithm).
        """
        if entry.purpose not in self.purposes:
            raise StatusPurposeMismatchError
        bits = bitstring.decode(self.encoded)
        if len(bits) * 8 // entry.size < bitstring.LENGTH:
            raise StatusListTooShortError("The status list is too short.")
        value = bitstring.value(bits, entry.index, entry.size)
        return Status(purpose=entry.purpose, value=value, message=_name(entry, value))


def _name(entry: StatusEntry, value: int) -> str | None:
    if entry.messages:
        return entry.messages[value]
    return _NAMES[value] if entry.purpose == MESSAGE else None


def _texts(value: JsonValue) -> tuple[str, ...]:
    """Give one text or several; nothing when anything else is among them."""
    items = value if isinstance(value, list) else [value]
    texts = tuple(item for item in items if isinstance(item, str))
    return texts if len(texts) == len(items) else ()


def _kind(document: JsonObject) -> _Kind:
    types = _texts(document.get("type"))
    for kind in _KINDS:
        if kind.credential_type in types:
            return kind
    raise StatusListError("The document is not a status list credential.")


def _issuer(document: JsonObject) -> str:
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(named, str):
        raise StatusListError("The status list has no issuer.")
    return named


def _instant(document: JsonObject, *names: str) -> datetime | None:
    """Read a time by its name in the data model, or in the one before."""
    found = [document[name] for name in names if name in document]
    if not found:
        return None
    try:
        return instants.parse(str(found[0]))
    except MalformedInstantError as error:
        raise StatusListError("A time of the status list is malformed.") from error


def _ttl(subject: JsonObject) -> timedelta | None:
    """Read the time to live, which the standard counts in milliseconds."""
    if "ttl" not in subject:
        return None
    ttl = subject["ttl"]
    if not isinstance(ttl, int) or isinstance(ttl, bool) or ttl < 0:
        raise StatusListError("The status list's time to live is not a number of milliseconds.")
    return min(timedelta(milliseconds=min(ttl, 2**53)), MAX_TTL)
