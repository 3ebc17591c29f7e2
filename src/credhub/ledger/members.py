"""The members of an event, read strictly: one spelling for every value."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, Self, TypeVar

from credhub import instants
from credhub.errors import EntryError, MalformedInstantError, MalformedJsonError
from credhub.jsontypes import JsonValue, canonical, parse_object

_DIGEST: Final = re.compile("[0-9a-f]{64}")

_Choice = TypeVar("_Choice", bound=StrEnum)


class Members:
    """What one event says, by name. Whatever is not as it must be raises an ``EntryError``."""

    def __init__(self, members: Mapping[str, JsonValue]) -> None:
        self._members = members

    @classmethod
    def parse(cls, payload: bytes, names: set[str]) -> Self:
        """Read canonical JSON that has exactly these members.

        Raises:
            EntryError: It is anything else.
        """
        try:
            members = parse_object(payload)
        except MalformedJsonError as error:
            raise EntryError("What the entry says is not strict JSON.") from error
        if set(members) != names or canonical(members) != payload:
            raise EntryError("What the entry says has other members, or another spelling.")
        return cls(members)

    def text(self, name: str) -> str:
        """Give a text."""
        value = self._members[name]
        if not isinstance(value, str):
            raise EntryError(f"The member {name} is not a text.")
        return value

    def number(self, name: str) -> int:
        """Give a whole number, zero or more."""
        value = self._members[name]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise EntryError(f"The member {name} is not a whole number.")
        return value

    def choice(self, kind: type[_Choice], name: str) -> _Choice:
        """Give one of the choices of a kind."""
        try:
            return kind(self.text(name))
        except ValueError as error:
            raise EntryError(f"The member {name} is none of its choices.") from error

    def digest(self, name: str = "digest") -> bytes:
        """Give 32 bytes that are written as small hexadecimal digits."""
        text = self.text(name)
        if not _DIGEST.fullmatch(text):
            raise EntryError(f"The member {name} is not 64 lower-case hexadecimal digits.")
        return bytes.fromhex(text)

    def time(self, name: str) -> datetime:
        """Give a time that is written in UTC and whole seconds."""
        text = self.text(name)
        try:
            moment = instants.parse(text)
        except MalformedInstantError as error:
            raise EntryError(f"The member {name} is not a time.") from error
        if instants.text_of(moment) != text:
            raise EntryError(f"The member {name} is not a time in UTC and whole seconds.")
        return moment
