"""JSON as values: its types, a strict parser, and its canonical bytes.

Invariants:
- What ``parse`` returns has one meaning for every reader: no duplicate member names, no
  number that a double cannot hold exactly as written, no text that is not Unicode, no U+0000.
- ``canonical`` writes RFC 8785 bytes and nothing else.
"""

import json
import math
import re
from hashlib import sha256
from typing import Final, TypeAlias

import orjson
import rfc8785

from credhub.errors import CanonicalizationError, MalformedJsonError

JsonScalar: TypeAlias = str | int | float | bool | None
JsonValue: TypeAlias = "JsonScalar | list[JsonValue] | dict[str, JsonValue]"
JsonObject: TypeAlias = dict[str, JsonValue]

MAX_DEPTH: Final = 32
MAX_SAFE_INTEGER: Final = 2**53 - 1

# Possessive, and an unclosed string runs to the end: linear time for any text.
_BRACKETS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_REFUSED_ESCAPE = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")


def parse(text: bytes, *, max_depth: int = MAX_DEPTH) -> JsonValue:
    """Read one JSON text strictly.

    Args:
        text: The whole text, UTF-8 without a byte order mark.
        max_depth: How many arrays and objects may be nested.

    Raises:
        MalformedJsonError: The text is not UTF-8, not JSON, nested too deeply, repeats a member
            name, or holds NaN, an infinity, a lone surrogate, U+0000, which no database takes,
            or an integer beyond 2^53 - 1.

    Source:
        RFC 8259; RFC 7493 (I-JSON), section 2.
    """
    _check_depth(text, max_depth)
    try:
        value: JsonValue = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_unique_members,
            parse_int=_safe_integer,
            parse_float=_finite_number,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError as error:
        raise MalformedJsonError("The text is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise MalformedJsonError(
            f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    if _REFUSED_ESCAPE.search(text):
        _check_characters(value)
    return value


def parse_object(text: bytes) -> JsonObject:
    """Read one JSON object strictly.

    Raises:
        MalformedJsonError: As ``parse``, or the value is not an object.
    """
    value = parse(text)
    if not isinstance(value, dict):
        raise MalformedJsonError("The text is JSON but not an object.")
    return value


def canonical(value: JsonValue) -> bytes:
    """Write a value as RFC 8785 (JCS) bytes.

    Values of strings with ASCII member names, booleans, nulls and safe integers take a fast
    path whose bytes are the same.

    Raises:
        CanonicalizationError: The value has no such form, such as NaN.

    Source:
        RFC 8785, section 3.2.
    """
    try:
        if _is_plain(value):
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return rfc8785.dumps(value)
    except (
        rfc8785.CanonicalizationError,
        orjson.JSONEncodeError,
        UnicodeEncodeError,  # a lone surrogate in a member name
        RecursionError,
    ) as error:
        raise CanonicalizationError("The value has no canonical JSON form.") from error


def digest(value: JsonValue) -> bytes:
    """Compute the 32-byte SHA-256 of a value's canonical bytes."""
    return sha256(canonical(value)).digest()


def _is_plain(value: JsonValue) -> bool:
    # Most members are texts, and this runs over every document that is signed.
    if isinstance(value, dict):
        for name, member in value.items():
            if not name.isascii() or not (type(member) is str or _is_plain(member)):
                return False
        return True
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, int):
        return -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER
    return value is None or isinstance(value, str)


def _check_depth(text: bytes, max_depth: int) -> None:
    if text.count(b"[") + text.count(b"{") <= max_depth:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        token = match.group()
        if token in (b"[", b"{"):
            depth += 1
            if depth > max_depth:
                raise MalformedJsonError(f"The text nests more than {max_depth} levels.")
        elif token in (b"]", b"}"):
            depth -= 1


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedJsonError("An object repeats a member name.")
    return members


def _safe_integer(digits: str) -> int:
    if len(digits) > len(str(-MAX_SAFE_INTEGER)) or abs(int(digits)) > MAX_SAFE_INTEGER:
        raise MalformedJsonError("An integer is beyond 2^53 - 1.")
    return int(digits)


def _finite_number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise MalformedJsonError("A number is too large.")
    return number


def _no_constant(name: str) -> float:
    raise MalformedJsonError(f"{name} is not JSON.")


def _check_characters(value: JsonValue) -> None:
    match value:
        case str():
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                raise MalformedJsonError("A string holds a lone surrogate or the character U+0000.")
        case list():
            for item in value:
                _check_characters(item)
        case dict():
            for name, member in value.items():
                _check_characters(name)
                _check_characters(member)
        case _:
            pass
