"""ZIP files of exports: their entries one after the other, each within a cap.

Nothing is unpacked onto a disk, so the names of entries are only shown. What a header says about
sizes is not believed: bytes are counted as they come.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from credhub.documents.imports.faults import ImportCode, file_refused
from credhub.documents.rows.faults import shown

SIGNATURE: Final = b"PK\x03\x04"
MAX_ENTRIES: Final = 50_000
MAX_ENTRY: Final = 10 * 1024 * 1024
MAX_UNPACKED: Final = 100 * 1024 * 1024
"""Of all archives of an import together."""

# What other programs leave in an archive, which nobody meant to send.
_LITTER: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_ENCRYPTED: Final = 0x1
# What every program can pack. Of the rest some let the file say how much memory it needs.
_METHODS: Final = frozenset({ZIP_STORED, ZIP_DEFLATED})
# What a damaged archive, or one in some unusual way, makes the reader of the standard library say.
_STUMBLES: Final = (
    BadZipFile,
    LargeZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    RuntimeError,
    UnicodeError,
    ValueError,
    zlib.error,
)


@dataclass(slots=True, kw_only=True)
class Room:
    """What may still be unpacked, of however many archives."""

    entries: int = MAX_ENTRIES
    unpacked: int = MAX_UNPACKED


def entries(content: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    """Give the files of an archive, each with its name as it can be shown.

    Args:
        content: The archive.
        room: What all archives may hold; it becomes less.

    Raises:
        RowsError: It is damaged or encrypted, or has too much in it.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            yield from _entries(archive, room)
    except _STUMBLES as error:
        raise file_refused(ImportCode.ARCHIVE_BROKEN) from error


def _entries(archive: ZipFile, room: Room) -> Iterator[tuple[str, bytes]]:
    infos = [info for info in archive.infolist() if not _is_litter(info)]
    room.entries -= len(infos)
    if room.entries < 0:
        raise file_refused(ImportCode.ARCHIVE_TOO_LARGE)
    for info in infos:
        if info.flag_bits & _ENCRYPTED:
            raise file_refused(ImportCode.ARCHIVE_ENCRYPTED)
        if info.compress_type not in _METHODS:
            raise file_refused(ImportCode.ARCHIVE_BROKEN)
        with archive.open(info) as entry:
            content = entry.read(MAX_ENTRY + 1)
        room.unpacked -= len(content)
        if len(content) > MAX_ENTRY or room.unpacked < 0:
            raise file_refused(ImportCode.ARCHIVE_TOO_LARGE)
        yield shown(info.filename), content


def _is_litter(info: ZipInfo) -> bool:
    return info.is_dir() or info.filename.startswith(_LITTER) or info.filename.endswith(_LITTER)
