"""A file in blocks of one size, however it arrives."""

from collections.abc import Iterable, Iterator
from typing import Final

from credhub.documents.rows.faults import Code, file_refused

BLOCK: Final = 64 * 1024
_MIB: Final = 1024 * 1024


def blocks(chunks: Iterable[bytes], *, most: int, size: int = BLOCK) -> Iterator[bytes]:
    """Cut what arrives into blocks, the last of which may be shorter.

    Nobody who sends one byte at a time makes what follows any slower.

    Raises:
        RowsError: There are more bytes than ``most``; raised with the chunk that exceeds it.
    """
    held = bytearray()
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most:
            raise file_refused(Code.FILE_TOO_LARGE, most=_size(most))
        held += chunk
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def _size(count: int) -> str:
    whole, rest = divmod(count, _MIB)
    return f"{count:,} bytes" if rest or not whole else f"{whole:,} MiB"
