"""``credhub issue``: a roster becomes credentials, once."""

import sqlite3

import pytest

from tests.cli.command_line import HEADER, ROSTER, CommandLine


def credentials_in(command: CommandLine) -> int:
    with sqlite3.connect(command.database) as connection:
        count: int = connection.execute("SELECT count(*) FROM credential").fetchone()[0]
    connection.close()
    return count


def test_a_roster_becomes_credentials(riverside: CommandLine) -> None:
    issued = riverside("issue", riverside.file("roster.csv", ROSTER))

    assert issued.exit_code == 0, issued.output
    lines = [line.split("\t") for line in issued.stdout.splitlines()]
    assert [line[:3] for line in lines] == [["2", "RLH-1", "issued"], ["3", "RLH-2", "issued"]]
    assert all(line[3].startswith("http://127.0.0.1:8000/c/") for line in lines)
    assert "2 of 2 rows have their credential." in issued.stderr
    assert credentials_in(riverside) == 2


def test_the_same_file_twice_issues_nothing_twice(riverside: CommandLine) -> None:
    roster = riverside.file("roster.csv", ROSTER)

    first = riverside("issue", roster)
    second = riverside("issue", roster)

    assert second.exit_code == 0
    assert second.stdout == first.stdout
    assert credentials_in(riverside) == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("RLH-3,Ada,nobody,Solar,2026-11-14,", "Row 4, email"),
        ("RLH-3,Ada,,Solar,14.11.2026,", "Row 4, awarded_date"),
        ("RLH-3,Ada,,Solar", "Row 4"),
        ("RLH-1,Ada,,Solar,,", "repeats row 2"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_issued(
    riverside: CommandLine, row: str, said: str
) -> None:
    refused = riverside("issue", riverside.file("roster.csv", ROSTER + row + "\n"))

    assert refused.exit_code == 1
    assert said in refused.stderr
    assert credentials_in(riverside) == 0


def test_every_bad_row_is_named(riverside: CommandLine) -> None:
    rows = "RLH-3,Ada,nobody,Solar,,\nRLH-4,,,Solar,,\n"

    refused = riverside("issue", riverside.file("roster.csv", ROSTER + rows))

    assert "Row 4, email" in refused.stderr
    assert "Row 5, name" in refused.stderr
    assert "nothing was issued" in refused.stderr


def test_an_unknown_achievement_fails_its_row_alone(riverside: CommandLine) -> None:
    roster = ROSTER + "RLH-3,Ada,,Nothing,,\n"

    issued = riverside("issue", riverside.file("roster.csv", roster))

    assert issued.exit_code == 1
    assert issued.stdout.splitlines()[2] == "4\tRLH-3\tfailed\tThere is no such achievement."
    assert "2 of 3 rows have their credential." in issued.stderr
    assert credentials_in(riverside) == 2


def test_a_roster_without_rows_issues_nothing(riverside: CommandLine) -> None:
    issued = riverside("issue", riverside.file("roster.csv", HEADER + "\n"))

    assert issued.exit_code == 0
    assert "0 of 0 rows" in issued.stderr


def test_a_file_that_is_not_there_is_wrong_usage(riverside: CommandLine) -> None:
    assert riverside("issue", riverside.data / "nothing.csv").exit_code == 2


def test_the_name_of_a_hub_is_shown_as_it_is(riverside: CommandLine) -> None:
    riverside("hub", "create", "hilltop", "--name", "Hilltop [/nothing] [red]")

    issued = riverside("issue", riverside.file("roster.csv", ROSTER), "--hub", "hilltop")

    assert issued.exit_code == 1
    assert "Hilltop [/nothing] [red]" in issued.stderr
