"""``credhub program`` and ``credhub cohort``: from the definition to what was earned."""

from tests.cli.command_line import CommandLine

ROSTER = "id,name,email\n1,Ada,ada@mail.example\n2,Ben,ben@mail.example\n"


def made(command: CommandLine, *arguments: str) -> str:
    """Run a command that shows an id."""
    done = command(*arguments)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def cohort_of(command: CommandLine, *, rule: str = "completion", ends: str = "2026-01-31") -> str:
    """Make a program and a cohort of it."""
    program = made(command, "program", "add", "--name", "Energy", "--earned", f"Solar={rule}")
    return made(
        command,
        *("cohort", "add", "--program", program, "--name", "Winter"),
        *("--starts", "2026-01-01", "--ends", ends),
    )


def test_a_program_is_made_listed_and_shown(riverside: CommandLine) -> None:
    program = made(riverside, "program", "add", "--name", "Energy", "--earned", "Solar=80%")

    listed = riverside("program", "list")
    shown = riverside("program", "show", program)

    assert f"{program}\tin use\tEnergy" in listed.stdout
    assert "80 % of the sessions" in shown.stdout


def test_a_rule_that_is_none_is_refused(riverside: CommandLine) -> None:
    for rule in ("often", "80", "eighty%", "0%", "101%"):
        refused = riverside("program", "add", "--name", "Energy", "--earned", f"Solar={rule}")
        assert refused.exit_code in {2, 3}, rule
    assert riverside("program", "list").stdout == ""


def test_a_roster_is_tried_out_added_and_shown(riverside: CommandLine) -> None:
    cohort = cohort_of(riverside)
    file = riverside.file("roster.csv", ROSTER)

    trial = riverside("cohort", "roster", cohort, file, "--dry-run")
    before = riverside("cohort", "roster", cohort)
    added = riverside("cohort", "roster", cohort, file)
    again = riverside("cohort", "roster", cohort, file)
    shown = riverside("cohort", "roster", cohort)

    assert trial.exit_code == 0, trial.output
    assert "2 rows: 2 new, 0 in the cohort before." in trial.stderr
    assert before.stdout == ""
    assert "2 rows: 2 new" in added.stderr
    assert "2 rows: 0 new, 2 in the cohort before." in again.stderr
    assert [line.split("\t")[2:] for line in shown.stdout.splitlines()] == [
        ["enrolled", "Ada"],
        ["enrolled", "Ben"],
    ]
    assert (
        f"{cohort}\trunning\t2026-01-01 to 2026-01-31\t2 learners\tWinter"
        in riverside("cohort", "list").stdout
    )


def test_a_roster_with_a_fault_adds_nobody(riverside: CommandLine) -> None:
    cohort = cohort_of(riverside)
    file = riverside.file("roster.csv", "name,email\nAda,ada@mail.example\nBen,\n")

    trial = riverside("cohort", "roster", cohort, file, "--dry-run")
    refused = riverside("cohort", "roster", cohort, file)

    assert trial.exit_code == 1
    assert "Row 3" in trial.stdout
    assert refused.exit_code == 1
    assert "nothing was added" in refused.output
    assert riverside("cohort", "roster", cohort).stdout == ""


def test_a_cohort_is_looked_at_and_finished(riverside: CommandLine) -> None:
    other = made(riverside, "program", "add", "--name", "Energy", "--earned", "Solar=passed")
    cohort = made(
        riverside,
        *("cohort", "add", "--program", other, "--name", "Winter"),
        *("--starts", "2026-01-01", "--ends", "2026-01-31"),
    )
    file = riverside.file(
        "roster.json",
        '[{"recipient":{"name":"Ada","externalId":"1"},"results":[{"status":"Completed"}]},'
        '{"recipient":{"name":"Ben","externalId":"2"}}]',
    )
    assert riverside("cohort", "roster", cohort, file).exit_code == 0

    trial = riverside("cohort", "finish", cohort, "--dry-run")
    kept = riverside("cohort", "finish", cohort)
    finished = riverside("cohort", "finish", cohort, "--yes")
    again = riverside("cohort", "finish", cohort, "--yes")

    assert [line.split("\t")[1::2] for line in trial.stdout.splitlines()] == [
        ["Ada", "earned"],
        ["Ben", "result-missing"],
    ]
    assert kept.exit_code == 1
    assert finished.exit_code == 0, finished.output
    assert "1 row, 1 issued" in finished.stderr
    assert again.exit_code == 0, again.output
    assert "Batch" not in again.stderr
    assert riverside("audit").exit_code == 0


def test_a_cohort_that_is_not_over_is_not_finished(riverside: CommandLine) -> None:
    cohort = cohort_of(riverside, ends="2999-01-31")
    file = riverside.file("roster.csv", ROSTER)
    assert riverside("cohort", "roster", cohort, file).exit_code == 0

    assert riverside("cohort", "finish", cohort, "--dry-run").exit_code == 0
    assert riverside("cohort", "finish", cohort, "--yes").exit_code == 3
