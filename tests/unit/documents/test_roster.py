import csv
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credhub.documents import roster
from credhub.documents.coverage import missing_from_fonts
from credhub.documents.roster import RosterRow, read_roster
from credhub.errors import RosterError, RosterFault

EXAMPLE = Path(__file__).parents[3] / "examples/riverside"
HEADER = "external_id,name,email,achievement,awarded_date,evidence_url\n"
ROW = "7,Ada,ada@example.org,mechanic,2026-11-14,https://example.org/7\n"

cells = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=200)
rows = st.builds(
    RosterRow,
    row=st.just(0),
    external_id=cells,
    name=cells,
    email=st.none() | st.emails().filter(lambda address: len(address.split("@")[0]) <= 64),
    achievement=cells,
    awarded_on=st.none() | st.dates(),
    evidence_url=st.none() | st.just("https://example.org/evidence?x=1,2"),
)


def faults(content: str | bytes) -> list[str]:
    with pytest.raises(RosterError) as caught:
        read_roster(content.encode() if isinstance(content, str) else content)
    return [fault.text() for fault in caught.value.faults]


def test_a_row_is_read() -> None:
    expected = RosterRow(
        row=2,
        external_id="7",
        name="Ada",
        email="ada@example.org",
        achievement="mechanic",
        awarded_on=date(2026, 11, 14),
        evidence_url="https://example.org/7",
    )

    assert read_roster((HEADER + ROW).encode()) == (expected,)
    assert read_roster(("\ufeff" + HEADER + ROW).encode()) == (expected,)
    assert read_roster((HEADER + ROW).replace("\n", "\r\n").encode()) == (expected,)
    assert read_roster((HEADER + ROW).rstrip("\n").encode()) == (expected,)


def test_what_may_be_missing_is_none() -> None:
    (row,) = read_roster(b"name,external_id,achievement,email,awarded_date\n Ada ,7,mechanic,,\n")

    assert (row.name, row.email, row.awarded_on, row.evidence_url) == ("Ada", None, None, None)


def test_rows_without_text_are_passed_over_and_counted() -> None:
    (row,) = read_roster((HEADER + "\n,,,,,\n" + ROW + "\n\n").encode())

    assert row.row == 4


def test_no_rows_are_no_fault() -> None:
    assert read_roster(HEADER.encode()) == ()


@given(st.lists(rows, max_size=5, unique_by=lambda row: (row.external_id, row.achievement)))
def test_rows_come_out_as_they_went_in(sent: list[RosterRow]) -> None:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(roster.COLUMNS)
    for row in sent:
        writer.writerow(
            (
                row.external_id,
                row.name,
                row.email,
                row.achievement,
                row.awarded_on,
                row.evidence_url,
            )
        )

    read = read_roster(text.getvalue().encode())

    assert [(row.external_id, row.name, row.achievement) for row in read] == [
        (row.external_id, row.name, row.achievement) for row in sent
    ]
    assert [(row.email, row.awarded_on, row.evidence_url) for row in read] == [
        (row.email, row.awarded_on, row.evidence_url) for row in sent
    ]
    assert [row.row for row in read] == list(range(2, len(sent) + 2))


@given(st.binary() | st.text().map(lambda text: (HEADER + text).encode()))
def test_any_file_is_either_read_or_refused(content: bytes) -> None:
    try:
        read = read_roster(content)
    except RosterError:
        return
    assert all(row.name and row.external_id and row.achievement for row in read)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW.replace("Ada", ""), "Row 2, name: must not be empty."),
        (ROW.replace("Ada", " "), "Row 2, name: must not be empty."),
        (ROW.replace("7,", ",", 1), "Row 2, external_id: must not be empty."),
        (ROW.replace("mechanic", ""), "Row 2, achievement: must not be empty."),
        (ROW.replace("Ada", "A" * 201), "Row 2, name: must have at most 200 characters."),
        (ROW.replace("ada@example.org", "ada"), "Row 2, email: must be an e-mail address."),
        (ROW.replace("2026-11-14", "14.11.2026"), "must be a day such as 2026-11-14."),
        (ROW.replace("2026-11-14", "20261114"), "must be a day such as 2026-11-14."),
        (ROW.replace("2026-11-14", "2026-02-30"), "must be a day such as 2026-11-14."),
        (ROW.replace("https:", "javascript:"), "Row 2, evidence_url: must be an http or https"),
        ("7,Ada\n", "Row 2: has 2 cells, but the header has 6."),
        (ROW + ROW, "Row 3: repeats row 2."),
        ('7,"Ada\n', "Row 2: is no CSV: unexpected end of data."),
        ('7,"Ada"x,\n', "Row 2: is no CSV: "),
        ("7," + "x" * 140_000 + "\n", "Row 2: is no CSV: field larger than field limit"),
    ],
)
def test_a_fault_is_told_by_row_and_column(row: str, fault: str) -> None:
    (found,) = faults(HEADER + row)

    assert fault in found


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("", "Row 1: lacks external_id, name, email, achievement, awarded_date."),
        ("external_id,name,email,achievement\n", "Row 1: lacks awarded_date."),
        (HEADER.replace(",", ";"), "Row 1: must be separated by commas."),
        (HEADER.replace("\n", ",grade\n"), "Row 1: has the unknown column grade."),
        (HEADER.replace("\n", ",name\n"), "Row 1: names a column twice."),
        (HEADER.upper(), "Row 1: lacks external_id"),
    ],
)
def test_another_header_is_refused(header: str, fault: str) -> None:
    (found,) = faults(header)

    assert found.startswith(fault)


def test_a_file_that_is_no_text_is_refused() -> None:
    assert faults(HEADER + "7,A\0da") == ["The file: holds a NUL byte, so it is no text file."]
    assert faults(HEADER.encode() + "José".encode("latin-1")) == [
        "The file: is not UTF-8 (line 2); save it as CSV UTF-8."
    ]


def test_a_file_that_is_too_large_is_refused() -> None:
    assert faults(HEADER + " " * roster.MAX_BYTES) == ["The file: has more than 10 MiB."]


def test_the_last_row_that_is_allowed_is_read_and_the_next_refused() -> None:
    lines = [f"{number},Ada,,mechanic,,\n" for number in range(roster.MAX_ROWS)]

    assert len(read_roster((HEADER + "".join(lines)).encode())) == roster.MAX_ROWS
    assert faults(HEADER + "".join([*lines, "x,Ada,,mechanic,,\n"])) == [
        "The file: has more than 50,000 rows."
    ]


def test_all_faults_are_told_up_to_a_hundred() -> None:
    found = faults(HEADER + ROW.replace("Ada", "") * 300)

    assert len(found) == roster.MAX_FAULTS
    assert found[1] == "Row 3, name: must not be empty."


def test_one_row_may_have_several_faults() -> None:
    assert len(faults(HEADER + "7,,x,,y,z\n")) == 5


def test_a_fault_says_where_it_is() -> None:
    assert RosterFault(problem="is odd.").text() == "The file: is odd."
    assert RosterFault(row=3, problem="is odd.").text() == "Row 3: is odd."


def test_the_example_cohort_fits_its_hub_and_the_fonts() -> None:
    hub = json.loads((EXAMPLE / "hub.json").read_text(encoding="utf-8"))
    learners = read_roster((EXAMPLE / "cohort-2026-autumn.csv").read_bytes())

    keys = {achievement["key"] for achievement in hub["achievements"]}
    assert {row.achievement for row in learners} == keys
    assert keys == {key for program in hub["programs"] for key in program["achievements"]}
    assert [row.name for row in learners if missing_from_fonts(row.name)] == []
    assert all(row.email and row.email.endswith("@example.org") for row in learners)
    assert len(learners) >= 25
