"""DID documents with keys in Multikey form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from credhub import instants, multikey
from credhub.errors import (
    ControllerMismatchError,
    DidDocumentError,
    DidMismatchError,
    MalformedInstantError,
    MalformedKeyError,
    NotForAssertionError,
)
from credhub.jsontypes import JsonObject, JsonValue
from credhub.public_key import PublicKey

CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
MAX_ITEMS: Final = 64
_KNOWN: Final = ("z6Mk", "zDn", "z82")
"""How Ed25519, P-256 and P-384 keys begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationMethod:
    """One public key of a DID.

    Attributes:
        id: The DID, ``#`` and a name.
        controller: The DID that the key belongs to.
        public_key: What its signatures are checked with.
        revoked_at: From when on the key signs nothing, because it was retired or stolen.
        expires_at: When the key ends by plan.
    """

    id: str
    controller: str
    public_key: PublicKey
    revoked_at: datetime | None = None
    expires_at: datetime | None = None

    def to_document(self) -> JsonObject:
        """Make the Multikey object.

        Source:
            W3C Controlled Identifiers 1.0, section 2.2.2.
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
    """A DID, its keys, and which of them may sign credentials.

    Attributes:
        assertion: The ids of the methods under ``assertionMethod``.
        claimed: Whether it came from whoever handed in the credential, and nobody confirmed it.
    """

    id: str
    methods: tuple[VerificationMethod, ...]
    assertion: frozenset[str]
    claimed: bool = False

    def assertion_key(self, method_id: str) -> VerificationMethod:
        """Find the key that a proof names.

        Raises:
            NotForAssertionError: It is not there, or not for signing credentials.
            ControllerMismatchError: It belongs to another DID.
        """
        method = next((one for one in self.methods if one.id == method_id), None)
        if method is None or method_id not in self.assertion:
            raise NotForAssertionError(method_id)
        if method.controller != self.id:
            raise ControllerMismatchError(
                f"The key {method_id} is controlled by {method.controller}."
            )
        return method

    def to_document(self) -> JsonObject:
        """Make the JSON document that is published.

        Source:
            W3C DID 1.0, section 5.
        """
        return {
            "@context": list(CONTEXTS),
            "id": self.id,
            "verificationMethod": [method.to_document() for method in self.methods],
            "assertionMethod": [one.id for one in self.methods if one.id in self.assertion],
        }

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
        related = _array(document, "assertionMethod")
        if len(listed) + len(related) > MAX_ITEMS:
            raise DidDocumentError("The DID document has too many keys.")
        embedded = [item for item in related if not isinstance(item, str)]
        methods = tuple(
            _method(members, did)
            for members in map(_object, [*listed, *embedded])
            if _is_known(members)
        )
        if len({method.id for method in methods}) != len(methods):
            raise DidDocumentError("The DID document holds two keys with one id.")
        assertion = frozenset(_reference(item, did) for item in related)
        return cls(id=did, methods=methods, assertion=assertion)


def _array(document: JsonObject, name: str) -> list[JsonValue]:
    value = document.get(name, [])
    if not isinstance(value, list):
        raise DidDocumentError(f"The member {name} of the DID document is not an array.")
    return value


def _object(item: JsonValue) -> JsonObject:
    if not isinstance(item, dict):
        raise DidDocumentError("A key in the DID document is not an object.")
    return item


def _is_known(members: JsonObject) -> bool:
    key = members.get("publicKeyMultibase")
    return members.get("type") == "Multikey" and isinstance(key, str) and key.startswith(_KNOWN)


def _method(members: JsonObject, did: str) -> VerificationMethod:
    try:
        return VerificationMethod(
            id=_reference(members, did),
            controller=_text(members, "controller"),
            public_key=multikey.decode(_text(members, "publicKeyMultibase")),
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
