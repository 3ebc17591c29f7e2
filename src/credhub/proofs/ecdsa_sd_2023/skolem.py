"""Unnamed parts of a document by names, so that they are found again in a part of it.

How: each object without an ``id`` gets one, an address that stands nowhere else. The quads of the
document, and of any part that is selected from it, then say which object they come from.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final, TypeVar

from pyoxigraph import BlankNode, NamedNode, Quad

from credhub.errors import CanonicalizationError
from credhub.jsontypes import JsonObject, JsonValue

_SCHEME: Final = "urn:x-unnamed:"

Term = TypeVar("Term")


def skolemize(document: JsonObject) -> JsonObject:
    """Give every unnamed object of a document an ``id``.

    Source:
        VC-DI-ECDSA 1.0, section 3.4.8 (skolemizeCompactJsonLd).
    """
    return _named_members(document, count())


def deskolemize(quads: list[Quad]) -> list[Quad]:
    """Turn the names that ``skolemize`` gives into blank nodes.

    Raises:
        CanonicalizationError: There are other blank nodes, such as those of an ordered list.

    Source:
        VC-DI-ECDSA 1.0, section 3.4.6 (deskolemizeNQuads).
    """
    return [_deskolemized(quad) for quad in quads]


def _deskolemized(quad: Quad) -> Quad:
    subject, thing = quad.subject, quad.object
    if BlankNode in {type(subject), type(thing), type(quad.graph_name)}:
        raise CanonicalizationError("A part of the document cannot be shown by itself.")
    return Quad(_unnamed(subject), quad.predicate, _unnamed(thing), quad.graph_name)


def _unnamed(term: Term) -> Term | BlankNode:
    if isinstance(term, NamedNode) and term.value.startswith(_SCHEME):
        return BlankNode("b" + term.value.removeprefix(_SCHEME))
    return term


def _named(value: JsonValue, numbers: Iterator[int]) -> JsonValue:
    match value:
        case dict() if "@value" not in value:
            return _named_members(value, numbers)
        case list():
            return [_named(item, numbers) for item in value]
        case _:
            return value


def _named_members(members: JsonObject, numbers: Iterator[int]) -> JsonObject:
    name: JsonObject = {} if "id" in members else {"id": f"{_SCHEME}{next(numbers)}"}
    return name | {
        member: value if member == "@context" else _named(value, numbers)
        for member, value in members.items()
    }
