"""What is wrong with a file of rows, as CSV beside it."""

from collections.abc import Iterable, Iterator
from typing import Final

from credhub.documents.rows import csv_out
from credhub.errors import RowFault

COLUMNS: Final = ("row", "column", "code", "detail", "value")


def written(faults: Iterable[RowFault]) -> Iterator[bytes]:
    """Write one row for each fault; its value may be about a learner."""
    return csv_out.written(COLUMNS, map(_cells, faults))


def _cells(fault: RowFault) -> tuple[str, ...]:
    row = "" if fault.row is None else str(fault.row)
    return (row, fault.column or "", fault.code, fault.detail, fault.value or "")
