"""Reading the members of a JSON object that must have a known shape."""

from dataclasses import dataclass
from typing import Self

from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Reader:
    """One JSON object and the path that leads to it, for messages."""

    document: JsonObject
    path: str = ""

    def text(self, member: str) -> str:
        """Read a string that must be there."""
        value = self.optional_text(member)
        if value is None:
            raise InvalidClaimError(self.path + member, "is missing.")
        return value

    def optional_text(self, member: str) -> str | None:
        """Read a string that may be absent."""
        value = self.document.get(member)
        if value is not None and not isinstance(value, str):
            raise InvalidClaimError(self.path + member, "must be a text.")
        return value

    def flag(self, member: str) -> bool:
        """Read a boolean; absent is false."""
        value = self.document.get(member, False)
        if not isinstance(value, bool):
            raise InvalidClaimError(self.path + member, "must be true or false.")
        return value

    def object(self, member: str) -> Self:
        """Read an object that must be there."""
        value = self.optional_object(member)
        if value is None:
            raise InvalidClaimError(self.path + member, "is missing.")
        return value

    def optional_object(self, member: str) -> Self | None:
        """Read an object that may be absent."""
        value = self.document.get(member)
        return None if value is None else self._below(member, value)

    def objects(self, member: str) -> tuple[Self, ...]:
        """Read an array of objects; absent is empty."""
        return tuple(
            self._below(f"{member}[{index}]", item)
            for index, item in enumerate(self._array(member))
        )

    def texts(self, member: str) -> tuple[str, ...]:
        """Read an array of strings; absent is empty."""
        items = self._array(member)
        if not all(isinstance(item, str) for item in items):
            raise InvalidClaimError(self.path + member, "must be an array of texts.")
        return tuple(str(item) for item in items)

    def _array(self, member: str) -> list[JsonValue]:
        value = self.document.get(member, [])
        if not isinstance(value, list):
            raise InvalidClaimError(self.path + member, "must be an array.")
        return value

    def _below(self, member: str, value: JsonValue) -> Self:
        if not isinstance(value, dict):
            raise InvalidClaimError(self.path + member, "must be an object.")
        return type(self)(value, f"{self.path}{member}.")
