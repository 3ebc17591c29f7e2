"""Strategies that change one thing of what was signed, and what it is to be refused for that."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import orjson
from hypothesis import strategies as st

from credhub import base64url
from credhub.jsontypes import JsonObject
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


def is_refused(report: Report) -> bool:
    proof = result(report, Check.PROOF).outcome
    return (
        report.verdict is not Verdict.VALID
        and proof is not Outcome.PASSED
        and report.credential is None
    )


@dataclass(frozen=True)
class Parts:
    """The parts of a token: the three of what the issuer signed, and what is shown of it."""

    jwt: tuple[str, ...]
    disclosures: tuple[str, ...]
    is_selective: bool

    @classmethod
    def of(cls, token: bytes) -> "Parts":
        jwt, *rest = token.decode().split("~")
        return cls(tuple(jwt.split(".")), tuple(filter(None, rest)), bool(rest))

    def readable(self) -> tuple[str, ...]:
        return (*self.jwt[:2], *self.disclosures)

    def replaced(self, old: str, new: str) -> bytes:
        jwt = ".".join(new if part == old else part for part in self.jwt)
        shown = [new if part == old else part for part in self.disclosures]
        return ("~".join((jwt, *shown, "")) if self.is_selective else jwt).encode()


@st.composite
def changed_tokens(draw: st.DrawFn, token: bytes) -> bytes:
    """Change one text, one number or one element of what a part of a token says."""
    parts = Parts.of(token)
    part = draw(st.sampled_from(parts.readable()))
    content: JsonObject = {"content": orjson.loads(base64url.decode(part))}
    other = draw(changed(content))["content"]
    return parts.replaced(part, base64url.encode(orjson.dumps(other)))


@st.composite
def tokens_with_another_letter(draw: st.DrawFn, token: bytes) -> bytes:
    """Change one letter of a token."""
    text = token.decode()
    place = draw(st.integers(0, len(text) - 1))
    letter = draw(st.sampled_from("AQgw09-_.~ =+/").filter(lambda one: one != text[place]))
    return f"{text[:place]}{letter}{text[place + 1 :]}".encode()
