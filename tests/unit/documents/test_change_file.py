"""Files that name credentials: lists, tables, results of batches, and JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credhub.documents.change_file import ChangeFile
from credhub.documents.change_rows import AS_IT_IS, ChangeRow, CorrectedClaims
from credhub.documents.rows import csv_out
from credhub.documents.rows.choices import Choices, Encoding, Form
from credhub.documents.rows.faults import Code
from credhub.errors import RowFault, RowsError
from credhub.services.bulk.batch_result_file import COLUMNS

ADDRESS = "https://hub.example/c/" + "a" * 32
CODE = "b2" * 16
ID = "01a20908-0db1-7648-8e84-27216b9535c0"
REASON = "Misspelt."


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """All that a file gave."""

    file: ChangeFile
    rows: tuple[ChangeRow, ...]
    faults: tuple[RowFault, ...]

    @property
    def named(self) -> list[tuple[int, str]]:
        return [(it.row, it.credential) for it in self.rows]

    @property
    def codes(self) -> list[tuple[int | None, str | None, str]]:
        return [(it.row, it.column, it.code) for it in self.faults]

    @property
    def used(self) -> dict[str, str]:
        columns = self.file.summary().columns
        return {it.header: it.field.value for it in columns if it.field is not None}


def read(
    data: str | bytes,
    form: Form = Form.CSV,
    choices: Choices | None = None,
    *,
    corrects: bool = False,
    with_skipped: bool = True,
) -> Read:
    content = data.encode() if isinstance(data, str) else data
    file = ChangeFile(
        lambda: (content,),
        form,
        choices,
        reason=REASON,
        corrects=corrects,
        with_skipped=with_skipped,
    )
    rows: list[ChangeRow] = []
    faults: list[RowFault] = []
    try:
        for item in file:
            if isinstance(item, ChangeRow):
                rows.append(item)
            else:
                faults.append(item)
    except RowsError as error:
        faults += error.faults
    return Read(file=file, rows=tuple(rows), faults=tuple(faults))


def test_a_list_needs_no_header_and_may_have_blank_lines_and_a_mark() -> None:
    for first in (ADDRESS, CODE.upper(), ID, f'"{ADDRESS}"'):
        found = read(f"\ufeff\r\n\n{first}\r\n \n\n{CODE}\n")

        assert found.named == [(3, first.strip('"')), (6, CODE)], first
        assert found.faults == ()
        assert found.rows[0].reason == REASON
        assert found.used == {"credential": "credential"}


def test_a_list_may_be_utf_16() -> None:
    assert read(f"{ADDRESS}\n{CODE}\n".encode("utf-16")).named == [(1, ADDRESS), (2, CODE)]


def test_a_list_with_a_header_is_a_table() -> None:
    assert read(f"url\n{ADDRESS}\n").named == [(2, ADDRESS)]


@pytest.mark.parametrize(
    ("header", "used"),
    [
        ("credential,url,code,id", "credential"),
        ("id,code,url", "url"),
        ("id,Code", "Code"),
        ("Zertifikats-ID,Notiz", "Zertifikats-ID"),
        ("Name;Zertifikat", "Zertifikat"),
    ],
)
def test_of_several_columns_that_name_credentials_the_plainest_is_read(
    header: str, used: str
) -> None:
    separator = ";" if ";" in header else ","
    names = header.split(separator)
    cells = ["x" if name == used else "no" for name in names]

    found = read(f"{header}\n{separator.join(cells)}\n")

    assert found.used == {used: "credential"}
    assert found.named == [(2, "x")]


def test_two_columns_that_name_credentials_alike_have_to_be_told_apart() -> None:
    table = f"url,link\nx,{ADDRESS}\n"

    assert read(table).codes == [(1, None, "column-twice")]
    assert read(table, choices=Choices(columns={"link": "credential"})).named == [(2, ADDRESS)]


def test_results_of_a_batch_are_taken_as_they_were_written() -> None:
    rows = (
        ("2", "issued", ID, ADDRESS, "", ""),
        ("3", "failed", "", "", "row-key-reused", "No."),
        ("4", "failed", ID, ADDRESS, "already-revoked", "No."),
        ("5", "issued", "", "", "", ""),
    )
    found = read(b"".join(csv_out.written(COLUMNS, rows)))

    assert found.named == [(2, ID), (4, ID)]
    assert found.file.passed_over == 1
    assert found.codes == [(5, "credential", "credential-missing")]


def test_what_a_batch_skipped_is_left_out_where_its_own_alone_is_meant() -> None:
    rows = (
        ("2", "issued", ID, ADDRESS, "", ""),
        ("3", "skipped", ID, ADDRESS, "", ""),
        ("4", "failed", "", "", "row-key-reused", "No."),
    )
    content = b"".join(csv_out.written(COLUMNS, rows))

    all_of_them, its_own = read(content), read(content, with_skipped=False)

    assert all_of_them.named == [(2, ID), (3, ID)]
    assert (all_of_them.file.passed_over, all_of_them.file.skipped) == (1, 0)
    assert its_own.named == [(2, ID)]
    assert (its_own.file.passed_over, its_own.file.skipped) == (1, 1)
    assert not its_own.faults


def test_a_row_may_have_a_reason_of_its_own() -> None:
    found = read(f"Grund;credential\nBetrug;{CODE}\n;{ID}\n")

    assert [it.reason for it in found.rows] == ["Betrug", REASON]
    assert found.file.column_of("reason") == "Grund"
    assert found.file.column_of("credential") == "credential"
    assert found.file.column_of("name") == "name"


def test_no_column_of_a_change_says_what_is_corrected() -> None:
    found = read(f"url,name\n{ADDRESS},Ana\n")
    chosen = read(f"url,name\n{ADDRESS},Ana\n", choices=Choices(columns={"name": "name"}))

    assert found.used == {"url": "credential"}
    assert found.rows[0].claims == AS_IT_IS
    assert chosen.codes == [(1, "name", "field-unknown")]


def test_a_table_that_names_no_credentials_is_refused() -> None:
    (fault,) = read("Wer,Wann\nAna,heute\n").faults

    assert (fault.row, fault.code) == (1, "column-missing")
    assert fault.value == "“Wer”, “Wann”"
    assert "“credential”" in fault.detail


def test_what_a_credential_should_say_is_read_from_columns() -> None:
    table = (
        "url,Vorname,Nachname,awarded date,valid until,evidence url,result\n"
        f"{ADDRESS},Ana,Müller,03/04/2026,2027-01-01,https://school.example/a,87\n"
        f"{CODE},,,25/04/2026,,,\n"
    )
    found = read(table, corrects=True)

    assert found.faults == ()
    assert found.rows[0].claims == CorrectedClaims(
        name="Ana Müller",
        awarded_at=datetime(2026, 4, 3, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC),
        evidence_url="https://school.example/a",
        result="87",
        days=frozenset({"awardedDate", "validUntil"}),
    )
    assert found.rows[1].claims == CorrectedClaims(
        awarded_at=datetime(2026, 4, 25, tzinfo=UTC), days=frozenset({"awardedDate"})
    )
    assert [ChangeRow.of_document(it.to_document(), row=it.row) for it in found.rows] == [
        *found.rows
    ]


def test_a_whole_name_is_read_as_it_is() -> None:
    found = read(f"url,name\n{ADDRESS},'-Ana\n{CODE},\n", corrects=True)

    assert [it.column for it in found.faults] == ["name"]  # It begins as a formula does.
    assert found.named == [(3, CODE)]
    assert found.rows[0].claims == AS_IT_IS
    assert read(f"url,name\n{ADDRESS},王曉明\n", corrects=True).rows[0].claims.name == "王曉明"


@pytest.mark.parametrize(
    ("header", "cells", "fault"),
    [
        ("name", "undefined", ("name", "name-placeholder")),
        ("Vorname,Nachname", "Ana,", ("Vorname", "name-part-missing")),
        ("Vorname,Nachname", "#NAME?,Li", ("Vorname", "spreadsheet-error")),
        ("Prénom,Nom", "Ana,Ana Li", ("Prénom", "name-twice")),
        ("awarded date", "03/04/2026", ("awarded date", "date-ambiguous")),
        ("valid until", "#REF!", ("valid until", "spreadsheet-error")),
        ("evidence", "school", ("evidence", "value-refused")),
    ],
    ids=["placeholder", "part", "formula", "twice", "ambiguous", "error", "address"],
)
def test_what_nobody_may_be_called_is_told_by_row_and_column(
    header: str, cells: str, fault: tuple[str, str]
) -> None:
    found = read(f"url,{header}\n{ADDRESS},{cells}\n", corrects=True)

    assert found.codes[0] == (2, *fault)
    assert found.rows == ()


def test_faults_of_a_row_are_told_together() -> None:
    found = read("url,name,result\n#N/A,null,\n", corrects=True)

    assert [(it.column, it.code) for it in found.faults] == [
        ("url", "spreadsheet-error"),
        ("name", "name-placeholder"),
    ]


def test_a_part_of_a_name_needs_the_other_part() -> None:
    assert read(f"url,Vorname\n{ADDRESS},Ana\n", corrects=True).codes == [
        (1, None, "column-missing")
    ]


def test_a_table_that_corrects_nothing_is_refused() -> None:
    for table in (f"url,Notiz\n{ADDRESS},x\n", ADDRESS):
        assert read(table, corrects=True).codes == [(None, None, "correction-missing")]


def test_json_names_credentials_alone_or_with_what_is_said_of_them() -> None:
    array = f'["{ADDRESS}", {{"credential": "{CODE}", "reason": "Fraud."}}]'
    lines = f'"{ADDRESS}"\n\n{{"credential": "{CODE}", "reason": "Fraud."}}\n'

    for text, form, second in ((array, Form.JSON, 2), (lines, Form.JSON_LINES, 3)):
        found = read(text, form)
        assert found.named == [(1, ADDRESS), (second, CODE)]
        assert [it.reason for it in found.rows] == [REASON, "Fraud."]
        assert found.file.column_of("credential") == "credential"
        assert found.file.passed_over == found.file.skipped == 0


def test_json_says_what_a_credential_should_say() -> None:
    text = (
        f'[{{"credential":"{CODE}","name":"Ana Li","awardedDate":"2026-04-03",'
        '"validUntil":"2027-01-01T10:00:00Z","evidenceUrl":"https://school.example/a",'
        '"result":"87"}]'
    )
    (row,) = read(text, Form.JSON, corrects=True).rows

    assert row.claims == CorrectedClaims(
        name="Ana Li",
        awarded_at=datetime(2026, 4, 3, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, 10, tzinfo=UTC),
        evidence_url="https://school.example/a",
        result="87",
        days=frozenset({"awardedDate"}),
    )


@pytest.mark.parametrize(
    ("text", "begins", "days"),
    [
        ("2026-04-03", "2026-04-03T00:00:00+00:00", {"awardedDate"}),
        ("2026-04-03T00:00:00Z", "2026-04-03T00:00:00+00:00", set()),
        ("2026-04-03 00:00:00", "2026-04-03T00:00:00+00:00", {"awardedDate"}),
        ("13.04.2026", "2026-04-13T00:00:00+00:00", {"awardedDate"}),
    ],
    ids=["day", "moment", "spreadsheet", "dots"],
)
def test_a_day_is_told_from_its_first_moment(text: str, begins: str, days: set[str]) -> None:
    (row,) = read(f"url,awarded date\n{ADDRESS},{text}\n", corrects=True).rows

    assert row.claims.awarded_at == datetime.fromisoformat(begins)
    assert row.claims.days == days
    assert ChangeRow.of_document(row.to_document(), row=2) == row


def test_json_says_when_a_day_begins_and_when_it_ends() -> None:
    text = f'[{{"credential":"{CODE}","awardedDate":"2026-04-03","validUntil":"2027-01-01"}}]'
    (row,) = read(text, Form.JSON, corrects=True).rows

    assert row.claims.awarded_at == datetime(2026, 4, 3, tzinfo=UTC)
    assert row.claims.valid_until == datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "corrects", "fault"),
    [
        ("3", False, (None, "not-an-object")),
        ('{"reason": "x"}', False, ("credential", "member-missing")),
        ('{"credential": 3}', False, ("credential", "member-type")),
        ('{"credential": "x", "name": "Ana"}', False, ("name", "member-unknown")),
        ('{"credential": "x", "reason": 1}', False, ("reason", "member-type")),
        ('{"credential": "x", "name": "null"}', True, ("name", "name-placeholder")),
        ('{"credential": "x", "email": "a@b.example"}', True, ("email", "member-unknown")),
        ('"x"', True, (None, "correction-missing")),
    ],
    ids=["number", "nameless", "type", "name", "reason", "placeholder", "email", "nothing"],
)
def test_json_that_is_something_else_is_told_by_row_and_member(
    value: str, *, corrects: bool, fault: tuple[str | None, str]
) -> None:
    found = read(f"[{value}]", Form.JSON, corrects=corrects)

    assert found.codes == [(1, *fault)]
    assert found.rows == ()


PIECES = (b"url", b"name", b"outcome", b"failed", b",", b";", b"\t", b"\n", b'"', b"\xef\xbb\xbf")
tables = st.lists(
    st.sampled_from([*PIECES, ADDRESS.encode(), b"Ana", b"\0", b"\xff", b"03/04/2026"]), max_size=30
).map(b"".join)
data = (
    st.binary(max_size=60)
    | tables
    | tables.map(lambda rows: b"url,name,awarded date\n" + rows)
    | tables.map(lambda rows: b"[" + rows + b"]")
)


@given(
    content=data,
    form=st.sampled_from(Form),
    encoding=st.none() | st.sampled_from(Encoding),
    corrects=st.booleans(),
)
@example(content=b"url,outcome\n,failed\n", form=Form.CSV, encoding=None, corrects=False)
def test_t68_any_bytes_name_credentials_or_are_refused(
    *, content: bytes, form: Form, encoding: Encoding | None, corrects: bool
) -> None:
    found = read(content, form, Choices(encoding=encoding), corrects=corrects)

    assert all(it.code in set(Code) and it.detail for it in found.faults)
    assert found.rows or found.faults or found.file.passed_over
    numbers = [row.row for row in found.rows]
    assert numbers == sorted(set(numbers))
    for row in found.rows:
        assert row.credential
        assert ChangeRow.of_document(row.to_document(), row=row.row) == row
    for fault in found.faults:
        f"{fault.value}{fault.column}".encode()
