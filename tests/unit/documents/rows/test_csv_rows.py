from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.documents.rows.choices import Choices, DateOrder, Encoding, Form, Separator
from credhub.documents.rows.outcome import ReadRow
from credhub.documents.rows.reader import RowReader
from credhub.errors import RowFault, RowsError
from tests.unit.documents.rows.reading import read

HEADER = "key,externalId,name,email,did,awardedDate,validUntil,evidenceUrl,result\n"
ROW = "k7,S7,Ada,ada@example.org,did:key:z6Mk,2026-11-20,2028-11-20,https://example.org/7?a=1,1.3\n"
EXPECTED = ReadRow(
    row=2,
    key="k7",
    recipient=Recipient(name="Ada", email="ada@example.org", did="did:key:z6Mk", external_id="S7"),
    awarded_at=datetime(2026, 11, 20, tzinfo=UTC),
    valid_until=datetime(2028, 11, 20, 23, 59, 59, tzinfo=UTC),
    evidence=(Evidence(id="https://example.org/7?a=1"),),
    results=(Result(value="1.3"),),
)


def test_a_row_is_read() -> None:
    assert read(HEADER + ROW).rows == (EXPECTED,)


def test_what_may_be_missing_is_none() -> None:
    bare = ReadRow(row=2, key=None, recipient=Recipient(name="Ada"))

    assert read(f"{HEADER},,Ada,,,,,,\n").rows == (bare,)
    assert read("name\n  Ada\u00a0\n").rows == (bare,)


def test_the_external_id_of_a_learner_does_not_become_the_key_of_the_row() -> None:
    (row,) = read(HEADER + ROW.replace("k7", "")).rows

    assert row == replace(EXPECTED, key=None)


@pytest.mark.parametrize(
    ("was", "becomes", "column", "code"),
    [
        ("ada@example.org", "ada", "email", "email-malformed"),
        ("ada@example.org", "ada@example.org; bea@example.org", "email", "email-malformed"),
        ("ada@example.org", f"ada@{'x' * 251}", "email", "email-malformed"),
        ("ada@example.org", "n/a", "email", "email-malformed"),
        ("did:key:z6Mk", "z6Mk", "did", "value-refused"),
        ("did:key:z6Mk", "urn:x:y", "did", "value-refused"),
        ("did:key:z6Mk", f"did:key:{'z' * 500}", "did", "value-refused"),
        ("https://example.org/7?a=1", "example.org/7", "evidenceUrl", "value-refused"),
        ("https://example.org/7?a=1", "javascript:alert(1)", "evidenceUrl", "value-refused"),
        ("1.3", "x" * 201, "result", "value-refused"),
        ("k7", "k" * 201, "key", "value-refused"),
        ("k7", '"k\n7"', "key", "value-refused"),
        ("S7", "\u202e7", "externalId", "value-refused"),
        ("Ada", "", "name", "name-missing"),
    ],
)
def test_a_fault_is_told_by_row_and_column(was: str, becomes: str, column: str, code: str) -> None:
    found = read(HEADER + ROW.replace(was, becomes, 1) + "\n" + ROW.replace("7", "8"))

    assert found.codes == [(2, column, code)]
    assert [row.key for row in found.rows] == ["k8"]


def test_one_row_may_have_several_faults_and_is_not_read() -> None:
    found = read("name,email,date,evidence\nundefined,ada,soon,no\n")

    assert [column for _, column, _ in found.codes] == ["name", "email", "date", "evidence"]
    assert not found.rows


def test_t67_what_would_run_in_a_spreadsheet_is_no_name_and_else_data() -> None:
    found = read("key,name\n+49 30,Ada\n'+49 31,Bea\n'@x,Cleo\n7,=1+1\n8,'=1+1\n")

    assert [row.key for row in found.rows] == ["+49 30", "+49 31", "@x"]
    assert found.codes == [(5, "name", "name-formula"), (6, "name", "name-formula")]


def test_the_summary_is_of_the_whole_file_once_it_ended() -> None:
    reader = RowReader([b"Name;Datum\nAda;25.04.2026\n", b"undefined;x\n"], Form.CSV)
    rows = iter(reader)
    next(rows)

    assert not reader.summary().ended
    assert len(list(rows)) == 2
    assert reader.summary().ended
    assert (reader.summary().rows, reader.summary().faults) == (2, 2)
    assert reader.summary().encoding is Encoding.UTF_8
    assert reader.summary().separator is Separator.SEMICOLON
    assert reader.summary().date_order is DateOrder.DAY_FIRST


def test_rows_are_given_while_the_file_arrives() -> None:
    sent = []

    def chunks() -> Iterator[bytes]:
        yield b"name\n"
        for number in range(200_000):
            sent.append(number)
            yield b"Ada %d\n" % number

    first = next(iter(RowReader(chunks(), Form.CSV)))

    assert isinstance(first, ReadRow)
    assert len(sent) < 10_000


def test_a_refused_file_is_counted_as_faulty_and_never_ends() -> None:
    found = read('name\nAda\n"Bea\n')

    assert (found.summary.faults, found.summary.ended) == (1, False)


def test_no_error_and_no_repr_says_what_a_cell_holds() -> None:
    fault = read("name,email\nAda,lovelace\n").faults[0]
    error = RowsError((fault,))

    assert fault.value == "lovelace"
    assert "lovelace" not in repr(fault) + fault.text() + str(error)
    assert "Ada" not in str(RowsError(read("Ada L,x\nBea,\n").refused))
    assert fault.text().startswith("Row 2, email: This is no e-mail address.")
    assert RowFault(code="x", detail="It is odd.").text() == "The file: It is odd."


def test_caps_are_the_callers() -> None:
    choices = Choices(max_rows=2, max_bytes=30)

    assert read("name\nA\n\nB\n\n", choices=choices).names == ["A", "B"]
    assert read("name\nA\n\nB\n\nC\n", choices=choices).codes == [(6, None, "too-many-rows")]
    assert read("name\nA\nB\n" + 30 * " ", choices=choices).codes == [
        (None, None, "file-too-large")
    ]
