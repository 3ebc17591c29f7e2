"""The places of a document whose values change from one document of a shape to the next."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from credhub.jsontypes import JsonObject, JsonValue

Places = Mapping[str, "Places | None"]
"""Members by name: each a hole, or the holes in the object or the objects that it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Values that JSON-LD treats alike, whatever they say.

    Attributes:
        name: Part of the shape.
        values: Those that are beyond doubt. All others are left in their document.
        mark: Makes values that stand nowhere else, from a number.
    """

    name: str
    values: re.Pattern[str]
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """One value and its kind."""

    kind: Kind
    value: str


_WORD: Final = r"[A-Za-z0-9_~\-]+"
_KINDS: Final = (
    Kind(
        name="instant",
        values=re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII),
        mark="{:04d}-01-01T00:00:00Z",
    ),
    # Without dots in the path, so that nothing can be normalised.
    Kind(
        name="address",
        values=re.compile(rf"https?://[a-z0-9.\-]+(?::\d+)?(?:/{_WORD})+(?:#{_WORD})?", re.ASCII),
        mark="https://hole-{}.invalid/of/shape",
    ),
    Kind(
        name="did",
        values=re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._\-]+", re.ASCII),
        mark="did:hole:{}",
    ),
    # Without what N-Quads escape.
    Kind(
        name="text",
        values=re.compile(r'[^\x00-\x1f"\\\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]*'),
        mark="hole {} of a shape",
    ),
)


def take_out(document: JsonObject, places: Places) -> tuple[JsonObject, tuple[Hole, ...]]:
    """Split a document into its frame and the values of its holes."""
    holes: list[Hole] = []

    def keep(hole: Hole) -> None:
        holes.append(hole)

    return _exchanged(document, places, keep), tuple(holes)


def put_in(document: JsonObject, places: Places, values: Iterable[str]) -> JsonObject:
    """Make a document with the same frame and other values."""
    others = iter(values)
    return _exchanged(document, places, lambda _: next(others))


def _exchanged(
    document: JsonObject, places: Places, exchange: Callable[[Hole], JsonValue]
) -> JsonObject:
    copy = dict(document)
    for name, inner in places.items():
        if name in copy:
            copy[name] = _visited(copy[name], inner, exchange)
    return copy


def _visited(
    value: JsonValue, inner: Places | None, exchange: Callable[[Hole], JsonValue]
) -> JsonValue:
    match value:
        case str() if inner is None:
            kind = next((kind for kind in _KINDS if kind.values.fullmatch(value)), None)
            return value if kind is None else exchange(Hole(kind=kind, value=value))
        case dict() if inner is not None:
            return _exchanged(value, inner, exchange)
        case list() if inner is not None:
            return [_visited(item, inner, exchange) for item in value]
        case _:
            return value
