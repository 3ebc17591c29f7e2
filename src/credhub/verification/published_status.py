"""The status of a credential by the lists that its issuer publishes, of every kind that we know.

A revocation decides by itself, and a suspension unless there is a revocation. That a credential
stands is said only when every list that could say otherwise was read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from credhub.errors import (
    OutcomeUnknownError,
    StatusPurposeNotKnownError,
    StatusTypeNotKnownError,
)
from credhub.jsontypes import JsonObject
from credhub.ledger.events import Standing
from credhub.status import revocation_list, token_reference, token_status_list
from credhub.status.document import ENTRY_TYPES, HARMLESS, Purpose, StatusEntry
from credhub.status.published import PublishedList
from credhub.status.revocation_list import RevocationList
from credhub.status.token_reference import TokenStatusReference
from credhub.status.token_status_list import TokenStatusList

_MEANING: Final[Mapping[str, Standing]] = {
    Purpose.REVOCATION: Standing.REVOKED,
    Purpose.SUSPENSION: Standing.SUSPENDED,
}

_OF_TOKENS: Final[Mapping[int, Standing]] = {
    token_status_list.VALID: Standing.ACTIVE,
    token_status_list.INVALID: Standing.REVOKED,
    token_status_list.SUSPENDED: Standing.SUSPENDED,
}


class PublishedLists(Protocol):
    """Where lists come from: judged already, and of the issuer that is asked for."""

    def bitstring(self, url: str, issuer_id: str) -> PublishedList:
        """Give the status list credential at an address.

        Raises:
            OutcomeUnknownError: It could not be had, or says nothing.
        """
        ...

    def tokens(self, url: str, issuer_id: str) -> TokenStatusList:
        """Give the Token Status List at an address.

        Raises:
            OutcomeUnknownError: It could not be had, or says nothing.
        """
        ...

    def revocations(self, url: str) -> RevocationList:
        """Give the revocation list of 1EdTech at an address.

        Raises:
            OutcomeUnknownError: It could not be had, or is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class PublishedStatus:
    """A status source for the credentials of others."""

    lists: PublishedLists

    def state_of(self, credential: JsonObject, issuer_did: str) -> Standing:
        """Say whether a credential stands.

        Raises:
            OutcomeUnknownError: That could not be found out.
            VerificationError: The credential's own entry is malformed, or lies outside its list.
        """
        standing, doubt = Standing.ACTIVE, None
        for entry in entries_of(credential):
            try:
                found = self._by(entry, credential, issuer_did)
            except OutcomeUnknownError as error:
                doubt = doubt or error
                continue
            if found is Standing.REVOKED:
                return found
            if found is Standing.SUSPENDED:
                standing = found
        if doubt is not None and standing is Standing.ACTIVE:
            raise doubt
        return standing

    def _by(self, entry: JsonObject, credential: JsonObject, issuer: str) -> Standing:
        kind = entry.get("type")
        if kind in ENTRY_TYPES:
            return self._by_bits(entry, issuer)
        if kind == token_reference.ENTRY_TYPE:
            return self._by_token(entry, issuer)
        if kind == revocation_list.ENTRY_TYPE:
            return self._by_id(entry, credential, issuer)
        raise StatusTypeNotKnownError

    def _by_bits(self, members: JsonObject, issuer: str) -> Standing:
        entry = StatusEntry.from_document(members)
        if entry.purpose in HARMLESS:
            return Standing.ACTIVE
        status = self.lists.bitstring(entry.list_url, issuer).status_of(entry)
        if not status.value:
            return Standing.ACTIVE
        if entry.purpose not in _MEANING:
            raise StatusPurposeNotKnownError
        return _MEANING[entry.purpose]

    def _by_token(self, members: JsonObject, issuer: str) -> Standing:
        place = TokenStatusReference.from_entry(members)
        return standing_in(self.lists.tokens(place.uri, issuer), [members])

    def _by_id(self, members: JsonObject, credential: JsonObject, issuer: str) -> Standing:
        listed = self.lists.revocations(revocation_list.address_in(members))
        return Standing.REVOKED if listed.holds(credential, issuer) else Standing.ACTIVE


def standing_in(statuses: TokenStatusList, entries: Iterable[JsonObject]) -> Standing:
    """Read whether a token stands: the worst that any of its places says.

    Raises:
        StatusEntryError: A place is malformed.
        StatusIndexError: A place lies outside the list.
        StatusPurposeNotKnownError: A status has a meaning that we do not know.
    """
    places = [TokenStatusReference.from_entry(entry) for entry in entries]
    said = {statuses.status_at(place.index) for place in places}
    if not said <= _OF_TOKENS.keys():
        raise StatusPurposeNotKnownError
    for status in (token_status_list.INVALID, token_status_list.SUSPENDED):
        if status in said:
            return _OF_TOKENS[status]
    return Standing.ACTIVE


def could_withdraw(entry: JsonObject) -> bool:
    """Say whether a status entry could take anything away from a credential.

    Raises:
        StatusEntryError: It is malformed.
    """
    if entry.get("type") not in ENTRY_TYPES:
        return True
    return StatusEntry.from_document(entry).purpose not in HARMLESS


def entries_of(credential: JsonObject) -> list[JsonObject]:
    """List the places in which a credential's status is published, whatever they are."""
    value = credential.get("credentialStatus", [])
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]
