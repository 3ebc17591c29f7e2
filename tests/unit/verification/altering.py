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
    """List where texts, numbers and elements of arrays are."""
    match value:
        case dict():
            for name, member in value.items():
                yield from places(member, (*path, name))
        case list():
            for index, item in enumerate(value):
                yield (*path, index)
                yield from places(item, (*path, index))
        case str() | int():
            yield path
        case _:
            pass


@st.composite
def changed(
    draw: st.DrawFn, document: JsonObject, counts: Callable[[Place], bool] = lambda _: True
) -> JsonObject:
    """Change one text, one number or one element of an array, where that must count."""
    path = draw(st.sampled_from([path for path in places(document) if counts(path)]))
    changed = deepcopy(document)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    value = holder[path[-1]]
    match value:
        case str():
            holder[path[-1]] = draw(other_texts(value))
        case int():
            holder[path[-1]] = value + draw(st.sampled_from([1, -1, 1000]))
        case _:
            del holder[path[-1]]
    return changed


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
    """Change one text, one number or one element of what a part of a token says."""
    pieces = re.split("([.~])", token.decode())
    contents = {number: content for number, piece in enumerate(pieces) for content in _said(piece)}
    number = draw(st.sampled_from(sorted(contents)))
    other = draw(changed({"content": contents[number]}))["content"]
    pieces[number] = base64url.encode(orjson.dumps(other))
    return "".join(pieces).encode()


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
