"""The members of one JSON object, asked for one by one; what is wrong is noted, not raised."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice
from typing import TypeVar

from credhub.credentials.draft import MAX_ITEMS
from credhub.documents.rows.faults import Code, fault, row_refused, shown
from credhub.errors import InvalidClaimError, RowFault, RowRefusedError
from credhub.jsontypes import JsonObject, JsonValue

_Made = TypeVar("_Made")


class ObjectMembers:
    """An object of which every member must be asked for, or it is unknown."""

    def __init__(self, value: JsonObject, path: str = "") -> None:
        self._value = value
        self._path = path
        self._asked: list[str] = []
        self._inner: list[ObjectMembers] = []
        self._faults: list[RowFault] = []

    def faults(self) -> Iterator[RowFault]:
        """Tell everything that is wrong in here, once all was asked for, but a flood in part."""
        yield from self._faults
        unknown = (name for name in self._value if name not in self._asked)
        for name in islice(unknown, MAX_ITEMS):
            near = get_close_matches(shown(name), self._asked, n=1)
            hint = f" Is “{near[0]}” meant?" if near else ""
            yield fault(Code.MEMBER_UNKNOWN, column=self._at(shown(name)), hint=hint)
        for inner in self._inner:
            yield from inner.faults()

    def read(self, name: str, rule: Callable[[str], _Made]) -> _Made | None:
        """Read a text by a rule; none if it is left out, or refused."""
        value = self._ask(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._note(name, row_refused(Code.MEMBER_TYPE, kind="a text"))
            return None
        try:
            return rule(value)
        except RowRefusedError as error:
            self._note(name, error)
            return None

    def text(self, name: str, check: Callable[[str], None]) -> str | None:
        """Read a text that a check lets pass; none if it is left out, or refused."""

        def checked(text: str) -> str:
            check(text)
            return text

        return self.read(name, checked)

    def object(self, name: str) -> "ObjectMembers | None":
        """Go into an object; none if it is not there."""
        value = self._ask(name)
        return None if value is None else self._into(name, value)

    def objects(self, name: str) -> "tuple[ObjectMembers, ...]":
        """Go into the objects of an array; into none if it is left out."""
        self._asked.append(name)
        items = self._value.get(name, [])
        if not isinstance(items, list):
            self._note(name, row_refused(Code.MEMBER_TYPE, kind="an array"))
            return ()
        if len(items) > MAX_ITEMS:
            self._note(name, row_refused(Code.TOO_MANY_ITEMS, most=MAX_ITEMS))
            return ()
        inner = (self._into(f"{name}[{place}]", item) for place, item in enumerate(items))
        return tuple(item for item in inner if item is not None)

    def made(self, make: Callable[[], _Made]) -> _Made | None:
        """Make a value of what was read here; none if anything was wrong, or is now."""
        if next(self.faults(), None) is not None:
            return None
        try:
            return make()
        except InvalidClaimError as error:
            words = {"member": error.member, "problem": error.message}
            self._note("", row_refused(Code.VALUE_REFUSED, **words))
            return None

    def require(self, name: str) -> None:
        """Note that a member is missing, if it is."""
        if self._value.get(name) is None:
            self._note(name, row_refused(Code.MEMBER_MISSING))

    def _ask(self, name: str) -> JsonValue:
        self._asked.append(name)
        return self._value.get(name)

    def _into(self, name: str, value: JsonValue) -> "ObjectMembers | None":
        if not isinstance(value, dict):
            self._note(name, row_refused(Code.MEMBER_TYPE, kind="an object"))
            return None
        inner = ObjectMembers(value, self._at(name))
        self._inner.append(inner)
        return inner

    def _note(self, name: str, error: RowRefusedError) -> None:
        self._faults.append(replace(error.fault, column=self._at(name)))

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path and name else self._path or name
