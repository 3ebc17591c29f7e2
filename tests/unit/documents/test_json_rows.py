"""Rows from JSON: each is understood exactly, or is a fault with its number."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.documents.batch_rows import BatchRow
from credhub.documents.json_rows import MAX_LINE, read_array, read_ndjson
from credhub.errors import BatchFault, InvalidClaimError, MalformedJsonError
from credhub.jsontypes import JsonObject

FULL = BatchRow(
    row=1,
    key="student-17",
    recipient=Recipient(
        name="Amélie Dubois", email="a@mail.example", did="did:example:a", external_id="17"
    ),
    awarded_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
    valid_until=datetime(2030, 1, 1, tzinfo=UTC),
    evidence=(Evidence(id="https://hub.example/p", name="N", narrative="Built it."),),
    results=(Result(value="87", status=ResultStatus.COMPLETED),),
)
GOOD: JsonObject = {"recipient": {"name": "Ana"}}


def lines(*rows: object) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_a_row_is_read_as_it_was_written() -> None:
    assert BatchRow.of_document(FULL.to_document(), row=1) == FULL


names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)


@given(
    st.builds(
        BatchRow,
        row=st.just(3),
        key=st.none() | names,
        recipient=st.builds(Recipient, name=names, external_id=st.none() | names),
        results=st.lists(st.builds(Result, value=names), max_size=3).map(tuple),
    )
)
def test_any_row_is_read_as_it_was_written(row: BatchRow) -> None:
    (read,) = read_ndjson([lines(row.to_document())])

    assert read == BatchRow.of_document(row.to_document(), row=1)
    assert isinstance(read, BatchRow)
    assert read.to_document() == row.to_document()


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_parts_may_be_cut_anywhere(size: int) -> None:
    body = b"\xef\xbb\xbf" + lines(GOOD) + b"\n  \n" + lines(GOOD, FULL.to_document()).rstrip()
    parts = [body[start : start + size] for start in range(0, len(body), size)]

    read = list(read_ndjson(parts))

    assert [it.row for it in read] == [1, 4, 5]
    assert all(isinstance(it, BatchRow) for it in read)


def test_a_bad_line_is_a_fault_of_its_own_row() -> None:
    body = lines(GOOD) + b'{"recipient"\n' + lines([]) + b'{"a":1,"a":2}\n\xff\n' + lines(GOOD)

    faults = [it for it in read_ndjson([body]) if isinstance(it, BatchFault)]

    assert [(it.row, it.code) for it in faults] == [
        (2, "malformed-json"),
        (3, "not-an-object"),
        (4, "malformed-json"),
        (5, "malformed-json"),
    ]


def test_an_endless_line_is_one_fault_and_is_not_kept() -> None:
    endless = (b"a" * 1024 for _ in range(2 * MAX_LINE // 1024))

    (fault,) = read_ndjson(endless)

    assert isinstance(fault, BatchFault)
    assert (fault.row, fault.code) == (1, "row-too-long")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"recipient": None}, "recipient"),
        ({"recipient": []}, "recipient"),
        ({"recipient": {}}, "recipient.name"),
        ({"recipient": {"name": None}}, "recipient.name"),
        ({"recipient": {"name": 5}}, "recipient.name"),
        ({"recipient": {"name": "undef\u0000"}}, "recipient.name"),
        ({"recipient": {"name": "Ana", "mail": "x"}}, "recipient.mail"),
        ({"recipient": {"name": "Ana", "did": "x"}}, "recipient.did"),
        ({"key": 5}, "key"),
        ({"key": ""}, "key"),
        ({"achievement": "x"}, "achievement"),
        ({"awardedDate": "20.11.2026"}, "awardedDate"),
        ({"validUntil": 5}, "validUntil"),
        ({"evidence": {}}, "evidence"),
        ({"evidence": [1]}, "evidence"),
        ({"evidence": [{"id": "x"}]}, "evidence.id"),
        ({"results": [{"status": "Won"}]}, "result.status"),
        ({"results": [{}]}, "result"),
    ],
)
def test_what_cannot_be_issued_is_named(change: JsonObject, column: str) -> None:
    with pytest.raises(InvalidClaimError) as refusal:
        BatchRow.of_document(GOOD | change, row=1)

    assert refusal.value.member == column
    assert BatchRow.of_document(dict(GOOD), row=1).recipient.name == "Ana"


def test_a_list_is_read_element_by_element() -> None:
    read = list(read_array(json.dumps([GOOD, 5, {"key": "x"}]).encode()))

    assert [(it.row, isinstance(it, BatchRow)) for it in read] == [
        (1, True),
        (2, False),
        (3, False),
    ]


def test_another_value_is_no_list() -> None:
    (fault,) = read_array(b"{}")

    assert isinstance(fault, BatchFault)
    assert fault.code == "not-a-list"
    with pytest.raises(MalformedJsonError):
        list(read_array(b"[{}"))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_are_rows_or_faults(body: bytes) -> None:
    for it in read_ndjson([body]):
        assert isinstance(it, BatchRow | BatchFault)
        assert it.row is not None


def test_a_fault_says_where() -> None:
    fault = BatchFault(row=3, column="name", code="x", detail="must not be empty.")

    assert fault.text() == "Row 3, name: must not be empty."
    assert BatchFault(code="x", detail="There is none.").text() == "The batch: There is none."
