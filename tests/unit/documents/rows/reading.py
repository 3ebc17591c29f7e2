"""Reading a whole file of rows in one go, for tests."""

from dataclasses import dataclass

from credhub.documents.rows.blocks import BLOCK
from credhub.documents.rows.choices import Choices, Form
from credhub.documents.rows.outcome import ReadRow, Summary
from credhub.documents.rows.reader import RowReader
from credhub.errors import RowFault, RowsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """All that a reader gave, in one place; ``refused`` are the faults that ended it."""

    rows: tuple[ReadRow, ...]
    faults: tuple[RowFault, ...]
    refused: tuple[RowFault, ...]
    summary: Summary

    @property
    def names(self) -> list[str]:
        return [row.recipient.name for row in self.rows]

    @property
    def codes(self) -> list[tuple[int | None, str | None, str]]:
        return [(one.row, one.column, one.code) for one in (*self.faults, *self.refused)]

    @property
    def values(self) -> list[str | None]:
        return [one.value for one in (*self.faults, *self.refused)]


def read(
    data: str | bytes,
    form: Form = Form.CSV,
    choices: Choices | None = None,
    *,
    chunk: int = 1 << 30,
    block: int = BLOCK,
) -> Read:
    content = data.encode() if isinstance(data, str) else data
    chunks = (content[at : at + chunk] for at in range(0, len(content), chunk))
    reader = RowReader(chunks, form, choices, block=block)
    rows: list[ReadRow] = []
    faults: list[RowFault] = []
    refused: tuple[RowFault, ...] = ()
    try:
        for item in reader:
            if isinstance(item, ReadRow):
                rows.append(item)
            else:
                faults.append(item)
    except RowsError as error:
        refused = error.faults
    return Read(rows=tuple(rows), faults=tuple(faults), refused=refused, summary=reader.summary())
