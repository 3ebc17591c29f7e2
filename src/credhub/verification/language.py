"""Names and descriptions: plain texts, or texts with a language and a direction."""

import re
from typing import Final

from credhub.errors import MalformedTextError
from credhub.jsontypes import JsonObject, JsonValue

_MEMBERS: Final = frozenset({"@value", "@language", "@direction"})
# BCP 47 in outline.
_TAG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def check_words(document: JsonObject) -> None:
    """Check the name and the description of a credential, and of its issuer.

    Raises:
        MalformedTextError: One is neither a text nor one or several language value objects.

    Source:
        W3C VCDM 2.0, sections 4.6 and 11.1.
    """
    issuer = document.get("issuer")
    for holder in (document, issuer):
        for name in ("name", "description"):
            if isinstance(holder, dict) and name in holder:
                _check(holder[name], name)


def words(value: JsonValue) -> str | None:
    """Give a text, or the first of those with a language; nothing when it is blank."""
    first = value[0] if isinstance(value, list) and value else value
    text = first.get("@value") if isinstance(first, dict) else first
    return text.strip() or None if isinstance(text, str) else None


def _check(value: JsonValue, name: str) -> None:
    items = value if isinstance(value, list) else [value]
    plain = isinstance(value, str)
    if not plain and not (items and all(map(_is_language_value, items))):
        raise MalformedTextError(
            f"The {name} is neither a text nor a text with a language and a direction."
        )


def _is_language_value(item: JsonValue) -> bool:
    if not isinstance(item, dict) or not set(item) <= _MEMBERS:
        return False
    language = item.get("@language", "en")
    return (
        isinstance(item.get("@value"), str)
        and isinstance(language, str)
        and _TAG.fullmatch(language) is not None
        and item.get("@direction", "ltr") in ("ltr", "rtl")
    )
