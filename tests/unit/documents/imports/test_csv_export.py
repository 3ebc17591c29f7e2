"""Rows of exports: what they say, and what is wrong with them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.credentials.claims import MAX_NAME
from credhub.documents.imports.csv_export import MAX_COLUMNS
from credhub.documents.rows import names
from credhub.documents.rows.choices import Choices, DateOrder
from credhub.errors import RowsError
from tests.unit.documents.imports.exports import (
    ACCREDIBLE,
    CANVAS,
    CREDLY,
    MOODLE,
    credentials,
    faults,
    passed_over,
    read,
)


def awarded(*texts: str, **said: Any) -> list[str]:  # noqa: ANN401 - as choices have them
    rows = "".join(f'Solar,N{number} N,"{text}"\n' for number, text in enumerate(texts))
    export = read(f"course,name,date\n{rows}", **said)
    days = [f"{one.row.awarded_at:%Y-%m-%dT%H:%M:%S}" for one in credentials(export)]
    return days + [code for _, _, code in faults(export)]


def test_an_old_date_is_a_claim_with_its_source() -> None:
    only = credentials(read(CREDLY))[0]

    (evidence,) = only.row.evidence
    assert only.row.awarded_at == datetime(2019, 5, 3, tzinfo=UTC)
    assert evidence.id == "https://badges.example/b-1"
    assert evidence.narrative == (
        "This credential was taken over from an earlier one: from Credly, issued by Riverside,"
        " dated 2019-05-03, identifier b-1. What is said of the time before this credential was"
        " signed is a claim of its issuer."
    )


def test_evidence_of_its_own_is_kept_beside_the_earlier_credential() -> None:
    export = read(
        "course,name,evidence url,url\n"
        "Solar,Ana,https://work.example/a,https://old.example/1\n"
        "Solar,Bo,https://old.example/2,https://old.example/2\n"
    )

    pages = [[item.id for item in one.row.evidence] for one in credentials(export)]
    assert pages == [["https://old.example/1", "https://work.example/a"], ["https://old.example/2"]]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-05-03", "2019-05-03T00:00:00"),
        ("2019-05-03T10:00:00Z", "2019-05-03T10:00:00"),
        ("2019-05-03 10:00 UTC", "2019-05-03T10:00:00"),
        ("2019-05-03 9:41:00 -05:00", "2019-05-03T14:41:00"),
        ("2019-05-03 09:41:00 +0530", "2019-05-03T04:11:00"),
        ("2019-05-03 23:59", "2019-05-03T00:00:00"),
        ("2019-05-03T23:59:59.123", "2019-05-03T00:00:00"),
        ("25/10/2021, 11:59 PM", "2021-10-25T00:00:00"),
        ("May 3, 2019", "2019-05-03T00:00:00"),
        ("3 May 2019", "2019-05-03T00:00:00"),
        ("3. Sept. 2019", "2019-09-03T00:00:00"),
        ("October 12 2019, 10:00", "2019-10-12T00:00:00"),
        ("1969-12-31", "1969-12-31T00:00:00"),
        ("3 Brumaire 1799", "date-malformed"),
        ("Yester 3, 2019", "date-malformed"),
        ("2019-05-03 10:00 11:00", "date-without-zone"),
        ("2019-02-30", "date-impossible"),
        ("31 Feb 2019", "date-impossible"),
        ("1799-01-01", "date-short-year"),
        ("2026-11-21", "date-in-future"),
        ("2999-01-01", "date-in-future"),
        ("03/04/2019", "date-ambiguous"),
        ("25/10/21", "date-short-year"),
        ("43588", "date-is-number"),
    ],
)
def test_a_date_is_read_as_its_day_or_refused(text: str, day: str) -> None:
    assert awarded(text) == [day]


def test_one_date_can_settle_which_comes_first() -> None:
    assert awarded("03/04/2019", "25/04/2019") == ["2019-04-03T00:00:00", "2019-04-25T00:00:00"]
    assert read(ACCREDIBLE).date_order is DateOrder.MONTH_FIRST


def short(*texts: str, ends: str = "", **said: Any) -> list[str]:  # noqa: ANN401 - as choices
    rows = "".join(f"b{number},Solar,Ana,Lima,{text},{ends}\n" for number, text in enumerate(texts))
    head = "Earner Badge ID,Badge Name,First Name,Last Name,Issue Date,Expiration Date\n"
    export = read(head + rows, **said)
    days = [f"{one.row.awarded_at:%Y-%m-%d}" for one in credentials(export)]
    return days + [code for _, _, code in faults(export)]


@pytest.mark.parametrize(
    ("texts", "becomes"),
    [
        (["24/05/21"], ["year-ambiguous"]),
        (["19-05-23"], ["year-ambiguous"]),
        (["05.06.07"], ["date-ambiguous"]),
        (["19-05-23", "24-05-21"], ["year-ambiguous", "year-ambiguous"]),
        (["19/05/23", "3/05/21"], ["2023-05-19", "2021-05-03"]),
        (["19/05/23", "28/05/21"], ["2023-05-19", "2021-05-28"]),
        (["10/25/21", "10/11/12"], ["2021-10-25", "2012-10-11"]),
        (["25/10/21", "10/11/12", "11/12/32"], ["2021-10-25", "2012-11-10", "date-in-future"]),
        (["19/05/23", "11/25/21"], ["2023-05-19", "date-order-mixed"]),
        (["31/02/21"], ["date-impossible"]),
    ],
    ids=[
        "day or year",
        "year or day",
        "everything",
        "all of them",
        "day of one digit",
        "year that has not come",
        "day in the middle",
        "year that is no day",
        "two orders",
        "no day",
    ],
)
def test_a_year_of_two_digits_comes_last_only_if_a_date_shows_it(
    texts: list[str], becomes: list[str]
) -> None:
    assert short(*texts) == becomes


def test_that_years_come_last_can_be_said() -> None:
    rows = Choices(date_order=DateOrder.DAY_FIRST)

    assert short("24/05/21", "05/06/07", rows=rows) == ["2021-05-24", "2007-06-05"]


def test_an_end_is_read_as_other_dates_are() -> None:
    assert short("2019-05-03", ends="30/05/29") == ["year-ambiguous"]
    assert short("3/05/19", ends="30/05/29") == ["2019-05-03"]
    assert short("2019-05-03", ends="30/13/29") == ["date-impossible"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-12-31 20:00:00 -0700", "2019-12-31"),
        ("2020-01-01T00:30:00+05:30", "2020-01-01"),
        ("2020-01-01T00:30:00Z", "2020-01-01"),
        ("2019-12-31 23:59", "2019-12-31"),
        ("31.12.2019", "2019-12-31"),
    ],
    ids=["west", "east", "UTC", "no zone", "day"],
)
def test_the_day_in_the_evidence_is_the_one_in_the_file(text: str, day: str) -> None:
    (only,) = credentials(read(f"course,name,date\nSolar,Ana,{text}\n"))

    assert f"dated {day}." in str(only.row.evidence[0].narrative)


@pytest.mark.parametrize(
    ("score", "becomes"),
    [
        ("60", "passed"),
        ("59.99", "below-minimum"),
        ("60,0 %", "passed"),
        ("1000", "passed"),
        ("1000.000", "passed"),
        ("0.875", "below-minimum"),
        ("62.1234", "passed"),
        ("1,000", "score-malformed"),
        ("1.000", "score-malformed"),
        ("1,000.0", "score-malformed"),
        ("-62.000%", "score-malformed"),
        ("NaN", "score-malformed"),
        ("many", "score-malformed"),
    ],
)
def test_a_score_is_one_number_or_refused(score: str, becomes: str) -> None:
    export = read(
        f'Student,ID,Section,Final Score\nAna,1,A,"{score}"\n', achievement="X", minimum=60
    )

    told = [*passed_over(export).values(), *(code for _, _, code in faults(export))]
    assert (told or ["passed"]) == [becomes]


def test_which_comes_first_can_be_said() -> None:
    rows = Choices(date_order=DateOrder.MONTH_FIRST)

    assert awarded("03/04/2019", rows=rows) == ["2019-03-04T00:00:00"]


def test_a_day_can_be_said_for_all_who_have_none() -> None:
    day = datetime(2024, 6, 30, tzinfo=UTC)

    assert awarded("", "2019-05-03", awarded_at=day) == [
        "2024-06-30T00:00:00",
        "2019-05-03T00:00:00",
    ]


def test_what_has_ended_is_passed_over() -> None:
    export = read(
        "course,name,expires\n"
        "Solar,Ana,2026-11-20\nSolar,Bo,2026-11-19\nSolar,Cy,Never\nSolar,Di,soon\n"
    )

    assert [str(one.row.valid_until) for one in credentials(export)] == [
        "2026-11-20 23:59:59+00:00",
        "None",
    ]
    assert passed_over(export) == {3: "expired"}
    assert faults(export) == [(5, "expires", "date-malformed")]


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        ("Accepted", None),
        ("", None),
        ("in progress", "not-completed"),
        ("REVOKED", "revoked"),
        ("Suspended", "revoked"),
        ("superseded", "revoked"),
        ("draft", "not-issued"),
        ("expired", "expired"),
        ("perhaps", "state-unknown"),
    ],
)
def test_only_what_stands_is_taken_over(state: str, becomes: str | None) -> None:
    export = read(f"course,name,status\nSolar,Ana,{state}\n")

    told = [*passed_over(export).values(), *(code for _, _, code in faults(export))]
    assert told == ([] if becomes is None else [becomes])


def test_a_mark_of_revocation_says_yes_or_no() -> None:
    export = read("course,name,revoked\nSolar,Ana,no\nSolar,Bo,TRUE\nSolar,Cy,2019-05-03\n")

    assert passed_over(export) == {3: "revoked"}
    assert faults(export) == [(4, "revoked", "state-unknown")]


def test_a_name_that_is_not_there_is_never_made_up() -> None:
    export = read(
        "Badge Template Name,First Name,Last Name,Recipient Email\n"
        "Solar,,,ana@example.org\n"
        "Solar,Bo,,bo@example.org\n"
        "Solar,undefined,undefined,x@example.org\n"
    )

    assert [code for _, _, code in faults(export)] == [
        "name-missing",
        "name-part-missing",
        "name-placeholder",
    ]
    assert credentials(export) == []


@pytest.mark.parametrize(
    ("headers", "cells", "name"),
    [
        ("Vorname,Name", "Ana,Lima", "Ana Lima"),
        ("Name,Vorname", "Lima,Ana", "Ana Lima"),
        ("Name,Surname", "Ana,Lima", "Ana Lima"),
        ("Name,Middle name,Surname", "Ana,B.,Lima", "Ana B. Lima"),
        ("Full name,Surname", "Ana Lima,Lima", "Ana Lima"),
        ("Name,First name,Last name", "Ana Lima,Ana,Lima", "Ana Lima"),
    ],
)
def test_the_word_name_beside_a_part_of_names_is_the_other_part(
    headers: str, cells: str, name: str
) -> None:
    export = read(f"{headers},Kurs\n{cells},Solar\n")

    assert faults(export) == []
    assert [one.row.recipient.name for one in credentials(export)] == [name]


@pytest.mark.parametrize(
    ("headers", "cells"),
    [
        ("First Name,Last Name", "Ana Lima,Lima"),
        ("Name,Surname", "Ana Lima,Lima"),
        ("Vorname,Name", "Ana,Ana Lima"),
    ],
)
def test_a_name_that_would_be_there_twice_is_asked_about(headers: str, cells: str) -> None:
    table = f"{headers},Kurs\n{cells},Solar\n"
    first, second = headers.split(",")
    said = {first: "givenName", second: "familyName"}

    assert [code for _, _, code in faults(read(table))] == ["name-twice"]
    assert credentials(read(table, columns=said))[0].row.recipient.name == cells.replace(",", " ")


def test_parts_of_names_that_a_system_has_are_no_guess() -> None:
    export = read(CREDLY.replace("Amélie,,Dubois", "Amélie Dubois,,Dubois"))

    assert credentials(export)[0].row.recipient.name == "Amélie Dubois Dubois"


def test_a_name_of_many_commas_is_refused() -> None:
    text = 'Student,ID,Section,Final Score\n"King, Martin, Jr.",1,A,90\nPrince,2,A,90\n'
    export = read(text, achievement="X", minimum=0)

    assert faults(export) == [(2, "Student", "name-order")]
    assert [one.row.recipient.name for one in credentials(export)] == ["Prince"]


def test_everything_that_is_wrong_with_a_row_is_told() -> None:
    export = read(
        "course,name,email,date,url,key,grade,issuer,student id\n"
        ",Ana,no address,someday,ftp://x,n/a,#N/A,,undefined\n"
    )

    assert sorted(faults(export)) == [
        (2, "course", "achievement-missing"),
        (2, "date", "date-malformed"),
        (2, "email", "email-malformed"),
        (2, "grade", "spreadsheet-error"),
        (2, "key", "key-placeholder"),
        (2, "student id", "key-placeholder"),
        (2, "url", "value-refused"),
    ]


def test_a_name_of_an_achievement_or_an_issuer_follows_the_rules_of_names() -> None:
    long = "x" * 201
    export = read(f"course,name,issuer\n{long},Ana,Riverside\nSolar,Bo,{long}\n")

    assert faults(export) == [(2, "course", "value-refused"), (3, "issuer", "value-refused")]


def test_a_key_that_is_too_long_is_told_apart_all_the_same() -> None:
    long = "https://old.example/" + "x" * 300
    export = read(f"course,name,url\nSolar,Ana,{long}1\nSolar,Bo,{long}2\n")

    keys = [one.row.key or "" for one in credentials(export)]
    assert len(set(keys)) == 2
    assert all(key.startswith("sha256:") and len(key) == 71 for key in keys)


def test_a_key_of_the_length_that_keys_may_have_is_kept() -> None:
    longest = "https://old.example/".ljust(MAX_NAME, "x")
    (only,) = credentials(read(f"course,name,url\nSolar,Ana,{longest}\n"))

    assert only.row.key == longest


def test_the_number_of_a_learner_is_not_said_to_be_that_of_the_credential() -> None:
    for export in (read(MOODLE, achievement="Solar"), read(CANVAS, achievement="X", minimum=60)):
        (evidence,) = credentials(export)[0].row.evidence
        assert "identifier" not in str(evidence.narrative)
    assert "identifier b-1." in str(credentials(read(CREDLY))[0].row.evidence[0].narrative)


def test_what_a_spreadsheet_would_run_is_read_as_it_was_meant() -> None:
    export = read("course,name,grade\nSolar,Ana,'-5\n")

    assert credentials(export)[0].row.results[0].value == "-5"


def test_t68_rows_that_are_no_rows_are_told_by_number() -> None:
    export = read("course,name\nSolar\nSolar,Ana,Bo\nSolar,Ana\0\nSolar,Bo\n")

    assert [(row, code) for row, _, code in faults(export)] == [
        (2, "cells-missing"),
        (3, "cells-surplus"),
        (4, "control-character"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("course,name\n" + "Solar,Ana\n" * 50_001, "too-many-rows"),
        ("name," + "," * MAX_COLUMNS + "\nAna\n", "too-many-columns"),
        ("course,name\n" + "x" * (10 * 1024 * 1024), "file-too-large"),
        ('course,name\nSolar,"Ana\n', "quote-unclosed"),
        ("course,name\n" + "Solar,\n" * 11, "too-many-faults"),
    ],
    ids=["50,001 rows", "1,001 columns", "10 MiB and more", "quote", "faults"],
)
def test_t68_a_file_beyond_all_bounds_is_refused(text: str, code: str) -> None:
    with pytest.raises(RowsError) as refusal:
        read(text, rows=Choices(max_faults=10))

    assert [fault.code for fault in refusal.value.faults] == [code]


@given(st.sampled_from([CREDLY, ACCREDIBLE, MOODLE, CANVAS]), st.data())
def test_a_damaged_export_is_read_or_refused(text: str, data: st.DataObject) -> None:
    whole = text.encode()
    at = data.draw(st.integers(0, len(whole)))
    until = data.draw(st.integers(at, min(len(whole), at + 20)))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + whole[until:]

    try:
        export = read(damaged, achievement="X")
    except RowsError:
        return
    for one in credentials(export):
        names.check(one.row.recipient.name)
