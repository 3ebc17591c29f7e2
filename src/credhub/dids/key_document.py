"""What is published at a web address as a key: one, a set of them, or whose keys they are.

Source:
    RFC 7517, sections 4 and 5; W3C Controlled Identifiers 1.0, sections 2 and 2.2.
"""

from typing import Final

from credhub import base64url, jwk
from credhub.dids.document import MAX_ITEMS, DidDocument, VerificationMethod
from credhub.dids.web_address import SCHEME
from credhub.errors import (
    MalformedKeyError,
    NoKeysPublishedError,
    VerificationError,
)
from credhub.jsontypes import JsonObject, JsonValue

_KEYS: Final = "keys"
# What a verification method has, and whoever controls one has not.
_MATERIAL: Final = frozenset({"publicKeyJwk", "publicKeyMultibase"})


def read(document: JsonObject, *, url: str) -> DidDocument:
    """Read the keys that are published at an address.

    Args:
        document: What was published.
        url: The address, without a fragment.

    Returns:
        The keys, by the names that tokens and proofs may give them. The controller of a key is
        who the key says that it is for, or the address.

    Raises:
        NoKeysPublishedError: No key that we know is there, or not under this address.
    """
    if _KEYS in document:
        found = _of_set(document[_KEYS], url)
    elif "kty" in document:
        found = [*_of_jwk(document, url), *_of_jwk({**document, "kid": url}, url)]
    elif document.keys() & _MATERIAL:
        found = [*_of_controller({"id": url, "assertionMethod": [document]}, url).methods]
    else:
        return _of_controller(document, url)
    if not found:
        raise NoKeysPublishedError
    return DidDocument(id=url, methods=tuple(found), assertion=frozenset(one.id for one in found))


def _of_set(keys: JsonValue, url: str) -> list[VerificationMethod]:
    if not isinstance(keys, list) or len(keys) > MAX_ITEMS:
        raise NoKeysPublishedError
    return [method for key in keys if isinstance(key, dict) for method in _of_jwk(key, url)]


def _of_jwk(members: JsonObject, url: str) -> list[VerificationMethod]:
    """Read a JSON Web Key; in a set those that say nothing to us are passed over."""
    if not jwk.is_known(members):
        return []
    try:
        public_key = jwk.decode(members)
    except MalformedKeyError:
        return []
    name = members.get("kid", base64url.encode(jwk.thumbprint(public_key)))
    issuer = members.get("iss", url)
    if not isinstance(name, str) or not isinstance(issuer, str):
        return []
    method_id = name if name.startswith(SCHEME) else f"{url}#{name}"
    return [VerificationMethod(id=method_id, controller=issuer, public_key=public_key)]


def _of_controller(document: JsonObject, url: str) -> DidDocument:
    try:
        found = DidDocument.from_document(document, did=url)
    except VerificationError as error:
        raise NoKeysPublishedError from error
    if not (found.methods or found.assertion):
        raise NoKeysPublishedError
    return found
