"""A date at the end of a file tells how those at its beginning are meant."""

from collections.abc import Iterable

import pytest

from credhub.documents.rows.choices import DateOrder, Form
from credhub.documents.rows.file import RowFile
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import RowFault, RowsError


def read(*lines: str) -> tuple[list[str], list[tuple[int | None, str]], RowFile]:
    text = "".join(f"{line}\n" for line in ("name,date", *lines)).encode()

    def chunks() -> Iterable[bytes]:
        return (text[at : at + 7] for at in range(0, len(text), 7))

    file = RowFile(chunks, Form.CSV)
    days, faults = [], []
    for item in file:
        if isinstance(item, ReadRow):
            days.append("-" if item.awarded_at is None else f"{item.awarded_at:%d.%m.}")
        else:
            assert isinstance(item, RowFault)
            faults.append((item.row, item.code))
    return days, faults, file


def test_the_last_date_settles_the_first() -> None:
    days, faults, file = read("Ana,", "Bea,03/04/2026", "Cleo,05/06/2026", "Dora,13/04/2026")

    assert days == ["-", "03.04.", "05.06.", "13.04."]
    assert not faults
    assert file.summary().date_order is DateOrder.DAY_FIRST
    assert file.summary().ended
    assert read("Ana,03/04/2026", "Bea,04/13/2026")[0] == ["04.03.", "13.04."]


def test_without_such_a_date_each_that_could_be_two_is_told_once() -> None:
    days, faults, file = read("Ana,", "Bea,03/04/2026", "undefined,", "Dora,05/06/2026", "Eve,")

    assert days == ["-", "-"]
    assert faults == [
        (3, "date-ambiguous"),
        (4, "name-placeholder"),
        (5, "date-ambiguous"),
    ]
    assert file.summary().faults == 3


def test_faults_before_and_behind_are_told_once_where_the_order_is_settled() -> None:
    _, faults, _ = read("nan,", "Bea,03/04/2026", "null,25/04/2026", "Ana,07/25/2026")

    assert faults == [
        (2, "name-placeholder"),
        (3, "date-ambiguous"),
        (4, "name-placeholder"),
        (5, "date-order-mixed"),
    ]


def test_a_file_without_dates_is_read_once() -> None:
    opened = []

    def chunks() -> Iterable[bytes]:
        opened.append(1)
        yield b"name\nAna\n"

    assert len(list(RowFile(chunks, Form.CSV))) == 1
    assert len(opened) == 1


def test_what_cannot_be_read_further_is_refused_while_the_order_is_looked_for() -> None:
    text = b'name,date\nAna,03/04/2026\nBea,"'

    with pytest.raises(RowsError):
        list(RowFile(lambda: (text,), Form.CSV))
