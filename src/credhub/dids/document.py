"""DID documents, written with keys in Multikey form and read in every usual one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants, multikey
from credhub.dids.key_material import public_key_of
from credhub.errors import (
    ControllerMismatchError,
    DidDocumentError,
    DidMismatchError,
    MalformedInstantError,
    MalformedKeyError,
    NotForAssertionError,
    NotForAuthenticationError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.public_key import PublicKey

CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
MAX_ITEMS: Final = 64
_ASSERTION: Final = "assertionMethod"
_AUTHENTICATION: Final = "authentication"
_RELATIONSHIPS: Final = (_ASSERTION, _AUTHENTICATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """One public key of a DID.

    Attributes:
        id: The DID, ``#`` and a name.
        controller: The DID that the key belongs to.
        public_key: What its signatures are checked with.
        revoked_at: From when on nothing that it signed is believed, because it was stolen.
        expires_at: When the key ends by plan.
        retired_at: When its owner stopped signing with it, as far as a ledger says so. It is
            never published: readers of a document drop what is older than an end as well.
    """

    id: str
    controller: str
    public_key: PublicKey
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """From when on it signs nothing that is believed, if that is known."""
        ends = (self.revoked_at, self.expires_at, self.retired_at)
        return min((end for end in ends if end is not None), default=None)

    @property
    def has_end(self) -> bool:
        """Whether it matters when it was used."""
        return self.ends_at is not None

    def to_document(self) -> JsonObject:
        """Make the Multikey object.

        After ``expires`` or ``revoked`` no signature of the key is to be verified, however old,
        so a key that is only out of use has neither.

        Source:
            W3C Controlled Identifiers 1.0, sections 2.2 and 2.2.2.
        """
        document: JsonObject = {
            "id": self.id,
            "type": "Multikey",
            "controller": self.controller,
            "publicKeyMultibase": multikey.encode(self.public_key),
        }
        if self.expires_at is not None:
            document["expires"] = instants.text_of(self.expires_at)
        if self.revoked_at is not None:
            document["revoked"] = instants.text_of(self.revoked_at)
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class DidDocument:
    """A DID, its keys, and what they are for.

    Attributes:
        assertion: The ids of the methods under ``assertionMethod``: they sign credentials.
        authentication: Those under ``authentication``: they sign presentations.
        claimed: Whether it came from whoever handed in the credential, and nobody confirmed it.
    """

    id: str
    methods: tuple[VerificationMethod, ...]
    assertion: frozenset[str]
    authentication: frozenset[str] = frozenset()
    claimed: bool = False

    def assertion_key(self, method_id: str) -> VerificationMethod:
        """Find the key that the proof of a credential names.

        Raises:
            NotForAssertionError: It is not there, or not for signing credentials.
            ControllerMismatchError: It belongs to another DID.
        """
        method = self._method(method_id)
        if method is None or method_id not in self.assertion:
            raise NotForAssertionError(method_id)
        return self._own(method)

    def authentication_key(self, method_id: str) -> VerificationMethod:
        """Find the key that the proof of a presentation names.

        Raises:
            NotForAuthenticationError: It is not there, or not for signing presentations.
            ControllerMismatchError: It belongs to another DID.
        """
        method = self._method(method_id)
        if method is None or method_id not in self.authentication:
            raise NotForAuthenticationError(method_id)
        return self._own(method)

    def to_document(self) -> JsonObject:
        """Make the JSON document that is published.

        Source:
            W3C DID 1.0, section 5.
        """
        document: JsonObject = {
            "@context": list(CONTEXTS),
            "id": self.id,
            "verificationMethod": [method.to_document() for method in self.methods],
            _ASSERTION: [one.id for one in self.methods if one.id in self.assertion],
        }
        if self.authentication:
            document[_AUTHENTICATION] = [
                one.id for one in self.methods if one.id in self.authentication
            ]
        return document

    @classmethod
    def from_document(cls, document: JsonObject, *, did: str) -> Self:
        """Read the document of a DID; keys of kinds that we do not know are left out.

        Args:
            document: What was published.
            did: The DID that was asked for.

        Raises:
            DidMismatchError: The document is about another DID.
            DidDocumentError: The document is malformed.
        """
        if document.get("id") != did:
            raise DidMismatchError(did, str(document.get("id")))
        listed = _array(document, "verificationMethod")
        asserting, authenticating = (_array(document, name) for name in _RELATIONSHIPS)
        items = [*listed, *asserting, *authenticating]
        if len(items) > MAX_ITEMS:
            raise DidDocumentError("The DID document has too many keys.")
        embedded = [item for item in items[len(listed) :] if not isinstance(item, str)]
        found = (_method(members, did) for members in map(_object, [*listed, *embedded]))
        methods = tuple(method for method in found if method is not None)
        if len({method.id for method in methods}) != len(methods):
            raise DidDocumentError("The DID document holds two keys with one id.")
        return cls(
            id=did,
            methods=methods,
            assertion=frozenset(_reference(item, did) for item in asserting),
            authentication=frozenset(_reference(item, did) for item in authenticating),
        )

    def _method(self, method_id: str) -> VerificationMethod | None:
        return next((one for one in self.methods if one.id == method_id), None)

    def _own(self, method: VerificationMethod) -> VerificationMethod:
        if method.controller != self.id:
            raise ControllerMismatchError(
                f"The key {method.id} is controlled by {method.controller}."
            )
        return method


def _array(document: JsonObject, name: str) -> list[JsonValue]:
    value = document.get(name, [])
    if not isinstance(value, list):
        raise DidDocumentError(f"The member {name} of the DID document is not an array.")
    return value


def _object(item: JsonValue) -> JsonObject:
    if not isinstance(item, dict):
        raise DidDocumentError("A key in the DID document is not an object.")
    return item


def _method(members: JsonObject, did: str) -> VerificationMethod | None:
    try:
        public_key = public_key_of(members)
        if public_key is None:
            return None
        return VerificationMethod(
            id=_reference(members, did),
            # Whose it is goes without saying, unless it is somebody else's.
            controller=_text(members, "controller") if "controller" in members else did,
            public_key=public_key,
            revoked_at=_instant(members, "revoked"),
            expires_at=_instant(members, "expires"),
        )
    except (MalformedKeyError, MalformedInstantError) as error:
        raise DidDocumentError("A key in the DID document is malformed.") from error


def _reference(item: JsonValue, did: str) -> str:
    reference = item if isinstance(item, str) else _text(_object(item), "id")
    return did + reference if reference.startswith("#") else reference


def _text(members: JsonObject, name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise DidDocumentError(f"A key in the DID document has no {name}.")
    return value


def _instant(members: JsonObject, name: str) -> datetime | None:
    return instants.parse(_text(members, name)) if name in members else None
