"""Open Badges in JSON, of whichever edition: found, put together, and read one by one.

What an assertion refers to by its address is looked for in the other files, and never fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from credhub.documents.imports import open_badges_2, open_badges_3
from credhub.documents.imports.csv_export import Item
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.objects import types_of
from credhub.documents.imports.open_badges_2 import Related
from credhub.documents.rows.faults import Code, fault
from credhub.errors import InvalidClaimError, RowFault, RowRefusedError
from credhub.jsontypes import JsonObject, JsonValue

_CREDENTIALS: Final = frozenset({"OpenBadgeCredential", "AchievementCredential"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    file: str
    row: int
    value: JsonObject
    token: bytes | None


class OpenBadges:
    """Everything that was found in some files."""

    def __init__(self, names: KnownNames, now: datetime) -> None:
        self._names = names
        self._now = now
        self._related = Related()
        self._assertions: list[_Found] = []
        self._credentials: list[_Found] = []

    def add(self, file: str, document: JsonValue, token: bytes | None = None) -> tuple[int, int]:
        """Look through a document.

        Args:
            file: Where it is.
            document: What it says.
            token: The token that says so, if it is none of JSON.

        Returns:
            How many credentials are in it, and how many things that credentials refer to.
        """
        credentials = others = 0
        left: list[JsonValue] = [document]
        while left:
            value = left.pop()
            if isinstance(value, list):
                left += reversed(value)
            elif isinstance(value, dict):
                found = _Found(file=file, row=credentials + 1, value=value, token=token)
                if self._keep(found):
                    credentials += 1
                elif self._related.add(value):
                    others += 1
                else:
                    left += reversed(value.values())
        return credentials, others

    def items(self) -> Iterator[tuple[str, Item]]:
        """Read each credential, with the file that it is in."""
        for found in self._assertions:
            yield found.file, self._read(found, open_badges_2.read)
        for found in self._credentials:
            yield found.file, self._read(found, open_badges_3.read)

    def signed(self) -> Iterator[tuple[str, int, bytes | JsonObject]]:
        """Give the credentials of Open Badges 3.0 as they may be signed: file, row and text."""
        for found in self._credentials:
            yield found.file, found.row, found.token or found.value

    def _keep(self, found: _Found) -> bool:
        types = types_of(found.value)
        if types & _CREDENTIALS:
            self._credentials.append(found)
        elif "Assertion" in types:
            self._assertions.append(found)
            self._related.add(found.value.get("badge"))
        else:
            return False
        return True

    def _read(self, found: _Found, reader: open_badges_2.Reader) -> Item:
        try:
            return reader(found.row, found.value, self._related, self._names, self._now)
        except RowRefusedError as error:
            return replace(error.fault, row=found.row)
        except InvalidClaimError as error:
            return _of_claim(found.row, error)


def _of_claim(row: int, error: InvalidClaimError) -> RowFault:
    words = {"member": error.member, "problem": error.message}
    return fault(Code.VALUE_REFUSED, row=row, column=error.member, **words)
