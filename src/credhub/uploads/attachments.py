"""Every file that is attached to a PDF, wherever it is: each is what some program shows.

The list of the document, those that belong to it or to a page, a picture or a comment, a file in
several forms for several systems: whatever can be reached from the catalog counts.

Source:
    ISO 32000-2, sections 7.9.6 (name trees), 7.11.3 and 7.11.4 (embedded files), 12.5.6.15
    (annotations) and 14.13 (associated files).
"""

from collections.abc import Iterator
from typing import Final

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)

from credhub.errors import FileTooComplexError, MalformedPdfError, TooManyAttachmentsError

MAX_ATTACHMENTS: Final = 16
MAX_NODES: Final = 64
MAX_REACHED: Final = 200_000
"""References, dictionaries and arrays; a page of text has some hundreds."""

_FURTHER: Final = (IndirectObject, DictionaryObject, ArrayObject)


def in_file(reader: PdfReader) -> Iterator[bytes]:
    """Unpack every attachment once.

    Raises:
        MalformedPdfError: It has no catalog.
        TooManyAttachmentsError: It has more attachments than any honest one.
        FileTooComplexError: It is larger than any honest one, or its list leads in circles.
    """
    catalog = _dictionary(reader.trailer.get("/Root"))
    if not catalog:
        raise MalformedPdfError
    _check_tree(_dictionary(catalog.get("/Names")).get("/EmbeddedFiles"))
    streams: dict[int, StreamObject] = {}  # by identity: what is reached twice is one
    for file in _files_in(catalog):
        stream = _resolved(file)
        if isinstance(stream, StreamObject):
            streams[id(stream)] = stream
        if len(streams) > MAX_ATTACHMENTS:
            raise TooManyAttachmentsError
    for stream in streams.values():
        yield stream.get_data()


def _check_tree(root: PdfObject | None) -> None:
    """Refuse a name tree that is knotted, or lists too much."""
    nodes = [root]
    for number, node in enumerate(nodes):
        if number == MAX_NODES:
            raise FileTooComplexError
        branch = _dictionary(node)
        nodes += _items(branch.get("/Kids"))[:MAX_NODES]
        if len(_items(branch.get("/Names"))) > 2 * MAX_ATTACHMENTS:
            raise TooManyAttachmentsError


def _files_in(catalog: DictionaryObject) -> Iterator[PdfObject]:
    for found in _reached(catalog):
        yield from _values(found.get("/EF"))
        for related in _values(found.get("/RF")):
            yield from _items(related)


def _reached(catalog: DictionaryObject) -> Iterator[DictionaryObject]:
    """Go to every dictionary once."""
    left: list[PdfObject] = [catalog]
    seen: set[tuple[int, int]] = set()
    reached = 0
    while left:
        reference = left.pop()
        if isinstance(reference, IndirectObject):
            name = reference.idnum, reference.generation
            if name in seen:
                continue
            seen.add(name)
        found = _resolved(reference)
        if isinstance(found, DictionaryObject):
            yield found
        further = [one for one in _parts(found) if isinstance(one, _FURTHER)]
        left += further
        reached += len(further)
        if reached > MAX_REACHED:
            raise FileTooComplexError


def _parts(value: PdfObject | None) -> list[PdfObject]:
    return _items(value) or _values(value)


def _values(value: PdfObject | None) -> list[PdfObject]:
    # As they stand there: what they lead to is not yet read.
    return list(dict.values(_dictionary(value)))


def _resolved(value: PdfObject | None) -> PdfObject | None:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _dictionary(value: PdfObject | None) -> DictionaryObject:
    resolved = _resolved(value)
    return resolved if isinstance(resolved, DictionaryObject) else DictionaryObject()


def _items(value: PdfObject | None) -> list[PdfObject]:
    resolved = _resolved(value)
    return list(resolved) if isinstance(resolved, ArrayObject) else []
