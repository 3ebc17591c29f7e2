"""JSON pointers, and the part of a document that they select."""

import re
from collections.abc import Collection, Iterable
from typing import Final, TypeAlias

from credhub.errors import PointerError
from credhub.jsontypes import JsonObject, JsonValue

MAX_POINTERS: Final = 500
MAX_CHARACTERS: Final = 1000

_TOKEN: Final = re.compile(r"(?:[^~/]|~[01])*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,5}")
_ALWAYS: Final = ("@context", "id", "type")

_Tree: TypeAlias = dict[str, "_Tree | None"]
"""What is selected below a value, by tokens; ``None`` stands for everything."""


def select(document: JsonObject, pointers: Collection[str]) -> JsonObject:
    """Select a part of a document.

    Every object on the way to what is selected keeps its ``id`` and ``type``, and the document its
    ``@context``. Where items of an array are left out the others move together.

    Raises:
        PointerError: A pointer is malformed or leads nowhere, or there are too many.

    Source:
        VC-DI-ECDSA 1.0, section 3.4.13 (selectJsonLd).
    """
    if len(pointers) > MAX_POINTERS:
        raise PointerError(f"There are more than {MAX_POINTERS} pointers.")
    tree: _Tree = {}
    for pointer in pointers:
        steps = tokens(pointer)
        follow(document, steps)
        _plant(tree, steps)
    return _picked_members(document, tree)


def tokens(pointer: str) -> list[str]:
    """Split a pointer into the names and numbers of its steps.

    Raises:
        PointerError: It is malformed, or stands for the whole document.

    Source:
        RFC 6901, sections 3 and 4.
    """
    start, *steps = pointer.split("/")
    if start or not steps or len(pointer) > MAX_CHARACTERS:
        raise PointerError("A pointer begins with a slash and is not too long.")
    if not all(map(_TOKEN.fullmatch, steps)):
        raise PointerError("In a pointer 0 or 1 follows each tilde.")
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def follow(value: JsonValue, steps: Iterable[str]) -> JsonValue:
    """Give what the steps lead to.

    Raises:
        PointerError: They lead nowhere.
    """
    for step in steps:
        match value:
            case dict() if step in value:
                value = value[step]
            case list() if _INDEX.fullmatch(step) and int(step) < len(value):
                value = value[int(step)]
            case _:
                raise PointerError("A pointer leads nowhere in the document.")
    return value


def _plant(tree: _Tree, steps: list[str]) -> None:
    *way, last = steps
    for step in way:
        below = tree.setdefault(step, {})
        if below is None:
            return
        tree = below
    tree[last] = None


def _picked(value: JsonValue, tree: _Tree | None) -> JsonValue:
    if tree is None:
        return value
    if isinstance(value, list):
        return [_picked(value[number], tree[str(number)]) for number in sorted(map(int, tree))]
    return _picked_members(value, tree) if isinstance(value, dict) else value


def _picked_members(members: JsonObject, tree: _Tree) -> JsonObject:
    return {
        name: value if name in _ALWAYS else _picked(value, tree[name])
        for name, value in members.items()
        if name in _ALWAYS or name in tree
    }
