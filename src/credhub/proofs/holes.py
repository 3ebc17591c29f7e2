"""The places of a document whose values change from one document of a shape to the next."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from credhub.jsontypes import JsonObject

Places = Mapping[str, "Places | None"]
"""Members by name: each a hole, or the holes in the object or the objects that it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Values that JSON-LD treats alike, whatever they say.

    Attributes:
        name: What stands in a frame for such a value.
        values: A pattern of those that are beyond doubt.
        marks: Two ways of making values of a number that stand nowhere else.
    """

    name: str
    values: str
    marks: tuple[str, str]


_WORD: Final = r"[A-Za-z0-9_~\-.%=&+,;@:]"
# Without . and .. as steps, so that nothing can be normalised.
_STEP: Final = rf"/(?!\.\.?(?:[/?#]|\Z)){_WORD}*"
_STRANGE: Final = r"\x00\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_ESCAPED: Final = r"\x01-\x1f\"\\\x7f"
_TEXT_MARKS: Final = ("hole {} of a shape", '{} {{0}} %s _:c14n0 <\u2028> "\U0001f393"\n\\\x1f\x85')
_KINDS: Final = (
    Kind(
        name="instant",
        values=r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
        marks=("{:04d}-01-01T00:00:00Z", "9{:03d}-12-31T23:59:59Z"),
    ),
    Kind(
        name="address",
        values=rf"https?://[a-z0-9.\-]+(?::[0-9]+)?(?:{_STEP})+(?:\?{_WORD}*)?(?:#{_WORD}*)?",
        marks=("https://hole-{}.invalid/of/shape", "http://invalid:1/a~/.s_/{}?%2f=+#0"),
    ),
    Kind(
        name="did",
        values=r"did:[a-z0-9]+:[A-Za-z0-9._:%\-]+",
        marks=("did:hole:{}", "did:0ther:Z%3a:.{}_-"),
    ),
    Kind(name="text", values=rf"[^{_STRANGE}{_ESCAPED}]*", marks=_TEXT_MARKS),
    # The same, for texts that N-Quads do not write as they are.
    Kind(name="text", values=rf"[^{_STRANGE}]*", marks=_TEXT_MARKS),
)
_VALUE: Final = re.compile("|".join(f"({kind.values})" for kind in _KINDS))
_TO_ESCAPE: Final = len(_KINDS)
_MARKS: Final = {kind.name: kind.marks for kind in _KINDS}
# RDFC-1.0, section 5: a letter where there is one, else the number in upper case.
_ESCAPES: Final = {number: f"\\u{number:04X}" for number in (*range(1, 0x20), 0x7F)} | {
    ord(character): f"\\{letter}"
    for character, letter in zip('\b\t\n\f\r"\\', 'btnfr"\\', strict=True)
}


def take_out(document: JsonObject, places: Places) -> tuple[JsonObject, list[str]] | None:
    """Split a document into its frame and the values of its holes, as N-Quads write them.

    In the frame the name of its kind stands for each value. A document that says such a name has
    a hole there too, so different documents with one frame differ in the values only.

    Returns:
        None when a value is not beyond doubt.
    """
    values: list[str] = []
    doubts: list[str] = []

    def exchange(value: str) -> str:
        match = _VALUE.fullmatch(value)
        if match is None or match.lastindex is None:
            doubts.append(value)
            return value
        escaped = match.lastindex == _TO_ESCAPE
        values.append(value.translate(_ESCAPES) if escaped else value)
        return _KINDS[match.lastindex - 1].name

    frame = _exchanged(document, places, exchange)
    return None if doubts else (frame, values)


def put_in(frame: JsonObject, places: Places, values: Iterable[str]) -> JsonObject:
    """Make a document of a frame and values of the kinds that it names."""
    others = iter(values)
    return _exchanged(frame, places, lambda _: next(others))


def marks_for(frame: JsonObject, places: Places) -> tuple[list[str], list[str]]:
    """Give two sets of values for the holes of a frame; each value stands nowhere else."""
    kinds: list[str] = []

    def keep(kind: str) -> str:
        kinds.append(kind)
        return kind

    _exchanged(frame, places, keep)
    first, second = (
        [_MARKS[kind][which].format(number) for number, kind in enumerate(kinds, 1)]
        for which in (0, 1)
    )
    return first, second


def _exchanged(document: JsonObject, places: Places, exchange: Callable[[str], str]) -> JsonObject:
    copy = dict(document)
    for name, inner in places.items():
        value = copy.get(name)
        if isinstance(value, str):
            if inner is None:
                copy[name] = exchange(value)
        elif inner is None:
            continue
        elif isinstance(value, dict):
            copy[name] = _exchanged(value, inner, exchange)
        elif isinstance(value, list):
            copy[name] = [
                _exchanged(item, inner, exchange) if isinstance(item, dict) else item
                for item in value
            ]
    return copy
