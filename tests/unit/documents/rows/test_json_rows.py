import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from credhub.credentials.draft import Evidence, Recipient, Result, ResultStatus
from credhub.documents.rows import json_texts
from credhub.documents.rows.choices import Choices, Encoding, Form
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import CredhubError, RowsError
from credhub.jsontypes import JsonObject, JsonValue
from credhub.web.api.models import IssueRequest
from tests.unit.documents.rows.reading import Read, read

ADA: JsonObject = {"recipient": {"name": "Ada"}}
BEA: JsonObject = {"recipient": {"name": "Bea"}}
FULL: JsonObject = {
    "key": "k7",
    "recipient": {
        "name": "Ada",
        "email": "ada@example.org",
        "did": "did:key:z6Mk",
        "externalId": "S7",
    },
    "awardedDate": "2026-11-20T10:00:00+01:00",
    "validUntil": "2028-11-20T10:00:00Z",
    "evidence": [
        {"id": "https://example.org/7", "name": "n", "description": "d", "genre": "g"},
        {"narrative": "Two\nlines"},
    ],
    "results": [
        {"value": "1.3", "status": "Completed", "resultDescription": "urn:x:1"},
        {"achievedLevel": "urn:x:2"},
    ],
}
EXPECTED = ReadRow(
    row=1,
    key="k7",
    recipient=Recipient(name="Ada", email="ada@example.org", did="did:key:z6Mk", external_id="S7"),
    awarded_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    valid_until=datetime(2028, 11, 20, 10, tzinfo=UTC),
    evidence=(
        Evidence(id="https://example.org/7", name="n", description="d", genre="g"),
        Evidence(narrative="Two\nlines"),
    ),
    results=(
        Result(value="1.3", status=ResultStatus.COMPLETED, result_description="urn:x:1"),
        Result(achieved_level="urn:x:2"),
    ),
)


def in_lines(*rows: JsonValue) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


def in_array(*rows: JsonValue) -> bytes:
    return json.dumps(rows).encode()


def lines(*rows: JsonValue) -> Read:
    return read(in_lines(*rows), Form.JSON_LINES)


def array(data: bytes | str, block: int = 1 << 16) -> Read:
    return read(data, Form.JSON, block=block)


@pytest.mark.parametrize("block", [4, 5, 61, 1 << 16])
def test_a_row_is_read_from_lines_and_from_an_array(block: int) -> None:
    for found in (
        read(in_lines(FULL, BEA), Form.JSON_LINES, block=block),
        array(in_array(FULL, BEA), block),
    ):
        assert found.rows[0] == EXPECTED
        assert found.rows[1] == ReadRow(row=2, key=None, recipient=Recipient(name="Bea"))
        assert not found.codes
        assert found.summary.ended
        assert found.summary.encoding is Encoding.UTF_8


def test_the_external_id_is_the_key_of_a_row_that_has_none() -> None:
    (row,) = lines({"recipient": {"name": "Ada", "externalId": "S7"}}).rows

    assert (row.key, row.recipient.external_id) == (None, "S7")


def test_a_date_may_be_a_day() -> None:
    (row,) = lines(ADA | {"awardedDate": "2026-11-20", "validUntil": "2026-11-20"}).rows

    assert row.awarded_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert row.valid_until == datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)


def test_lines_are_counted_blank_ones_too_and_a_mark_is_passed_over() -> None:
    text = b"\xef\xbb\xbf" + in_lines(ADA) + b"\r\n\n  \n" + in_lines(BEA) + b"\n\n"

    found = read(text, Form.JSON_LINES)

    assert [(row.row, row.recipient.name) for row in found.rows] == [(1, "Ada"), (4, "Bea")]
    assert found.summary.rows == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"recipient":', "not-json"),
        (b'{"recipient": {"name": "Ada", "name": "Bea"}}', "not-json"),
        (b'{"recipient": {"name": NaN}}', "not-json"),
        (b'{"recipient": {"name": "\\ud800"}}', "not-json"),
        (b'{"recipient": {"name": "a\\u0000"}}', "not-json"),
        (b'{"recipient": {"name": "J\xf6rg"}}', "not-json"),
        (b"[" * 40 + b"]" * 40, "not-json"),
        (b"[]", "not-an-object"),
        (b'"Ada"', "not-an-object"),
        (b"null", "not-an-object"),
    ],
)
def test_a_bad_line_is_a_fault_of_its_row(line: bytes, code: str) -> None:
    found = read(b"\n".join([in_lines(ADA), line, in_lines(BEA)]), Form.JSON_LINES)

    assert found.codes == [(2, None, code)]
    assert found.names == ["Ada", "Bea"]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ({}, "recipient", "member-missing"),
        ({"recipient": None}, "recipient", "member-missing"),
        ({"recipient": "Ada"}, "recipient", "member-type"),
        ({"recipient": {}}, "recipient.name", "member-missing"),
        ({"recipient": {"name": None}}, "recipient.name", "member-missing"),
        ({"recipient": {"name": 7}}, "recipient.name", "member-type"),
        ({"recipient": {"name": ""}}, "recipient.name", "name-missing"),
        ({"recipient": {"name": "undefined"}}, "recipient.name", "name-placeholder"),
        ({"recipient": {"name": "=1+1"}}, "recipient.name", "name-formula"),
        ({"recipient": {"name": "Ada\ufffd"}}, "recipient.name", "character-lost"),
        ({"recipient": {"name": "A", "email": "x"}}, "recipient.email", "email-malformed"),
        ({"recipient": {"name": "A", "did": "x"}}, "recipient.did", "value-refused"),
        (
            {"recipient": {"name": "A", "externalId": "-"}},
            "recipient.externalId",
            "key-placeholder",
        ),
        ({"recipient": {"name": "A", "mail": "x"}}, "recipient.mail", "member-unknown"),
        (ADA | {"achievement": "x"}, "achievement", "member-unknown"),
        (ADA | {"key": ""}, "key", "key-placeholder"),
        (ADA | {"key": 7}, "key", "member-type"),
        (ADA | {"key": "null"}, "key", "key-placeholder"),
        (ADA | {"awardedDate": "2026-11-20T10:00:00"}, "awardedDate", "date-without-zone"),
        (ADA | {"awardedDate": "2026/11/20"}, "awardedDate", "date-malformed"),
        (ADA | {"awardedDate": "2026-02-30"}, "awardedDate", "date-impossible"),
        (ADA | {"validUntil": "20.11.2026"}, "validUntil", "date-malformed"),
        (ADA | {"validUntil": 1795000000}, "validUntil", "member-type"),
        (ADA | {"evidence": None}, "evidence", "member-type"),
        (ADA | {"evidence": {}}, "evidence", "member-type"),
        (ADA | {"evidence": ["x"]}, "evidence[0]", "member-type"),
        (ADA | {"evidence": [{"id": "https://a.example/"}, {}]}, "evidence[1]", "value-refused"),
        (ADA | {"evidence": [{"id": "x"}]}, "evidence[0].id", "value-refused"),
        (
            ADA | {"evidence": [{"narrative": "x", "name": " "}]},
            "evidence[0].name",
            "value-refused",
        ),
        (
            ADA | {"evidence": [{"narrative": "x", "genre": "x" * 201}]},
            "evidence[0].genre",
            "value-refused",
        ),
        (ADA | {"evidence": [{"narrative": "x"}] * 21}, "evidence", "too-many-items"),
        (ADA | {"results": [{}]}, "results[0]", "value-refused"),
        (ADA | {"results": [{"value": 1.3}]}, "results[0].value", "member-type"),
        (ADA | {"results": [{"status": "completed"}]}, "results[0].status", "member-type"),
        (ADA | {"results": [{"achievedLevel": "x"}]}, "results[0].achievedLevel", "value-refused"),
        (ADA | {"results": [{"value": "1"}] * 21}, "results", "too-many-items"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_fault_is_told_by_row_and_member(row: JsonObject, column: str, code: str) -> None:
    for found in (lines(BEA, row), array(in_array(BEA, row))):
        assert found.codes == [(2, column, code)]
        assert found.names == ["Bea"]


def test_one_row_may_have_several_faults() -> None:
    found = lines({"key": 7, "recipient": {"nam": "A"}, "evidence": [{"url": "x"}], "x\n": 1})

    assert [column for _, column, _ in found.codes] == [
        "key",
        "x\n",
        "recipient.name",
        "recipient.nam",
        "evidence[0].url",
    ]
    assert "Is “name” meant?" in found.faults[3].detail


def test_rows_that_repeat_another_are_told() -> None:
    found = lines(FULL, FULL | {"recipient": BEA["recipient"]}, ADA, ADA)

    assert found.codes == [(2, "key", "duplicate-key"), (4, None, "duplicate-learner")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"),
        (" \n", "file-empty"),
        ("[]", "file-empty"),
        (" [ \n ] ", "file-empty"),
        ("{}", "not-an-array"),
        ('"x"', "not-an-array"),
        ("x", "not-an-array"),
        ("[", "array-broken"),
        ("[,]", "array-broken"),
        ("[}", "array-broken"),
        ('["', "array-broken"),
        ('["\\"]', "array-broken"),
        ("[] x", "array-broken"),
        ("[][]", "array-broken"),
    ],
)
@pytest.mark.parametrize("block", [4, 1 << 16])
def test_what_is_no_array_is_refused(text: str, code: str, block: int) -> None:
    found = array(text, block)

    assert [one.code for one in found.refused] == [code]
    assert not found.rows


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (",]", "array-broken"),
        (",,{}]", "array-broken"),
        ("", "array-broken"),
        (",{", "array-broken"),
        (',{"a', "array-broken"),
        ("}]", "array-broken"),
        ("] []", "array-broken"),
        (",{'a':1}]", "not-json"),
        (',{"a":[}]}]', "array-broken"),
        (',{"a":[}]]', "not-json"),
        (" {}]", "not-json"),
        (",NaN]", "not-json"),
    ],
)
def test_a_broken_array_names_the_row_where_it_broke(end: str, code: str) -> None:
    begin = in_array(ADA, BEA).decode().removesuffix("]")

    found = array(begin + end)

    assert [one.code for one in found.refused] == [code]
    assert found.refused[0].row in {2, 3}
    assert not found.summary.ended


def test_an_array_may_stand_over_many_lines_and_hold_brackets_in_texts() -> None:
    row = {"recipient": {"name": "Ada"}, "results": [{"value": '],}"{[\\'}]}
    text = "\ufeff \n" + json.dumps([row, BEA], indent=2) + "\n\n"

    for block in (4, 7, 1 << 16):
        found = array(text, block)
        assert found.names == ["Ada", "Bea"]
        assert found.rows[0].results == (Result(value='],}"{[\\'),)


@pytest.mark.parametrize("form", [Form.JSON_LINES, Form.JSON])
def test_json_is_utf_8(form: Form) -> None:
    choices = Choices(encoding=Encoding.WINDOWS_1252)

    assert read("[]", form, choices).codes == [(None, None, "json-is-utf-8")]
    assert read(in_array(ADA).decode().encode("utf-16"), form).refused or form is Form.JSON_LINES


@pytest.mark.parametrize("form", [Form.JSON_LINES, Form.JSON])
def test_t68_caps_hold_for_json(form: Form) -> None:
    text = in_array(ADA, BEA) if form is Form.JSON else in_lines(ADA, BEA)
    long = b'[{"key": "%s"}]' % (b"x" * (json_texts.MAX_ROW + (1 << 17)))

    assert read(text, form, Choices(max_rows=1)).codes == [(2, None, "too-many-rows")]
    assert read(text, form, Choices(max_bytes=20)).codes == [(None, None, "file-too-large")]
    assert read(long, form).codes == [(1, None, "row-too-long")]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(json_values, max_size=5), st.sampled_from([None, 1]), st.integers(4, 40))
def test_an_array_is_cut_into_its_elements(
    values: list[JsonValue], indent: int | None, size: int
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=False).encode()
    blocks = [text[at : at + size] for at in range(0, len(text), size)]

    cut = list(json_texts.elements(blocks))

    assert [(number, json.loads(one)) for number, one in cut] == list(enumerate(values, 1))


@given(st.text('[]{},":\\1 \n', max_size=30), st.integers(4, 9))
def test_what_is_cut_and_parsed_is_what_a_parser_reads(text: str, size: int) -> None:
    data = text.encode()
    blocks = [data[at : at + size] for at in range(0, len(data), size)]
    try:
        cut = [json.loads(one) for _, one in json_texts.elements(blocks)]
    except (RowsError, json.JSONDecodeError):
        with pytest.raises((json.JSONDecodeError, AssertionError)):
            assert isinstance(json.loads(data), list) and json.loads(data)  # noqa: PT018
        return
    assert json.loads(data) == cut


bits = st.sampled_from(
    ["Ada", " ", "", "x" * 201, "did:x:1", "a@b", "https://a.example/", "Completed"]
)
no_texts: st.SearchStrategy[object] = st.none() | st.integers() | st.just([]) | st.just({})
odd: st.SearchStrategy[object] = bits | no_texts
recipients = st.fixed_dictionaries(
    {"name": st.sampled_from(["Ada", "", " ", "x" * 201]) | no_texts},
    optional=dict.fromkeys(("email", "did", "externalId", "x"), odd),
)
evidences = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "name", "description", "narrative", "genre", "x"), odd)
)
outcomes = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("value", "status", "resultDescription", "achievedLevel", "x"), odd),
)
instants = (
    st.sampled_from(["2026-11-20T10:00:00Z", "2026-11-20T10", "", "2026-02-30T10:00:00Z"]) | odd
)
bodies = st.fixed_dictionaries(
    {"recipient": recipients},
    optional={
        "awardedDate": instants,
        "validUntil": instants,
        "evidence": st.lists(evidences | odd, max_size=2) | odd,
        "results": st.lists(outcomes | odd, max_size=2) | odd,
        "x": odd,
    },
)


def as_requested(body: JsonObject) -> ReadRow | None:
    try:
        request = IssueRequest.model_validate({"achievement": "x", **body})
        recipient = request.recipient.to_recipient()
        return ReadRow(
            row=1,
            key=recipient.external_id,
            recipient=recipient,
            awarded_at=request.awarded_date,
            valid_until=request.valid_until,
            evidence=request.to_evidence(),
            results=request.to_results(),
        )
    except (ValidationError, CredhubError):
        return None


@given(bodies)
def test_a_row_is_read_as_the_request_for_one_credential_would_be(body: JsonObject) -> None:
    expected = as_requested(body)

    found = lines(body)

    assert list(found.rows) == ([expected] if expected else [])
    assert bool(found.faults) is (expected is None)
