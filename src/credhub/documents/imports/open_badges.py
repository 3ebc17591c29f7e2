"""Open Badges in JSON, of whichever edition: found, put together, and read one by one.

What an assertion refers to by its address is looked for in the other files, and never fetched.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from credhub.documents.imports import open_badges_2, open_badges_3
from credhub.documents.imports.csv_export import Item
from credhub.documents.imports.faults import ImportCode, file_refused, import_fault
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.objects import of_text, to_text, types_of
from credhub.documents.imports.open_badges_2 import Related
from credhub.documents.imports.search import Search, is_credential
from credhub.documents.rows.faults import Code, fault
from credhub.errors import InvalidClaimError, RowFault, RowRefusedError
from credhub.jsontypes import JsonObject, JsonValue

MAX_CREDENTIALS: Final = 50_000

_ASSERTION: Final = "Assertion"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A credential as the text of its JSON, whose values would take many times the memory."""

    file: str
    row: int
    text: bytes
    token: bytes | None
    is_assertion: bool

    @property
    def value(self) -> JsonObject:
        return of_text(self.text)


class OpenBadges:
    """Everything that was found in some files."""

    def __init__(self, names: KnownNames, now: datetime) -> None:
        self.count = 0
        self._names = names
        self._now = now
        self._related = Related()
        self._found: list[_Found] = []
        self._faults: list[tuple[str, RowFault]] = []

    def add(
        self,
        file: str,
        document: JsonValue,
        token: bytes | None = None,
        *,
        most: int = MAX_CREDENTIALS,
    ) -> bool:
        """Look through a document.

        Args:
            file: Where it is.
            document: What it says.
            token: The token that says so, if it is none of JSON.
            most: So many credentials, and things that they refer to, may be in all files.

        Returns:
            Whether there is any of them in it.

        Raises:
            RowsError: There are more, or too much among them that is no credential.
        """
        row = 0

        def keep(value: JsonObject, token: bytes | None) -> bool:
            nonlocal row
            if not is_credential(value) and not self._related.add(value):
                return False
            self.count += 1
            if self.count > most:
                raise file_refused(ImportCode.TOO_MANY_CREDENTIALS)
            if is_credential(value):
                row += 1
                self._keep(file, row, value, token)
            return True

        search = Search(keep)
        has_any = search.look(document, token=token)
        for path in search.missed:
            self._faults.append((file, import_fault(ImportCode.NO_CREDENTIAL, column=path)))
        return has_any

    def items(self) -> Iterator[tuple[str, Item]]:
        """Read each credential, with the file that it is in; before them what could not be read."""
        yield from self._faults
        for found in self._found:
            yield found.file, self._read(found)

    def signed(self) -> Iterator[tuple[str, int, bytes | JsonObject]]:
        """Give the credentials of Open Badges 3.0 as they may be signed: file, row and text."""
        for found in self._found:
            if not found.is_assertion:
                yield found.file, found.row, found.token or found.value

    def _keep(self, file: str, row: int, value: JsonObject, token: bytes | None) -> None:
        is_assertion = _ASSERTION in types_of(value)
        if is_assertion:
            self._related.add(value.get("badge"))
        text = to_text(value)
        self._found.append(
            _Found(file=file, row=row, text=text, token=token, is_assertion=is_assertion)
        )

    def _read(self, found: _Found) -> Item:
        reader = open_badges_2.read if found.is_assertion else open_badges_3.read
        try:
            return reader(found.row, found.value, self._related, self._names, self._now)
        except RowRefusedError as error:
            return replace(error.fault, row=found.row)
        except InvalidClaimError as error:
            return _of_claim(found.row, error)


def _of_claim(row: int, error: InvalidClaimError) -> RowFault:
    words = {"member": error.member, "problem": error.message}
    return fault(Code.VALUE_REFUSED, row=row, column=error.member, **words)
