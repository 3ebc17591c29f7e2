"""Reading the members of a document that somebody handed in.

The messages name members that the standards define and nothing from the document, because its
proof is not checked yet.
"""

import re
from datetime import datetime
from typing import Final

from credhub import instants
from credhub.errors import (
    MalformedCredentialError,
    MalformedIdError,
    MalformedInstantError,
    MalformedPeriodError,
    MalformedTypeError,
)
from credhub.jsontypes import JsonObject, JsonValue

MAX_ITEMS: Final = 32
"""More schemas, status entries or pieces of evidence than this cost more than they could tell."""
MAX_URL: Final = 2_000

# An absolute URL in outline (RFC 3986, with the letters of RFC 3987): nothing that ends a line or
# an attribute, and a host where an authority begins.
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?!//[/?#]|//\Z)[^\s\x00-\x20\x7f\"<>\\^`{|}]+")


def is_url(value: JsonValue) -> bool:
    """Say whether a value is an absolute URL, a DID or a URN."""
    return isinstance(value, str) and len(value) <= MAX_URL and _URL.fullmatch(value) is not None


def url(members: JsonObject, name: str) -> str:
    """Read one absolute URL that must be there.

    Raises:
        MalformedIdError: It is missing, or is not exactly one URL.

    Source:
        W3C VCDM 2.0, section 4.4.
    """
    value = members.get(name)
    if not isinstance(value, str) or not is_url(value):
        raise MalformedIdError(f"The member {name} is missing, or is not one absolute URL.")
    return value


def check_id(members: JsonObject) -> None:
    """Refuse an ``id`` that is not one absolute URL; there need not be one.

    Raises:
        MalformedIdError: It is something else.
    """
    if "id" in members:
        url(members, "id")


def types(members: JsonObject) -> frozenset[str]:
    """Give the texts under ``type``; whatever else is there does not count."""
    value = members.get("type")
    items = value if isinstance(value, list) else [value]
    return frozenset(item for item in items if isinstance(item, str))


def check_types(members: JsonObject, place: str) -> None:
    """Refuse an object without a type, or with one that is neither a term nor a URL.

    Raises:
        MalformedTypeError: The object is one.

    Source:
        W3C VCDM 2.0, section 4.5.
    """
    value = members.get("type")
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise MalformedTypeError(f"The member {place} has no type, or one that is not a text.")


def issuer_named(document: JsonObject) -> str | None:
    """Give the identifier of the issuer that a document names, by itself or in an object."""
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else None


def text(members: JsonObject, name: str) -> str:
    """Read a text that must be there and is not empty.

    Raises:
        MalformedCredentialError: It is not there, or something else.
    """
    value = members.get(name)
    if not isinstance(value, str) or not value:
        raise malformed(name)
    return value


def optional_text(members: JsonObject, name: str) -> str | None:
    """Read a text that may be absent.

    Raises:
        MalformedCredentialError: It is something else.
    """
    return text(members, name) if name in members else None


def instant(members: JsonObject, name: str) -> datetime:
    """Read a time that must be there.

    Raises:
        MalformedPeriodError: It is not a date and time with an offset.
    """
    value = members.get(name)
    try:
        return instants.parse(value if isinstance(value, str) else "")
    except MalformedInstantError as error:
        raise MalformedPeriodError(
            f"The member {name} is missing, or is not a date and time with an offset."
        ) from error


def one_object(members: JsonObject, name: str) -> JsonObject:
    """Read an object that must be there.

    Raises:
        MalformedCredentialError: It is not there, or something else.
    """
    value = members.get(name)
    if not isinstance(value, dict):
        raise malformed(name)
    return value


def objects(members: JsonObject, name: str, *, at_most: int | None = MAX_ITEMS) -> list[JsonObject]:
    """Read one or several objects; absent is none.

    Args:
        members: What holds them.
        name: The member.
        at_most: How many there may be; ``None`` for what costs nothing later.

    Raises:
        MalformedCredentialError: Something among them is no object, or they are too many.
    """
    value: JsonValue = members.get(name, [])
    items = value if isinstance(value, list) else [value]
    found = [item for item in items if isinstance(item, dict)]
    if len(found) != len(items) or (at_most is not None and len(items) > at_most):
        raise malformed(name)
    return found


def malformed(name: str) -> MalformedCredentialError:
    """Say that a member is not as it must be."""
    return MalformedCredentialError(f"The member {name} is missing, or is not what it must be.")
