"""Read the files of an import: what each is, its bytes say.

(1) a table is read by itself; (2) Open Badges are gathered from JSON, tokens, images and archives;
(3) when all files were gathered they are read, because some describe what others refer to;
(4) one whose signature does not fit what it says is a fault.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from credhub import jsontypes
from credhub.documents.imports import archives, tokens
from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.csv_export import CsvExport, Item, read_csv
from credhub.documents.imports.faults import ImportCode, file_refused, import_fault
from credhub.documents.imports.known_names import KnownNames
from credhub.documents.imports.open_badges import MAX_CREDENTIALS, OpenBadges
from credhub.errors import (
    MalformedJsonError,
    RowRefusedError,
    RowsError,
    UploadRefusedError,
)
from credhub.jsontypes import JsonValue
from credhub.sandbox.pool import Sandbox
from credhub.services import uploads
from credhub.services.imports.import_plan import OldFile
from credhub.services.imports.import_proofs import Proof, proof_of
from credhub.services.resources import Resources

_BOM: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_PNG: Final = b"\x89PNG"


@dataclass(slots=True, kw_only=True)
class ReadFiles:
    """What was read.

    Attributes:
        files: Each with its credentials and faults; faults of a file as a whole are its items.
        tables: How each table was understood.
        proofs: What is known of the signatures of Open Badges 3.0.
    """

    files: tuple[OldFile, ...] = ()
    tables: dict[str, CsvExport] = field(default_factory=dict)
    proofs: Counter[Proof] = field(default_factory=Counter)


def read_files(
    resources: Resources,
    contents: Iterable[tuple[str, bytes]],
    choices: ImportChoices,
    names: KnownNames,
) -> ReadFiles:
    """Read every file; what is wrong with one is told with it, and the next is read.

    Args:
        resources: What services work with.
        contents: The files by name.
        choices: How tables are meant.
        names: Who is behind which address.
    """
    reading = _Reading(resources.sandbox, choices, OpenBadges(names, choices.now))
    for name, content in contents:
        reading.take(name, content)
    for file, item in reading.badges.items():  # (3)
        reading.items[file].append(item)
    proofs = Counter[Proof]()
    for file, row, signed in reading.badges.signed():  # (4)
        found = proof_of(resources, signed)
        proofs[found] += 1
        if found is Proof.BROKEN:
            reading.items[file].append(import_fault(ImportCode.PROOF_BROKEN, row=row))
    files = tuple(OldFile(name=name, items=tuple(items)) for name, items in reading.items.items())
    return ReadFiles(files=files, tables=reading.tables, proofs=proofs)


class _Reading:
    def __init__(self, sandbox: Sandbox, choices: ImportChoices, badges: OpenBadges) -> None:
        self.items: dict[str, list[Item]] = {}
        self.tables: dict[str, CsvExport] = {}
        self.badges = badges
        self._sandbox = sandbox
        self._choices = choices
        self._room = archives.Room()
        self._rows = 0

    def take(self, name: str, content: bytes) -> None:
        items = self.items.setdefault(name, [])
        try:
            if content.startswith(archives.SIGNATURE):
                self._take_archive(name, content)
            else:
                self._take_file(name, content)
        except RowsError as error:
            items += error.faults

    def _take_archive(self, name: str, content: bytes) -> None:
        for inner, entry in archives.entries(content, self._room):
            path = f"{name}/{inner}"
            if entry.startswith(archives.SIGNATURE):
                raise file_refused(ImportCode.ARCHIVE_INSIDE)
            self.items.setdefault(path, [])
            try:
                self._take_file(path, entry)
            except RowsError as error:
                self.items[path] += error.faults

    def _take_file(self, name: str, content: bytes) -> None:
        text = content.removeprefix(_BOM).strip(_SPACE)
        if _is_image(content, text):
            self._gather(name, _baked_in(self._sandbox, content))
        elif text.startswith((b"{", b"[")) or tokens.is_token(text):
            self._gather(name, text)
        else:
            self._take_table(name, content)  # (1)

    def _take_table(self, name: str, content: bytes) -> None:
        export = read_csv(content, self._choices)
        self.tables[name] = export
        self._rows += len(export.items)
        if self._rows + self.badges.count > MAX_CREDENTIALS:
            raise file_refused(ImportCode.TOO_MANY_CREDENTIALS)
        self.items[name] += export.items

    def _gather(self, name: str, text: bytes) -> None:
        """Keep what is in a text (2)."""
        token = text if tokens.is_token(text) else None
        document = _document(text) if token is None else tokens.payload(token)
        try:
            found = self.badges.add(name, document, token, most=MAX_CREDENTIALS - self._rows)
        except RowRefusedError as error:
            raise RowsError((error.fault,)) from error
        if not found:
            raise file_refused(ImportCode.NOTHING_INSIDE)


def _document(text: bytes) -> JsonValue:
    try:
        return jsontypes.parse(text)
    except MalformedJsonError as error:
        raise file_refused(ImportCode.NOT_JSON) from error


def _is_image(content: bytes, text: bytes) -> bool:
    return content.startswith(_PNG) or text.startswith(b"<")


def _baked_in(sandbox: Sandbox, image: bytes) -> bytes:
    """Find the one Open Badge in an image, in a worker process."""
    try:
        found = uploads.baked_in(sandbox, image)
    except UploadRefusedError as error:
        raise file_refused(ImportCode.NOT_BAKED) from error
    if found is None:
        raise file_refused(ImportCode.NOT_BAKED)
    text = found.text.strip().encode()
    if text.startswith((b"https://", b"http://")):
        raise file_refused(ImportCode.HOSTED_ELSEWHERE)
    return text
