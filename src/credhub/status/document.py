"""Status entries and status lists as documents."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self, TypeGuard

from credhub import instants
from credhub.errors import MalformedInstantError, StatusEntryError, StatusListError
from credhub.jsontypes import JsonObject, JsonValue

CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
ENTRY_TYPE: Final = "BitstringStatusListEntry"
ENTRY_TYPES: Final = (ENTRY_TYPE, "StatusList2021Entry")
"""What we write, and the draft before the standard, which has the same members."""

LIST_TYPE: Final = "BitstringStatusList"
CREDENTIAL_TYPE: Final = "BitstringStatusListCredential"

MAX_SIZE: Final = 8
"""More bits than this would need more words for them than anybody reads."""

# Of any length that says where it is; the list says whether it is in it.
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,99}", re.ASCII)
_STATUS: Final = re.compile(r"0[xX][0-9a-fA-F]{1,8}", re.ASCII)
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+", re.ASCII)


class Purpose(StrEnum):
    """What a set bit means, where we set it."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


REFRESH: Final = "refresh"
MESSAGE: Final = "message"

HARMLESS: Final = frozenset({REFRESH, MESSAGE})
"""Purposes of which no status takes anything away from a credential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """One credential's place in a status list, its own or of any other issuer.

    Attributes:
        id: The address of the place; never fetched.
        purpose: What a status other than zero means: a ``Purpose``, or a word of the issuer's own.
        index: Counted in places of ``size`` bits.
        list_url: The address of the list.
        size: How many bits each place has.
        messages: What each status is called, by its value; the issuer's words.
    """

    id: str
    purpose: str
    index: int
    list_url: str
    size: int = 1
    messages: tuple[str, ...] = ()

    @classmethod
    def at(cls, list_url: str, index: int, purpose: Purpose) -> Self:
        """Make the entry of a place in a list."""
        return cls(id=f"{list_url}#{index}", purpose=purpose, index=index, list_url=list_url)

    def to_document(self) -> JsonObject:
        """Make the ``credentialStatus`` object of a place of one bit.

        Source:
            W3C Bitstring Status List 1.0, section 2.1.
        """
        return {
            "id": self.id,
            "type": ENTRY_TYPE,
            "statusPurpose": str(self.purpose),
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }

    @classmethod
    def from_document(cls, entry: JsonObject) -> Self:
        """Read one ``credentialStatus`` object.

        Raises:
            StatusEntryError: It breaks a rule of the standard (MALFORMED_VALUE_ERROR).

        Source:
            W3C Bitstring Status List 1.0, section 2.1.
        """
        list_url, index = entry.get("statusListCredential"), entry.get("statusListIndex")
        if entry.get("type") not in ENTRY_TYPES or not is_url(list_url):
            raise StatusEntryError("The status entry is not a place in a bitstring status list.")
        if not isinstance(index, str) or not _INDEX.fullmatch(index):
            raise StatusEntryError("The status entry's index is not a whole number as text.")
        purpose = entry.get("statusPurpose")
        if not isinstance(purpose, str) or not purpose:
            raise StatusEntryError("The status entry does not say what it is for.")
        entry_id = entry.get("id", f"{list_url}#{index}")
        if not is_url(entry_id) or entry_id == list_url:
            raise StatusEntryError("The status entry's id is not an address of its own.")
        size = _size(entry)
        check_references(entry)
        return cls(
            id=str(entry_id),
            purpose=purpose,
            index=int(index),
            list_url=str(list_url),
            size=size,
            messages=_messages(entry, size),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One published version of a status list.

    Attributes:
        url: Where it is published, which is also its id.
        issuer: The DID of the hub.
        encoded: The bits as ``bitstring.encode`` writes them.
        valid_from: When this version was made.
        valid_until: When a verifier must have fetched a later one.
    """

    url: str
    issuer: str
    purpose: Purpose
    encoded: str
    valid_from: datetime
    valid_until: datetime

    def to_document(self) -> JsonObject:
        """Make the unsigned status list credential.

        The time to live is the whole validity: within it a copy is good enough, as VCDM says.

        Source:
            W3C Bitstring Status List 1.0, section 2.2.
        """
        return {
            "@context": [CONTEXT],
            "id": self.url,
            "type": ["VerifiableCredential", CREDENTIAL_TYPE],
            "issuer": self.issuer,
            "validFrom": instants.text_of(self.valid_from),
            "validUntil": instants.text_of(self.valid_until),
            "credentialSubject": {
                "id": f"{self.url}#list",
                "type": LIST_TYPE,
                "statusPurpose": self.purpose.value,
                "encodedList": self.encoded,
            },
        }

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read a status list credential whose proof was checked.

        Raises:
            StatusListError: The document is not a status list with a start and an end.
        """
        subject = document.get("credentialSubject")
        types = document.get("type")
        if not isinstance(types, list) or CREDENTIAL_TYPE not in types:
            raise StatusListError("The document is not a status list credential.")
        if not isinstance(subject, dict) or subject.get("type") != LIST_TYPE:
            raise StatusListError("The status list credential holds no status list.")
        try:
            return cls(
                url=_text(document, "id"),
                issuer=_text(document, "issuer"),
                purpose=_purpose(subject.get("statusPurpose")),
                encoded=_text(subject, "encodedList"),
                valid_from=instants.parse(_text(document, "validFrom")),
                valid_until=instants.parse(_text(document, "validUntil")),
            )
        except (StatusEntryError, MalformedInstantError) as error:
            raise StatusListError("A member of the status list is malformed.") from error


def is_url(value: JsonValue) -> TypeGuard[str]:
    """Say whether a value is an absolute URL of any scheme."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def check_references(entry: JsonObject) -> None:
    """Check that ``statusReference`` is one address or several, if it is there.

    Raises:
        StatusEntryError: It is something else.
    """
    value = entry.get("statusReference", [])
    if not all(is_url(item) for item in (value if isinstance(value, list) else [value])):
        raise StatusEntryError("The status entry refers to what is no address.")


def _size(entry: JsonObject) -> int:
    size = entry.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_SIZE:
        raise StatusEntryError(f"The status entry does not take one to {MAX_SIZE} bits.")
    return size


def _messages(entry: JsonObject, size: int) -> tuple[str, ...]:
    """Read what each status is called; where there are more than two, each must have a name."""
    items = entry.get("statusMessage")
    if items is None and "statusMessage" not in entry and size == 1:
        return ()
    if not isinstance(items, list) or len(items) != 2**size:
        raise StatusEntryError("The status entry does not have one message for each status.")
    named = dict(_message(item) for item in items)
    if named.keys() != set(range(2**size)):
        raise StatusEntryError("The status entry does not have one message for each status.")
    return tuple(named[value] for value in range(2**size))


def _message(item: JsonValue) -> tuple[int, str]:
    members = item if isinstance(item, dict) else {}
    status, message = members.get("status"), members.get("message")
    if not isinstance(status, str) or not _STATUS.fullmatch(status) or not isinstance(message, str):
        raise StatusEntryError("A message of the status entry is not a status and its name.")
    return int(status, 16), message


def _purpose(value: JsonValue) -> Purpose:
    for purpose in Purpose:
        if value == purpose.value:
            return purpose
    raise StatusEntryError("The status purpose is not revocation or suspension.")


def _text(members: JsonObject, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise StatusListError(f"The status list has no {name}.")
    return value
