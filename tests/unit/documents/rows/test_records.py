import pytest

from credhub.documents.rows import records
from credhub.documents.rows.choices import MAX_CELL, Choices, Separator
from tests.unit.documents.rows.reading import read


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["lf", "cr", "crlf"])
@pytest.mark.parametrize("block", [4, 5, 7, 1 << 16])
def test_rows_end_as_they_like(end: str, block: int) -> None:
    found = read(end.join(["name,note", "Ada,1", "Bea,2", ""]), block=block)

    assert found.names == ["Ada", "Bea"]
    assert [row.row for row in found.rows] == [2, 3]
    assert not found.faults


def test_the_last_row_needs_no_end() -> None:
    assert read("name\nAda").names == ["Ada"]


def test_a_quoted_cell_holds_separators_and_doubled_quotes() -> None:
    found = read('name,note\n"Lovelace, ""Ada""",""\n')

    assert found.names == ['Lovelace, "Ada"']


def test_quoted_line_breaks_do_not_count_and_blank_rows_do() -> None:
    found = read('name,note\nAda,"a\r\nb\n\nc"\n\n,\n" ",""\nBea,"x"\n')

    assert [(row.row, row.recipient.name) for row in found.rows] == [(2, "Ada"), (6, "Bea")]
    assert found.summary.rows == 2


def test_blank_rows_may_stand_above_the_header() -> None:
    found = read("\n;;\nName;Note\nAda;1\n")

    assert [(row.row, row.recipient.name) for row in found.rows] == [(4, "Ada")]


def test_the_line_that_names_the_separator_does_not_count() -> None:
    found = read("sep=;\nname;note\nLovelace, Ada;1\n")

    assert [(row.row, row.recipient.name) for row in found.rows] == [(2, "Lovelace, Ada")]
    assert found.summary.separator is Separator.SEMICOLON


def test_t68_an_unclosed_quote_names_the_row_where_it_began() -> None:
    found = read('name,note\nAda,1\nBea,"x\nCleo,2\nDora,3\n')

    assert found.names == ["Ada"]
    assert found.codes == [(3, None, "quote-unclosed")]


def test_t68_a_quote_that_the_next_one_closes_names_the_row_too() -> None:
    found = read('name,note\nAda,1\nBea,"x\nCleo,"2"\nDora,"y\nEve,3\n')

    assert found.codes == [(3, None, "quote-misplaced")]
    assert [one.row for one in found.refused] == [3]


@pytest.mark.parametrize("cell", ['a "b" c', '"a"b', '"a" ', ' "a"', '"a""" b'])
def test_a_quote_in_a_wrong_place_is_a_fault_of_its_row(cell: str) -> None:
    found = read(f"name,note\nAda,{cell}\nBea,1\n")

    assert found.codes == [(2, None, "quote-misplaced")]
    assert found.names == ["Bea"]


def test_rows_are_as_long_as_the_header() -> None:
    found = read("name,email\nAda\nBea,,\nCleo,\n")

    assert found.codes == [(2, None, "cells-missing"), (3, None, "cells-surplus")]
    assert found.names == ["Cleo"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_has_an_end(quote: str) -> None:
    long = "x" * MAX_CELL

    found = read(
        f"name,note\nAda,{quote}{long}{quote}\nBea,{quote}{long}x{quote}\nCleo,{quote}{quote}\n"
    )

    assert found.codes == [(3, None, "cell-too-long")]
    assert found.names == ["Ada", "Cleo"]


@pytest.mark.parametrize("row", ["Ada,a\tb", 'Ada,a\tb,"c"'])
def test_a_tab_stands_in_quotes_or_between_cells(row: str) -> None:
    assert read(f"name,note\n{row}\nBea,1\n").codes == [(2, None, "control-character")]
    assert read('name,note\nAda,"a\tb"\n').names == ["Ada"]
    assert read("name\tnote\nAda\tb\n").names == ["Ada"]


@pytest.mark.parametrize("separator", Separator, ids=lambda one: one.name)
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_separator_is_recognised_and_reported(separator: Separator, quote: str) -> None:
    rows = [["Name", "E-Mail", "Bemerkung, lang"], ["Ada", "ada@example.org", "x"]]
    if not quote:
        rows[0][2] = "Bemerkung"
    text = "\n".join(separator.join(f"{quote}{cell}{quote}" for cell in row) for row in rows)

    found = read(text)

    assert found.names == ["Ada"]
    assert found.summary.separator is separator


def test_the_separator_with_which_headers_are_known_goes_before_the_one_there_is_most_of() -> None:
    found = read("Name;E-Mail;a, b, c, d, e\nAda;;\n")

    assert found.summary.separator is Separator.SEMICOLON


def test_the_separator_that_is_said_is_used() -> None:
    choices = Choices(separator=Separator.SEMICOLON, columns={"a,b": "name"})

    assert read("a,b\nAda\n", choices=choices).names == ["Ada"]


def test_an_own_mapping_helps_to_find_the_separator() -> None:
    found = read("Wer;a,b,c\nAda;1\n", choices=Choices(columns={"wer": "name"}))

    assert found.names == ["Ada"]


def test_one_column_is_enough() -> None:
    assert read("name\nAda\n").summary.separator is Separator.COMMA


def test_text_is_cut_alike_wherever_it_is_divided() -> None:
    text = 'a,"b\n""c"\n\n"d",e\nf'
    whole = list(records.records([text]))

    assert whole == [(1, 'a,"b\n""c"'), (2, ""), (3, '"d",e'), (4, "f")]
    for at in range(len(text)):
        assert list(records.records([text[:at], text[at:]])) == whole
