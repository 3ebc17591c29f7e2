"""The revocation list of 1EdTech: an unsigned file in which the withdrawn credentials are named.

It is as much worth as the host that serves it. The credential names the address in what its
issuer signed, so nobody else can choose the host.
"""

from dataclasses import dataclass
from typing import Final, Self

from credhub.errors import StatusEntryError, StatusListError, StatusListOfAnotherError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.status.document import is_url

ENTRY_TYPE: Final = "1EdTechRevocationList"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """One version of such a list.

    Attributes:
        issuer: Whose credentials it lists.
        revoked: The ids of those that were withdrawn.
    """

    issuer: str
    revoked: frozenset[str]

    @classmethod
    def from_document(cls, document: JsonObject) -> Self:
        """Read the list.

        Raises:
            StatusListError: It is not one.

        Source:
            1EdTech Revocation List Status Method 1.0, section 4 (data model).
        """
        issuer = document.get("issuer")
        named = issuer.get("id") if isinstance(issuer, dict) else issuer
        if not isinstance(named, str):
            raise StatusListError("The revocation list has no issuer.")
        listed = document.get("revokedCredential", [])
        items = listed if isinstance(listed, list) else [listed]
        return cls(issuer=named, revoked=frozenset(_id_of(it) for it in items if _is_revoked(it)))

    def holds(self, credential: JsonObject, issuer_id: str) -> bool:
        """Say whether a credential was withdrawn.

        Raises:
            StatusListOfAnotherError: The list is of another issuer.
            StatusEntryError: The credential has no id by which it could be listed.
        """
        if self.issuer != issuer_id:
            raise StatusListOfAnotherError
        credential_id = credential.get("id")
        if not isinstance(credential_id, str):
            raise StatusEntryError("A credential without an id cannot be in a revocation list.")
        return credential_id in self.revoked


def address_in(entry: JsonObject) -> str:
    """Read where the list is.

    Raises:
        StatusEntryError: The entry has no address.
    """
    url = entry.get("id")
    if not is_url(url):
        raise StatusEntryError("The status entry does not say where its list is.")
    return url


def _is_revoked(item: JsonValue) -> bool:
    revoked = item.get("revoked", True) if isinstance(item, dict) else True
    if not isinstance(revoked, bool):
        raise StatusListError("An item of the revocation list is neither revoked nor not.")
    return revoked


def _id_of(item: JsonValue) -> str:
    named = item.get("id") if isinstance(item, dict) else item
    if not isinstance(named, str):
        raise StatusListError("An item of the revocation list names no credential.")
    return named
