"""What issuers call the statuses that they give: their own words, shown as such, never judged.

The standard means these words for software developers. A report repeats them for software; a page
repeats them as the word that the issuer's software has, because a status such as ``rejected`` of
the purpose ``message`` has no other words.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from credhub.errors import VerificationError
from credhub.jsontypes import JsonObject
from credhub.status.document import ENTRY_TYPES, MESSAGE, StatusEntry
from credhub.status.published import Status
from credhub.verification.findings import StatusMessage
from credhub.verification.published_status import PublishedLists, entries_of

MAX_MESSAGES: Final = 4
MAX_LENGTH: Final = 200
"""Characters of a message that are repeated."""

_NAMES: Final = "statusMessage"
_UNDEFINED: Final = "undefined"


def has_names(credential: JsonObject) -> bool:
    """Say whether a credential gives any of its statuses a name."""
    return any(_NAMES in entry for entry in entries_of(credential))


def messages_of(
    credential: JsonObject, issuer_id: str, lists: PublishedLists
) -> tuple[StatusMessage, ...]:
    """Give the names of the statuses that a credential has, as far as they can be had.

    Those of the purpose ``message`` always; others when they say more than that nothing was said.
    Whatever is wrong with a list is told where the status is judged, and not here.

    Source:
        W3C Bitstring Status List 1.0, section 2.1 (statusMessage).
    """
    named = [
        entry
        for entry in entries_of(credential)
        if _NAMES in entry and entry.get("type") in ENTRY_TYPES
    ]
    return tuple(
        StatusMessage(purpose=one.purpose, value=one.value, message=_capped(one.message))
        for one in _statuses(named[:MAX_MESSAGES], issuer_id, lists)
        if one.message and one.message != _UNDEFINED and (one.value or one.purpose == MESSAGE)
    )


def _statuses(entries: list[JsonObject], issuer_id: str, lists: PublishedLists) -> Iterator[Status]:
    for members in entries:
        with suppress(VerificationError):
            entry = StatusEntry.from_document(members)
            yield lists.bitstring(entry.list_url, issuer_id).status_of(entry)


def _capped(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
