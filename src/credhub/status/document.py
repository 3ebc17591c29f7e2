"""Status entries and status lists as documents."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from credhub import instants
from credhub.errors import MalformedInstantError, StatusEntryError, StatusListError
from credhub.jsontypes import JsonObject, JsonValue

CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
ENTRY_TYPE: Final = "BitstringStatusListEntry"
LIST_TYPE: Final = "BitstringStatusList"
CREDENTIAL_TYPE: Final = "BitstringStatusListCredential"

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


class Purpose(StrEnum):
    """What a set bit means."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """One credential's place in a status list.

    Attributes:
        id: The address of the place; never fetched.
        list_url: The address of the list.
    """

    id: str
    purpose: Purpose
    index: int
    list_url: str

    @classmethod
    def at(cls, list_url: str, index: int, purpose: Purpose) -> Self:
        """Make the entry of a place in a list."""
        return cls(id=f"{list_url}#{index}", purpose=purpose, index=index, list_url=list_url)

    def to_document(self) -> JsonObject:
        """Make the ``credentialStatus`` object.

        Source:
            W3C Bitstring Status List 1.0, section 2.1.
        """
        return {
            "id": self.id,
            "type": ENTRY_TYPE,
            "statusPurpose": self.purpose.value,
            "statusListIndex": str(self.index),
            "statusListCredential": self.list_url,
        }

    @classmethod
    def from_document(cls, entry: JsonObject) -> Self:
        """Read one ``credentialStatus`` object.

        Raises:
            StatusEntryError: The entry is malformed, or of a purpose that we do not know.
        """
        list_url, index = entry.get("statusListCredential"), entry.get("statusListIndex")
        if entry.get("type") != ENTRY_TYPE or not isinstance(list_url, str):
            raise StatusEntryError("The status entry is not a place in a bitstring status list.")
        if not isinstance(index, str) or not _INDEX.fullmatch(index):
            raise StatusEntryError("The status entry's index is not a whole number as text.")
        if entry.get("statusSize", 1) != 1:
            raise StatusEntryError("The status entry takes more than one bit.")
        return cls(
            id=str(entry.get("id", f"{list_url}#{index}")),
            purpose=_purpose(entry.get("statusPurpose")),
            index=int(index),
            list_url=list_url,
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
