"""Uploads that are, byte for byte, what we signed: they cost what our own work costs."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from credhub.credentials.code import PublicCode
from credhub.errors import (
    CanonicalizationError,
    CredentialErasedError,
    CredentialNotFoundError,
    MalformedJsonError,
    UnknownCodeError,
)
from credhub.jsontypes import JsonObject, canonical, parse_object
from credhub.proofs.suite import Suite
from credhub.services import reading
from credhub.services.resources import Resources

_NOT_OURS: Final = (
    CanonicalizationError,
    CredentialErasedError,
    CredentialNotFoundError,
    UnknownCodeError,
)


def suites_for(resources: Resources, uploaded: bytes | JsonObject) -> Mapping[str, Suite]:
    """Choose what checks the proofs of an upload.

    What we signed we have canonicalized before, so it needs no worker process; whoever keeps all
    of those busy does not keep our own credentials from being verified. In anything else a
    stranger may have changed a member, and with it the time that it takes.

    Args:
        resources: What services work with.
        uploaded: A credential, as JSON or as the bytes of any form.
    """
    document = _document(uploaded)
    if document is not None and _is_ours(resources, document):
        return resources.suites
    return resources.guarded_suites


def _document(uploaded: bytes | JsonObject) -> JsonObject | None:
    if isinstance(uploaded, dict):
        return uploaded
    try:
        return parse_object(uploaded)
    except MalformedJsonError:  # A token, which nobody canonicalizes.
        return None


def _is_ours(resources: Resources, document: JsonObject) -> bool:
    address = document.get("id")
    if not isinstance(address, str):
        return False
    try:
        digest = sha256(canonical(document)).digest()
        code = PublicCode.parse(address.rpartition("/c/")[2]).text
        opened = reading.by_digest(resources, code, digest)
    except _NOT_OURS:
        return False
    return sha256(opened.signed).digest() == digest
