"""``credhub ledger doctor``, ``roll`` and ``accept-rollback``: the drill of an operator."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from credhub.runtime import open_runtime
from credhub.services import hubs, reading
from tests.cli.command_line import CommandLine
from tests.running import settings_for
from tests.services.ordering import issue

# The log was made by the clock of this machine.
ORIGIN = f"127.0.0.1:8000/ledger/riverside/{datetime.now(UTC).year}"
ACCEPT = ("ledger", "accept-rollback", "riverside", "--reason", "The disk died.")


def backup(command: CommandLine) -> Path:
    copy = command.data.parent / "backup.db"
    with closing(sqlite3.connect(command.database)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy


def restore(command: CommandLine, copy: Path) -> None:
    for old in command.data.glob("credhub.db*"):
        old.unlink()
    shutil.copyfile(copy, command.database)


def issue_one(command: CommandLine) -> str:
    """Issue a credential and give its public code."""
    with open_runtime(settings_for("", command.data)) as runtime:
        hub = hubs.find(runtime.resources, "riverside").number
        with runtime.resources.store.read() as tx:
            (achievement,) = tx.achievements.page(hub, limit=1)
        made = issue(runtime.resources, hub, achievement.achievement_id)
        return reading.by_id(runtime.resources, hub, made).credential.code


@pytest.fixture
def restored(riverside: CommandLine) -> CommandLine:
    """A service whose database was put back to before a credential was issued."""
    copy = backup(riverside)
    issue_one(riverside)
    restore(riverside, copy)
    return riverside


def test_the_doctor_finds_a_sound_ledger(riverside: CommandLine) -> None:
    told = riverside("ledger", "doctor")

    assert told.exit_code == 0, told.output
    assert told.stdout == (
        f"{ORIGIN}: open\n"
        "  database      4 entries\n"
        "  second store  4 entries\n"
        "  The database holds all that was published.\n\n"
    )


def test_the_doctor_finds_no_ledger_on_a_new_machine(riverside: CommandLine) -> None:
    riverside.database.unlink()
    assert riverside("db", "upgrade").exit_code == 0

    told = riverside("ledger", "doctor")

    assert (told.exit_code, told.stdout) == (0, "")
    assert "no ledger yet" in told.stderr


def test_r15_the_drill_of_a_restored_backup(restored: CommandLine) -> None:
    told = restored("ledger", "doctor")
    assert told.exit_code == 1
    assert f"{ORIGIN}: refused\n" in told.stdout
    assert "  database      4 entries\n  second store  5 entries\n" in told.stdout
    assert "holds 4 entries, but 5 were published" in told.stdout
    command = 'credhub ledger accept-rollback riverside --reason "WHY" --yes'
    assert f"       {command}\n" in told.stdout

    asked = restored(*ACCEPT)
    assert asked.exit_code == 2
    assert "add --yes" in asked.stderr
    accepted = restored(*ACCEPT, "--yes")
    assert accepted.exit_code == 0, accepted.output
    assert f"{ORIGIN}-2 is open" in accepted.stdout

    after = restored("ledger", "doctor")
    assert after.exit_code == 0
    assert f"lost some of the 5 entries that were published; {ORIGIN}-2 goes on" in after.stdout
    assert f"{ORIGIN}-2: open\n" in after.stdout
    audited = restored("audit")
    assert audited.exit_code == 0, audited.output
    issue_one(restored)


def test_a_rollback_that_is_none_is_not_accepted(riverside: CommandLine) -> None:
    refused = riverside(*ACCEPT, "--yes")

    assert refused.exit_code == 3
    assert "holds all that was published" in refused.stderr


def test_the_doctor_as_json(restored: CommandLine) -> None:
    told = restored("ledger", "doctor", "--json")

    assert told.exit_code == 1
    (diagnosis,) = json.loads(told.stdout)
    sentence, remedies = diagnosis.pop("sentence"), diagnosis.pop("remedies")
    assert diagnosis == {
        "hub": "riverside",
        "origin": ORIGIN,
        "health": "refused",
        "size": 4,
        "signed_size": 4,
        "published_size": 5,
        "witnessed_sizes": [],
    }
    assert "5 were published" in sentence
    assert [remedy["command"] is None for remedy in remedies] == [True, False]


def test_a_log_ends_when_the_operator_says_so(riverside: CommandLine) -> None:
    rolled = riverside("ledger", "roll", "riverside")

    assert rolled.exit_code == 0, rolled.output
    assert rolled.stdout.startswith(f"{ORIGIN}-2 is open.\nIts key is {ORIGIN}-2+")
    told = riverside("ledger", "doctor")
    assert told.exit_code == 0
    assert f"{ORIGIN}: ended\n  database      5 entries\n" in told.stdout
    assert f"  It ended; {ORIGIN}-2 goes on from it.\n" in told.stdout
    assert riverside("audit").exit_code == 0


def test_no_log_of_an_unknown_hub_ends(riverside: CommandLine) -> None:
    assert riverside("ledger", "roll", "nowhere").exit_code == 3
