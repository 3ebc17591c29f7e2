"""Strategies that change one thing of what was signed, and what it is to be refused for that."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import orjson
from hypothesis import strategies as st

from credhub import base64url
from credhub.errors import MalformedBase64Error
from credhub.jsontypes import JsonObject, JsonValue
from credhub.verification.presentation_report import PresentationReport
from credhub.verification.report import Check, Outcome, Report, Verdict
from tests.unit.verification.world import result

Place = tuple[Any, ...]


def places(value: object, path: Place = ()) -> Iterator[Place]:
    """List where texts, numbers, truth values, arrays and elements of arrays are."""
    match value:
        case dict():
            for name, member in value.items():
                yield from places(member, (*path, name))
        case list():
            yield path
            for index, item in enumerate(value):
                yield from places(item, (*path, index))
                if isinstance(item, dict | list):
                    yield (*path, index)
        case str() | int() | float():
            yield path
        case _:
            pass


def kinds(value: object) -> set[str]:
    """Say of which kinds the values are that can be changed: types, and arrays of texts."""
    match value:
        case dict():
            return set().union(*map(kinds, value.values()))
        case list():
            several = len([item for item in value if isinstance(item, str)]) > 1
            return set().union(*map(kinds, value)) | ({"texts"} if several else set())
        case _:
            return {type(value).__name__}


@st.composite
def changed(
    draw: st.DrawFn,
    document: JsonObject,
    counts: Callable[[Place], bool] = lambda _: True,
    *,
    in_rdf: bool = False,
) -> JsonObject:
    """Change one text, number or truth value, or the elements of an array, where that must count.

    Args:
        draw: Of Hypothesis.
        document: What is changed; it is left as it is.
        counts: Whether a change at a place must count.
        in_rdf: Whether it is signed as RDF. There an array is a set, so that neither the order of
            its elements nor how often one is there is signed, and what the words of the contexts
            mean is signed, so that a context without any of them may go.
    """
    open_to_all = {"@context"} if in_rdf else set()
    found = [path for path in places(document) if counts(path) and path[-1] not in open_to_all]
    path = draw(st.sampled_from(found))
    changed = deepcopy(document)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    match value:
        case list():
            holder[path[-1]] = draw(other_elements(value, ordered=not in_rdf))
        case dict():
            del holder[path[-1]]
        case _:
            others = other_texts(value) if isinstance(value, str) else other_values(value)
            holder[path[-1]] = draw(others)
    return changed


def other_values(value: float) -> st.SearchStrategy[JsonValue]:
    """Give other numbers and truth values, and this one as a text or as another kind of value.

    12 and 12.0 are one number, and no change.
    """
    spelled = orjson.dumps(value).decode()
    if isinstance(value, bool):
        return st.sampled_from([not value, spelled, int(value)])
    numbers: list[JsonValue] = [value + 1, value - 1, value + 1000, value + 0.25]
    return st.sampled_from([*numbers, spelled, True])


@st.composite
def other_elements(draw: st.DrawFn, items: list[JsonValue], *, ordered: bool) -> list[JsonValue]:
    """Take one element out, put one in, repeat one, or let two change places."""
    index = draw(st.integers(0, max(len(items) - 1, 0)))
    before, here, after = items[:index], items[index : index + 1], items[index + 1 :]
    strangers: list[JsonValue] = ["", "é", 7, 7.5]
    stranger = draw(st.sampled_from(strangers))
    ways: dict[str, list[JsonValue]] = {"put in": [*before, stranger, *here, *after]}
    if here:
        ways["take out"] = [*before, *after]
    if here and ordered:
        ways["repeat"] = [*before, *here, *here, *after]
    if after and ordered and after[:1] != here:
        ways["swap"] = [*before, after[0], *here, *after[1:]]
    return ways[draw(st.sampled_from(sorted(ways)))]


@st.composite
def other_texts(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(start + 2, len(text))))
    piece = draw(st.text("aZ0 é-:/.#~+=", max_size=2))
    other = text[:start] + piece + text[end:]
    return other if other != text else text + draw(st.sampled_from("aZ0"))


def is_no_presentation(report: PresentationReport) -> bool:
    """Say whether nothing is told of a presentation but why it is refused."""
    return (
        report.verdict in {Verdict.INVALID, Verdict.INDETERMINATE}
        and report.credentials == ()
        and report.holder is None
    )


def is_refused(report: Report) -> bool:
    proof = result(report, Check.PROOF).outcome
    return (
        report.verdict is not Verdict.VALID
        and proof is not Outcome.PASSED
        and report.credential is None
    )


@st.composite
def changed_tokens(draw: st.DrawFn, token: bytes) -> bytes:
    """Change one text, number, truth value or array of what a part of a token says."""
    pieces = re.split("([.~])", token.decode())
    contents = said(token)
    number = draw(st.sampled_from(sorted(contents)))
    other = draw(changed({"content": contents[number]}))["content"]
    pieces[number] = base64url.encode(orjson.dumps(other))
    return "".join(pieces).encode()


def said(token: bytes) -> dict[int, JsonValue]:
    """Read the pieces of a token that can be read, by where they stand."""
    pieces = re.split("([.~])", token.decode())
    return {number: content for number, piece in enumerate(pieces) for content in _said(piece)}


def _said(piece: str) -> Iterator[JsonValue]:
    """Read a piece of a token, if it is one to read: no signature, and no sign between pieces."""
    with suppress(MalformedBase64Error, orjson.JSONDecodeError):
        yield orjson.loads(base64url.decode(piece))


@st.composite
def tokens_with_another_letter(draw: st.DrawFn, token: bytes) -> bytes:
    """Change one letter of a token."""
    text = token.decode()
    place = draw(st.integers(0, len(text) - 1))
    letter = draw(st.sampled_from("AQgw09-_.~ =+/").filter(lambda one: one != text[place]))
    return f"{text[:place]}{letter}{text[place + 1 :]}".encode()
