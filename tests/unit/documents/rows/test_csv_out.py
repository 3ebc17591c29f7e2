# ruff: noqa: RUF001 - full-width forms are what is tested
import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.documents.rows import csv_out, records
from credhub.documents.rows.choices import Form, Separator
from credhub.documents.rows.encodings import Texts
from tests.unit.documents.rows.reading import read

# What RFC 4180 can carry; line breaks are line feeds, as the writer makes them.
cells = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffd\ufffe\uffff")
    | st.sampled_from("\t\n'=+-@＝＋－＠,;\""),
    max_size=8,
)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=5)
)


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("//x")',
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
        "''+1",
        "\0=1",
    ],
    ids=range(14),
)
def test_t67_no_cell_begins_with_what_a_spreadsheet_runs(cell: str) -> None:
    (row,) = csv.reader(StringIO(csv_out.line(["7", cell]), newline=""))

    assert row[1].startswith("'")
    assert row[1].replace("\n", "\r")[1:] == cell.replace("\n", "\r")
    assert csv_out.undefended(csv_out.defended(cell)) == cell


@pytest.mark.parametrize("cell", ["Ada", "O'Neil", "'Ada", "1-1", "", "a=b", "'"])
def test_t67_what_nothing_runs_is_written_as_it_is(cell: str) -> None:
    assert csv_out.line([cell]) == f"{cell}\r\n"
    assert csv_out.undefended(cell) == cell


@given(st.text(max_size=6) | st.text("'=+-@ab\t", max_size=6))
def test_t67_the_defence_is_undone_exactly(text: str) -> None:
    defended = csv_out.defended(text)

    assert csv_out.undefended(defended) == text
    assert not defended.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_file_has_its_mark_and_its_line_ends() -> None:
    written = b"".join(csv_out.written(["name", "note"], [["Zoë", 'a "b"'], ["Ada", "x\r\ny"]]))

    assert written == '\ufeffname,note\r\nZoë,"a ""b"""\r\nAda,"x\ny"\r\n'.encode()


@given(tables, st.integers(4, 40))
def test_what_is_written_is_read_back(table: list[list[str]], size: int) -> None:
    written = b"".join(csv_out.written(table[0], table[1:]))
    blocks = [written[at : at + size] for at in range(0, len(written), size)]

    read_back = [
        [csv_out.undefended(cell) for cell in records.cells(record, Separator.COMMA)]
        for _, record in records.records(Texts(blocks, None))
    ]

    assert read_back == table


@given(tables)
def test_what_is_written_is_what_others_read(table: list[list[str]]) -> None:
    written = b"".join(csv_out.written(table[0], table[1:])).decode("utf-8-sig")

    others = list(csv.reader(StringIO(written, newline=""), strict=True))

    assert [[csv_out.undefended(cell) for cell in row] for row in others] == [
        [] if row == [""] else row for row in table
    ]


def test_results_can_be_corrected_and_sent_again() -> None:
    keys = ["+49 30", "-7", "=x", "'=y", "plain"]
    rows = [[key, f"Ada {place}", "a fault"] for place, key in enumerate(keys)]

    written = b"".join(csv_out.written(["key", "name", "problem"], rows))

    assert [row.key for row in read(written, Form.CSV).rows] == keys
