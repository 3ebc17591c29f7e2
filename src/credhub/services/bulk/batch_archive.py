"""The files of a batch in one ZIP, written while it is read: one credential after another.

Invariants:
- A name in it is made of the number of a row and a public code, whatever anybody is called.
- What does not stand any more is left out; ``index.csv``, the last file, says so for every row.
- The same credentials give the same bytes.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from credhub.documents.rows import csv_out
from credhub.services import bundles, certificates
from credhub.services.bulk import batch_credentials
from credhub.services.bulk.batch_credentials import LeftOut, Part, RowCredential
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

INDEX: Final = "index.csv"
COLUMNS: Final = ("row", "file", "credential", "left out")
MOST: Final = 1_000

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_FOR_ITS_OWNER: Final = 0o600 << 16


class FileKind(StrEnum):
    """What there is of every credential."""

    PDF = "pdf"
    VC = "vc"
    BUNDLE = "bundle"

    @property
    def suffix(self) -> str:
        """How the names of its files end."""
        match self:
            case FileKind.PDF:
                return ".pdf"
            case FileKind.VC:
                return ".json"
            case FileKind.BUNDLE:
                return ".bundle.json"


def begin(
    resources: Resources, number: HubNumber, batch_id: str, *, after: int = 0, limit: int = MOST
) -> Part:
    """Choose the rows of one archive.

    Raises:
        BatchNotFoundError: The hub has no such batch.
        BatchNotEndedError: More rows may come.
    """
    return batch_credentials.part(resources, number, batch_id, after=after, limit=min(limit, MOST))


def all_rows(resources: Resources, number: HubNumber, batch_id: str) -> Iterator[RowCredential]:
    """List the rows of a whole batch for one archive, some at a time.

    Raises:
        BatchNotFoundError: The hub has no such batch.
        BatchNotEndedError: More rows may come.
    """
    part = begin(resources, number, batch_id)
    yield from part.rows
    while part.next_cursor is not None:
        part = begin(resources, number, batch_id, after=part.next_cursor)
        yield from part.rows


def written(
    resources: Resources, number: HubNumber, rows: Iterable[RowCredential], kind: FileKind
) -> Iterator[bytes]:
    """Write the archive in parts, one for each credential, and never hold more of it.

    Raises:
        SandboxError: A certificate could not be made; then the archive has no end.
        ReceiptNotReadyError: The ledger has not signed what a bundle needs.
    """
    pieces, index = _Pieces(), [csv_out.line(COLUMNS)]
    with ZipFile(pieces, "w") as archive:  # type: ignore[call-overload]  # it only writes
        for one in rows:
            found = batch_credentials.standing(resources, number, one)
            if isinstance(found, LeftOut):
                index.append(_line(one, left_out=found))
                continue
            name = f"{one.row:06}-{found.credential.code[:8].lower()}{kind.suffix}"
            archive.writestr(_entry(name, kind), _content(resources, found, kind))
            index.append(_line(one, name=name))
            yield pieces.taken()
        archive.writestr(_entry(INDEX), "".join(index))
    yield pieces.taken()


class _Pieces:
    """A file that can only be written, of which others take what there is."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, content: bytes) -> int:
        self._written.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Do nothing: it is taken soon."""

    def taken(self) -> bytes:
        content = b"".join(self._written)
        self._written.clear()
        return content


def _line(one: RowCredential, *, name: str = "", left_out: str = "") -> str:
    return csv_out.line((str(one.row), name, one.credential_id, left_out))


def _entry(name: str, kind: FileKind | None = None) -> ZipInfo:
    entry = ZipInfo(name, date_time=_FIRST_DAY)
    # What is in a PDF was packed before.
    entry.compress_type = ZIP_STORED if kind is FileKind.PDF else ZIP_DEFLATED
    entry.external_attr = _FOR_ITS_OWNER
    return entry


def _content(resources: Resources, opened: OpenedCredential, kind: FileKind) -> bytes:
    match kind:
        case FileKind.PDF:
            return certificates.render(resources, opened, task=certificates.OF_MANY)
        case FileKind.VC:
            return opened.signed
        case FileKind.BUNDLE:
            return bundles.make(resources, opened).encode()
