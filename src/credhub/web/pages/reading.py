"""Reading a verified document for display: what has an unexpected type is not shown.

The structure check has passed before anything is read here, but it leaves optional members of
foreign credentials alone. A page must not fail on them, and must not show them half understood.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from credhub import instants
from credhub.errors import MalformedInstantError
from credhub.jsontypes import JsonObject, JsonValue

NOTHING: Final[JsonObject] = {}
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}")


def text_of(thing: JsonObject, member: str) -> str | None:
    """Give a member that is a text with something in it, else None."""
    value = thing.get(member)
    return value.strip() or None if isinstance(value, str) else None


def object_of(thing: JsonObject, member: str) -> JsonObject:
    """Give a member that is an object, or an object with no members."""
    value = thing.get(member)
    return value if isinstance(value, dict) else NOTHING


def objects_of(thing: JsonObject, member: str) -> Iterator[JsonObject]:
    """Give the objects of a member that is one object or an array of them."""
    return (item for item in _items(thing.get(member)) if isinstance(item, dict))


def texts_of(thing: JsonObject, member: str) -> tuple[str, ...]:
    """Give the texts of a member that is one text or an array of them."""
    items = (item.strip() for item in _items(thing.get(member)) if isinstance(item, str))
    return tuple(item for item in items if item)


def time_of(thing: JsonObject, member: str) -> datetime | None:
    """Give a member that is a time with an offset, else None."""
    try:
        return instants.parse(text_of(thing, member) or "")
    except MalformedInstantError:
        return None


def language_of(thing: JsonObject) -> str | None:
    """Give the language that an achievement says it is written in, as a ``lang`` attribute."""
    language = text_of(thing, "inLanguage")
    return language if language and _LANGUAGE.fullmatch(language) else None


def language_of_words(value: JsonValue) -> str | None:
    """Give the language of the words that ``words`` gives, where the document says it."""
    first = next(iter(_items(value)), None)
    language = first.get("@language") if isinstance(first, dict) else None
    return language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else None


def _items(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
