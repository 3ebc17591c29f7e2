"""What is wrong with a file of rows, as CSV: every cell as it was meant, and none that runs."""

import csv
from io import StringIO

from credhub.documents.rows import csv_out, fault_file
from credhub.errors import RowFault

FORMULA = '=HYPERLINK("//x")'


def read(*faults: RowFault) -> list[dict[str, str]]:
    text = b"".join(fault_file.written(faults)).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline=""), strict=True))


def test_a_fault_is_a_row() -> None:
    whole = RowFault(code="no-rows", detail="There are none.")
    one = RowFault(row=3, column="Name", code="x", detail='It, "so".', value="Zoë")

    assert read(whole, one) == [
        {"row": "", "column": "", "code": "no-rows", "detail": "There are none.", "value": ""},
        {"row": "3", "column": "Name", "code": "x", "detail": 'It, "so".', "value": "Zoë"},
    ]


def test_t67_what_stood_in_a_file_does_not_run_in_the_next_one() -> None:
    (row,) = read(RowFault(row=2, column=FORMULA, code="x", detail="It.", value=FORMULA))

    for cell in (row["column"], row["value"]):
        assert cell == f"'{FORMULA}"
        assert csv_out.undefended(cell) == FORMULA
