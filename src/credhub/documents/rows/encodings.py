"""The text of a file: which encoding it has, and what that encoding does not explain."""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from io import IncrementalNewlineDecoder
from typing import Final

from credhub.documents.rows.choices import Encoding
from credhub.documents.rows.faults import Code, fault, file_refused, shown
from credhub.errors import RowFault

_MARKS: Final = (
    (codecs.BOM_UTF8, Encoding.UTF_8, "utf-8"),
    (codecs.BOM_UTF16_LE, Encoding.UTF_16, "utf-16-le"),
    (codecs.BOM_UTF16_BE, Encoding.UTF_16, "utf-16-be"),
)
_WITHOUT_MARK: Final = {
    Encoding.UTF_8: "utf-8",
    Encoding.UTF_16: "utf-16-le",
    Encoding.WINDOWS_1252: "cp1252",
}
# Controls but tab and line break, halves of characters, and what says that a text was damaged.
_SUSPECT: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffd-\uffff]")

_NOT: Final = {
    Encoding.UTF_8: Code.NOT_UTF_8,
    Encoding.UTF_16: Code.NOT_UTF_16,
    Encoding.WINDOWS_1252: Code.NOT_WINDOWS_1252,
}
_DAMAGE: Final = {
    "\ufeff": Code.MARK_INSIDE,
    "\ufffd": Code.CHARACTER_LOST,
    "\ufffe": Code.CHARACTER_LOST,
    "\uffff": Code.CHARACTER_LOST,
}


def can_be_shown(text: str) -> bool:
    """Say whether nothing in a text tells that it was damaged, or cannot be seen."""
    return _SUSPECT.search(text) is None


class Texts:
    """The text of a file in pieces, each line break in it a line feed.

    Bytes that are not of the encoding stand in the text as lone surrogates, so that the row they
    are in can be told, and the next be read.
    """

    def __init__(self, blocks: Iterable[bytes], said: Encoding | None) -> None:
        self._blocks = iter(blocks)
        self._said = said
        self.encoding = said or Encoding.UTF_8
        # Whether text that is not ASCII was met, and text that is no UTF-8 but may be the other.
        self._confirmed = False
        self._doubted = False

    def __iter__(self) -> Iterator[str]:
        """Decode block by block.

        Raises:
            RowsError: The file is marked as another encoding than was said, or was cut off.
        """
        first = next(self._blocks, b"")
        codec, mark = self._recognise(first)
        inner = codecs.getincrementaldecoder(codec)(
            "surrogatepass" if codec.startswith("utf-16") else "surrogateescape"
        )
        decoder = IncrementalNewlineDecoder(inner, translate=True)
        try:
            yield decoder.decode(first[len(mark) :])
            for block in self._blocks:
                yield decoder.decode(block)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise file_refused(Code.FILE_CUT) from error

    @property
    def likely(self) -> Encoding | None:
        """Say what the file seems to be instead: nothing in it was UTF-8 that is not ASCII."""
        return Encoding.WINDOWS_1252 if self._doubted and not self._confirmed else None

    def is_sound(self, text: str) -> bool:
        """Say whether all of a text can be shown; if not, ``faults`` tells what cannot."""
        if not can_be_shown(text):
            return False
        self._confirmed = self._confirmed or not text.isascii()
        return True

    def faults(self, cells: Sequence[str], headers: Sequence[str], row: int) -> Iterator[RowFault]:
        """Tell which cells the encoding does not explain, or cannot be shown, and why."""
        for place, cell in enumerate(cells):
            if found := _SUSPECT.search(cell):
                header = headers[place] if place < len(headers) else ""
                column = shown(header) or f"column {place + 1}"
                yield self._fault(cell, found.group(), row, column)

    def _recognise(self, start: bytes) -> tuple[str, bytes]:
        for mark, encoding, codec in _MARKS:
            if start.startswith(mark):
                if self._said not in {None, encoding}:
                    raise file_refused(Code.ENCODING_CONTRADICTED, said=self._said, found=encoding)
                self.encoding = encoding
                return codec, mark
        return _WITHOUT_MARK[self.encoding], b""

    def _fault(self, cell: str, character: str, row: int, column: str) -> RowFault:
        if "\ud800" <= character <= "\udfff":
            meant = self._in_windows_1252(cell) if self.encoding is Encoding.UTF_8 else cell
            return fault(_NOT[self.encoding], row=row, column=column, value=meant)
        code = _DAMAGE.get(character, Code.CONTROL_CHARACTER)
        return fault(code, row=row, column=column, value=cell, point=f"{ord(character):04X}")

    def _in_windows_1252(self, text: str) -> str:
        meant = text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
        self._doubted = self._doubted or "\ufffd" not in meant
        return meant
