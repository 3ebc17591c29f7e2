"""Where a token says that its status is published: a place in a Token Status List."""

import re
from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import StatusEntryError
from credhub.jsontypes import JsonObject, JsonValue

CLAIM: Final = "status"
ENTRY_TYPE: Final = "TokenStatusListEntry"
"""What such a place is called among the status entries of a W3C document; a name of ours."""

LIST: Final = "status_list"
_MAX_INDEX: Final = 2**31
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenStatusReference:
    """One token's place in a Token Status List.

    Attributes:
        uri: The address of the list.
    """

    uri: str
    index: int

    def to_claim(self) -> JsonObject:
        """Make the ``status`` claim.

        Source:
            draft-ietf-oauth-status-list, section 6.1 (Referenced Token).
        """
        return {LIST: {"idx": self.index, "uri": self.uri}}

    def to_entry(self) -> JsonObject:
        """Make the ``credentialStatus`` object that stands for it in a W3C document."""
        return {
            "id": f"{self.uri}#{self.index}",
            "type": ENTRY_TYPE,
            "statusListIndex": str(self.index),
            "statusListCredential": self.uri,
        }

    @classmethod
    def from_claim(cls, claim: JsonValue) -> Self:
        """Read the ``status`` claim.

        Raises:
            StatusEntryError: It is not a place in such a list.
        """
        place = claim.get(LIST) if isinstance(claim, dict) else None
        if not isinstance(place, dict):
            raise StatusEntryError("The status of the token is not a place in a status list.")
        uri, index = place.get("uri"), place.get("idx")
        if not isinstance(uri, str) or not uri:
            raise StatusEntryError("The status of the token names no list.")
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < _MAX_INDEX:
            raise StatusEntryError("The status of the token has an index that is none.")
        return cls(uri=uri, index=index)

    @classmethod
    def from_entry(cls, entry: JsonObject) -> Self:
        """Read what ``to_entry`` made.

        Raises:
            StatusEntryError: It is not a place in such a list.
        """
        uri, index = entry.get("statusListCredential"), entry.get("statusListIndex")
        if not isinstance(uri, str) or not isinstance(index, str) or not _INDEX.fullmatch(index):
            raise StatusEntryError("The status of the token is not a place in a status list.")
        return cls(uri=uri, index=int(index))
