"""Credentials inside a presentation: each is read with the contexts that it brings itself.

Source:
    W3C VCDM 2.0, section 4.13; the term ``verifiableCredential`` of its context forgets the
    contexts around it, and each of its values is a graph of its own.
"""

from collections.abc import Sequence
from typing import Final

from credhub.jsontypes import JsonObject, JsonValue

MEMBER: Final = "verifiableCredential"


def without_credentials(body: JsonObject) -> tuple[JsonObject, list[JsonObject]]:
    """Take the credentials out of a presentation whose values all have contexts of their own.

    Returns:
        The presentation without the member, and the credentials; or as it was, and none.
    """
    value: JsonValue = body.get(MEMBER)
    items = value if isinstance(value, list) else [value]
    inner = [item for item in items if isinstance(item, dict) and "@context" in item]
    if not inner or len(inner) < len(items):
        return body, []
    return {name: member for name, member in body.items() if name != MEMBER}, inner


def with_credentials(text: bytes, credentials: Sequence[bytes]) -> bytes:
    """Put the credentials back.

    Args:
        text: The presentation without the member, as JSON text.
        credentials: Each as JSON text.
    """
    joint = b"" if text == b"{}" else b","
    return b'{"' + MEMBER.encode() + b'":[' + b",".join(credentials) + b"]" + joint + text[1:]
