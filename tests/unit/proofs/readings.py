"""What a JSON document says, after differences that tell a reader nothing.

They are: ``@context``; members of no value, null in an array and an array of nothing; one item and
an array of it; order and repetition in an array; ``{"id": x}`` and ``x``; the case of a language
tag; 1.0 and 1.
"""

import json
from collections import Counter

from credhub.errors import CredhubError
from credhub.jsontypes import JsonObject, JsonValue
from tests.unit import factories


def said(value: JsonValue) -> JsonValue:
    """Give the one form of all values that differ in those ways only."""
    match value:
        case dict():
            return _object(value)
        case list():
            return _array(value)
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def says_the_same(one: JsonValue, other: JsonValue) -> bool:
    """Compare two values, after those differences."""
    return _text(said(one)) == _text(said(other))


def is_undecided(document: JsonObject) -> bool:
    """Say whether a node that is described has its name in another place too.

    In RDF it is one node, and where its description stood is not signed. The document's own node
    is no exception to the rule that two readings are one: it is described at its root.
    """
    names: Counter[str] = Counter()
    described: set[str] = set()
    _count(said(document), names, described)
    return any(names[name] > 1 for name in described - {str(document.get("id"))})


class Readings:
    """The documents that were accepted, by their canonical form.

    Attributes:
        accepted: How many were compared.
        met: How many of them had the form of one before.
    """

    def __init__(self) -> None:
        self.accepted = 0
        self.met = 0
        self._first: dict[bytes, JsonObject] = {}

    def other(self, document: JsonObject) -> JsonObject | None:
        """Give one that has the same canonical form and says something else."""
        try:
            form = factories.canonicalizer().canonical(document)
        except CredhubError:
            return None
        if is_undecided(document):
            return None
        self.accepted += 1
        self.met += form in self._first
        first = self._first.setdefault(form, document)
        return None if says_the_same(first, document) else first


def _object(members: JsonObject) -> JsonValue:
    spoken: JsonObject = {
        name: meant
        for name, value in members.items()
        if name != "@context" and (meant := said(value)) is not None
    }
    if spoken.keys() == {"id"}:
        return spoken["id"]
    language = spoken.get("@language")
    return spoken | {"@language": language.lower()} if isinstance(language, str) else spoken


def _array(items: list[JsonValue]) -> JsonValue:
    spoken = sorted({_text(meant) for item in items if (meant := said(item)) is not None})
    parsed: list[JsonValue] = [json.loads(text) for text in spoken]
    return parsed[0] if len(parsed) == 1 else parsed or None


def _text(value: JsonValue) -> str:
    return json.dumps(value, sort_keys=True)


def _count(value: JsonValue, names: Counter[str], described: set[str]) -> None:
    if isinstance(value, str):
        names[value] += 1
    elif isinstance(value, list):
        for item in value:
            _count(item, names, described)
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str):
            described.add(str(value["id"]))
        for member in value.values():
            _count(member, names, described)
