"""Members of somebody else's JSON: unknown ones are passed over, known ones must be what they are.

A refusal names the path of the member, as ``rows`` does.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from credhub.documents.rows.faults import Code, row_refused
from credhub.errors import RowRefusedError
from credhub.jsontypes import JsonObject, JsonValue

_Read = TypeVar("_Read")

_PICTURES: Final = "data:image/"
# RFC 2397; what it says of its type is not believed.
_PICTURE: Final = re.compile(r"data:image/[a-z.+-]{1,20};base64,([A-Za-z0-9+/=]+)")


class OldObject:
    """A JSON object, and where it stands."""

    def __init__(self, value: JsonObject, path: str = "") -> None:
        self.value = value
        self._path = path

    def text(self, name: str) -> str | None:
        """Read a text; an empty one says nothing.

        Raises:
            RowRefusedError: It is something else.
        """
        value = self.value.get(name)
        if value is None or isinstance(value, str):
            return value.strip() or None if value else None
        raise self._refused(name, "a text")

    def read(self, name: str, rule: Callable[[str], _Read]) -> _Read | None:
        """Read a text by a rule; none if it is not there.

        Raises:
            RowRefusedError: It is something else, or the rule refuses it.
        """
        text = self.text(name)
        if text is None:
            return None
        try:
            return rule(text)
        except RowRefusedError as error:
            raise RowRefusedError(replace(error.fault, column=self.at(name))) from error

    def flag(self, name: str) -> bool:
        """Read what is true or false; what is not there is false.

        Raises:
            RowRefusedError: It is something else.
        """
        value = self.value.get(name)
        if value is None or isinstance(value, bool):
            return value is True
        raise self._refused(name, "true or false")

    def object(self, name: str) -> "OldObject | None":
        """Go into an object; none if there is none there. A text may stand for one elsewhere.

        Raises:
            RowRefusedError: It is neither.
        """
        value = self.value.get(name)
        if value is None or isinstance(value, str):
            return None
        if not isinstance(value, dict):
            raise self._refused(name, "an object")
        return OldObject(value, self.at(name))

    def objects(self, name: str) -> "Iterator[OldObject]":
        """Go into one object or the objects of an array; a text counts as the id of one.

        Raises:
            RowRefusedError: One of them is neither.
        """
        value = self.value.get(name)
        items: list[JsonValue] = value if isinstance(value, list) else [value]
        for place, item in enumerate(items):
            path = f"{self.at(name)}[{place}]" if isinstance(value, list) else self.at(name)
            if isinstance(item, dict):
                yield OldObject(item, path)
            elif isinstance(item, str):
                yield OldObject({"id": item}, path)
            elif item is not None:
                raise self._refused(name, "objects")

    def picture(self, name: str) -> str | None:
        """Give the text of an image that a member holds; an address of one is not followed.

        It stays the text that is in the file: thousands of credentials refer to one badge.
        """
        inside = next(self.objects(name), OldObject({}))
        text = inside.text("id") or ""
        return text if text.startswith(_PICTURES) else None

    def at(self, name: str) -> str:
        """Give the path of a member."""
        return f"{self._path}.{name}" if self._path else name

    def _refused(self, name: str, kind: str) -> RowRefusedError:
        return row_refused(Code.MEMBER_TYPE, column=self.at(name), kind=kind)


def image_in(text: str) -> bytes:
    """Take the image out of the text that holds it; nothing if there is none in it."""
    match = _PICTURE.fullmatch(text)
    try:
        return b"" if match is None else b64decode(match.group(1), validate=True)
    except ValueError:
        return b""


def to_text(value: JsonObject) -> bytes:
    """Write an object so that it can be kept: its values take twenty times the memory.

    ``orjson`` would leave the bytes in the room in which it wrote them.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def of_text(text: bytes) -> JsonObject:
    """Read an object that was kept."""
    found: JsonObject = json.loads(text)
    return found


def types_of(value: JsonObject) -> frozenset[str]:
    """List what an object says that it is."""
    said = value.get("type")
    return frozenset(
        one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)
    )
