"""Which system a table came from, and what its columns hold."""

from decimal import Decimal
from typing import Any

import pytest

from credhub.documents.imports.choices import Column
from credhub.errors import RowsError
from tests.unit.documents.imports import exports
from tests.unit.documents.imports.exports import credentials, faults, passed_over, read


def refused(text: str, **said: Any) -> list[str]:  # noqa: ANN401 - as choices have them
    with pytest.raises(RowsError) as refusal:
        read(text, **said)
    return [fault.code for fault in refusal.value.faults]


def test_an_export_of_credly_is_read() -> None:
    export = read(exports.CREDLY)

    first, second = credentials(export)
    assert export.source.title == "Credly"
    assert export.unused == ("State", "Country")
    assert [one.row.recipient.name for one in (first, second)] == [
        "Amélie Dubois",
        "Kofi A. Mensah",
    ]
    assert first.row.key == "credly:b-1"
    assert first.row.recipient.external_id == "R-7"
    assert str(second.row.awarded_at) == "2020-01-31 14:41:00+00:00"
    assert str(second.row.valid_until) == "2030-01-31 23:59:59+00:00"
    assert (first.achievement.name, first.achievement.id) == ("Solar", "t-1")
    assert passed_over(export) == {4: "revoked", 5: "expired"}
    assert faults(export) == []


def test_the_columns_of_its_api_are_read_too() -> None:
    export = read(
        "badge_template_name,recipient_email,issued_to_first_name,issued_to_last_name,"
        "issued_at,state\n"
        "Solar,ana@example.org,Ana,Lima,2014-04-01 09:41:00 -0500,accepted\n"
        "Solar,bo@example.org,Bo,Lund,2014-04-01 09:41:00 -0500,rejected\n"
    )

    assert [one.row.recipient.name for one in credentials(export)] == ["Ana Lima"]
    assert passed_over(export) == {3: "rejected"}


def test_an_export_of_accredible_is_read() -> None:
    export = read(exports.ACCREDIBLE)

    first, second = credentials(export)
    assert export.source.title == "Accredible"
    assert str(second.row.awarded_at) == "2017-06-01 00:00:00+00:00"
    assert first.row.results[0].value == "99"
    assert first.row.evidence[0].id == "https://cred.example/10001"


def test_awards_of_canvas_credentials_are_read() -> None:
    export = read(exports.CANVAS_CREDENTIALS)

    (only,) = credentials(export)
    assert export.source.title == "Canvas Credentials"
    assert only.row.key == "canvas-credentials:https://canvas.example/a"
    assert passed_over(export) == {3: "revoked"}


def test_completions_of_moodle_are_read() -> None:
    export = read(exports.MOODLE, achievement="First aid")

    first, second = credentials(export)
    assert [one.row.key for one in (first, second)] == [
        "moodle:4:2021-10-25",
        "moodle:5:2021-11-05",
    ]
    assert {one.achievement.name for one in (first, second)} == {"First aid"}
    assert passed_over(export) == {4: "not-completed"}


def test_a_gradebook_of_canvas_is_read() -> None:
    export = read(exports.CANVAS, achievement="Essays", minimum=Decimal(60))

    (only,) = credentials(export)
    assert only.row.recipient.name == "Ana Lima"
    assert only.row.recipient.external_id == "S-4"
    assert only.row.key == "canvas:11"
    assert only.row.results[0].value == "90.00"
    assert passed_over(export) == {2: "nobody", 3: "nobody", 5: "below-minimum", 6: "nobody"}


def test_a_gradebook_with_names_in_two_columns_is_read() -> None:
    export = read(
        "LastName,FirstName,ID,SIS Login ID,Section,Final Score\n"
        "    Points Possible,,,,,\n"
        'Lima,Ana,11,ana,Evening,"90,5"\n'
        "Student,Test,12,x,Evening,100\n",
        achievement="Essays",
        minimum=Decimal(60),
    )

    assert [one.row.recipient.name for one in credentials(export)] == ["Ana Lima"]
    assert passed_over(export) == {2: "nobody", 4: "nobody"}


def test_who_has_not_passed_gets_nothing_unless_somebody_says_who_has() -> None:
    assert refused(exports.CANVAS, achievement="Essays") == ["minimum-unsaid"]
    assert refused("course,name\nX,Ana\n", minimum=Decimal(1)) == ["column-missing"]


def test_a_score_is_a_number() -> None:
    export = read(
        "course,name,points\nX,Ana,ten\nX,Bo,NaN\nX,Cy,50\nX,Di,\n",
        minimum=Decimal(60),
        columns={"points": "score"},
    )

    assert faults(export) == [(2, "points", "score-malformed"), (3, "points", "score-malformed")]
    assert passed_over(export) == {4: "below-minimum", 5: "below-minimum"}


def test_a_table_of_no_system_is_read_by_what_its_columns_are_called() -> None:
    export = read(
        "Vorname;Nachname;E-Mail;Kurs;Abschlussdatum;Zertifikatsnummer;Note\n"
        "Zoë;Öz;zoe@example.org;Löten;25.05.2019;L-1;gut\n",
        columns={"note": "result"},
    )

    (only,) = credentials(export)
    assert export.source.title == "a table"
    assert only.row.recipient.name == "Zoë Öz"
    assert only.row.key == "L-1"
    assert only.row.results[0].value == "gut"
    assert only.achievement.name == "Löten"


def test_parts_of_a_name_beside_the_whole_are_not_used() -> None:
    export = read("course,full name,middle name,last name\nSolar,Ana B. Lima,B.,Lima\n")

    assert [one.row.recipient.name for one in credentials(export)] == ["Ana B. Lima"]
    assert export.unused == ("middle name", "last name")


def test_what_a_column_holds_can_be_said() -> None:
    export = read(
        "Wer,Was,Wann\nAna,Solar,2019-05-03\n",
        columns={"Wer": "name", "Was": "achievement", "Wann": "awardedDate"},
    )

    assert export.columns == {
        Column.NAME: "Wer",
        Column.ACHIEVEMENT: "Was",
        Column.AWARDED_DATE: "Wann",
    }


def test_what_is_said_goes_before_what_is_guessed() -> None:
    export = read(
        "name,Certified name,course,course name\nana99,Ana Lima,S,Solar\n",
        columns={"Certified name": "name", "course": "unused"},
    )

    assert credentials(export)[0].row.recipient.name == "Ana Lima"
    assert export.unused == ("name", "course")


def test_a_column_without_a_name_is_told_by_its_number() -> None:
    assert read("name,,course\nAna,x,Solar\n").unused == ("column 2",)


@pytest.mark.parametrize(
    ("text", "said", "codes"),
    [
        ("name,course\nA,B\n", {"columns": {"nom": "name"}}, ["column-unknown"]),
        ("name,course\nA,B\n", {"columns": {"name": "nom"}}, ["field-unknown"]),
        ("name,course,badge\nA,B,C\n", {}, ["column-twice"]),
        ("course,e-mail\nA,a@example.org\n", {}, ["column-missing"]),
        ("name\nA\n", {}, ["achievement-unsaid"]),
        ("first name,course\nA,B\n", {}, ["column-missing"]),
        ("", {}, ["file-empty"]),
        ("name,course\n", {}, ["no-rows"]),
        ("name,course,ana@example.org\n", {}, ["header-is-data"]),
    ],
    ids=[
        "unknown header",
        "unknown use",
        "twice",
        "no name",
        "no achievement",
        "half a name",
        "empty",
        "no rows",
        "a person",
    ],
)
def test_columns_that_cannot_be_used_refuse_the_file(
    text: str, said: dict[str, Any], codes: list[str]
) -> None:
    assert refused(text, **said) == codes
