"""Badges of the editions before Open Badges 3.0, which are told apart and not verified."""

from typing import Final

from credhub.jsontypes import JsonObject, JsonValue

_CONTEXTS: Final = ("https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2")
_TYPE: Final = "Assertion"


def is_one(document: JsonObject) -> bool:
    """Say whether a document is an assertion of an older edition.

    Source:
        Open Badges 2.0, "Assertion".
    """
    contexts = _listed(document.get("@context"))
    return _TYPE in _listed(document.get("type")) and any(one in _CONTEXTS for one in contexts)


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]
