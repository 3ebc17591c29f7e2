"""PDF files put together into one, part by part, so that never more than one part is in memory.

It is for files that this package made: their pages, with all that these need, and nothing else of
them.
"""

from array import array
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Final

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
)

_HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_CATALOG: Final = 1
_PAGES: Final = 2
# Of each part these are ours to write.
_REPLACED: Final = ("/Catalog", "/Pages", "/Metadata")


class JoinedPdf:
    """A PDF that is being written.

    Args:
        file: Where; it is only ever written at its end.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0
        self._offsets = array("Q", [0] * (_PAGES + 1))
        self._parts: list[int] = []
        self._digest = sha256()
        self.pages = 0
        self._write(_HEADER)

    def add(self, pdf: bytes) -> None:
        """Add the pages of a file after those that are there."""
        with pypdf.PdfReader(BytesIO(pdf)) as reader:
            tree = self._reserve()
            first = len(self._offsets)
            numbers = {number: first + at for at, number in enumerate(_kept(reader))}
            self._offsets.extend([0] * len(numbers))
            kids = [numbers[page.indirect_reference.idnum] for page in reader.pages]  # type: ignore[union-attr]  # a page of a file has one
            for number, ours in numbers.items():
                self._object(ours, _moved(reader.get_object(number), numbers, tree))
            self._object(tree, _tree(kids, len(kids), parent=_PAGES))
            self._parts.append(tree)
            self.pages += len(kids)

    def close(self) -> None:
        """Write what makes it a whole: the tree of pages, the table of contents, the end."""
        self._object(_PAGES, _tree(self._parts, self.pages))
        catalog = {"/Type": NameObject("/Catalog"), "/Pages": _reference(_PAGES)}
        self._object(_CATALOG, _dictionary(catalog))
        start, count = self._size, len(self._offsets)
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for offset in self._offsets[1:]:
            self._write(b"%010d 00000 n \n" % offset)
        name = self._digest.hexdigest()[:32].encode()
        self._write(
            b"trailer\n<</Size %d/Root %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (count, _CATALOG, name, name, start)
        )

    def _reserve(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _object(self, number: int, value: PdfObject) -> None:
        self._offsets[number] = self._size
        content = BytesIO()
        value.write_to_stream(content)
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, content.getvalue()))

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._size += len(content)


def _kept(reader: pypdf.PdfReader) -> list[int]:
    """List the objects of a file, in their order, but for those that are about the whole of it."""
    info = reader.trailer.get("/Info")
    own = {info.idnum} if isinstance(info, IndirectObject) else set()
    return [
        number
        for number in sorted(reader.xref[0])
        if number not in own and _type(reader.get_object(number)) not in _REPLACED
    ]


def _type(value: PdfObject | None) -> object:
    return value.get("/Type") if isinstance(value, DictionaryObject) else None


def _moved(value: PdfObject | None, numbers: dict[int, int], tree: int) -> PdfObject:
    """Let a value refer to the numbers that objects have now; what is left out is the tree."""
    match value:
        case IndirectObject():
            return _reference(numbers.get(value.idnum, tree))
        case DictionaryObject():  # A stream is one too, and keeps its bytes.
            for name in value:
                value[name] = _moved(value.raw_get(name), numbers, tree)
            return value
        case ArrayObject():
            return ArrayObject([_moved(item, numbers, tree) for item in value])
        case None:
            return NullObject()
        case _:
            return value


def _tree(kids: list[int], count: int, *, parent: int | None = None) -> DictionaryObject:
    members: dict[str, PdfObject] = {
        "/Type": NameObject("/Pages"),
        "/Count": NumberObject(count),
        "/Kids": ArrayObject([_reference(kid) for kid in kids]),
    }
    return _dictionary(members if parent is None else members | {"/Parent": _reference(parent)})


def _dictionary(members: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in members.items()})


def _reference(number: int) -> IndirectObject:
    return IndirectObject(number, 0, None)
