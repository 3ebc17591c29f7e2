"""``credhub audit``: sound or not, by exit code; and kept checkpoints."""

import json
import sqlite3

import pytest

from credhub.store.store import Store
from tests.cli.command_line import ROSTER, CommandLine

ORIGIN = "127.0.0.1:8000/ledger/riverside/"


def change(command: CommandLine, statement: str) -> None:
    """Change rows as somebody who owns the file can."""
    connection = sqlite3.connect(command.database)
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def checkpoint_of(command: CommandLine) -> str:
    store = Store.open(command.database_url)
    with store.read() as tx:
        (log,) = tx.ledger.all_logs()
        newest = tx.ledger.latest_checkpoint(log.hub, log.log)
    store.close()
    assert newest is not None
    return newest.note


def test_a_sound_ledger(riverside: CommandLine) -> None:
    sound = riverside("audit")

    assert sound.exit_code == 0, sound.output
    assert f"Sound: {ORIGIN}" in sound.stderr
    assert "4 entries" in sound.stderr
    assert sound.stdout == ""


def test_a_sound_ledger_as_json(riverside: CommandLine) -> None:
    sound = riverside("audit", "--json")

    (result,) = json.loads(sound.stdout)
    assert result["log"].startswith(ORIGIN)
    assert result["sound"] is True
    assert result["size"] == 4
    assert len(bytes.fromhex(result["root"])) == 32
    assert sound.stderr == ""


def test_t81_a_spoiled_ledger_names_the_row(riverside: CommandLine) -> None:
    change(riverside, "UPDATE ledger_entry SET time_ms = time_ms + 1 WHERE seq = 2")

    spoiled = riverside("audit")
    as_json = riverside("audit", "--json")

    assert spoiled.exit_code == as_json.exit_code == 1
    assert "Not sound:" in spoiled.stderr
    assert "ledger_entry" in spoiled.stderr
    (result,) = json.loads(as_json.stdout)
    assert (result["sound"], result["table"], result["seq"]) == (False, "ledger_entry", 2)
    assert (result["column"], bool(result["message"])) == ("time_ms", True)


def test_the_public_part_needs_no_master_key(riverside: CommandLine) -> None:
    (riverside.data / "master.key").unlink()

    assert riverside("audit", "--public-only").exit_code == 0
    refused = riverside("audit")
    assert refused.exit_code == 3
    assert "master.key" in refused.stderr
    assert not (riverside.data / "master.key").exists()


def test_t81_a_changed_key_of_a_learner_is_named_and_hides_no_other(
    riverside: CommandLine,
) -> None:
    issued = riverside("issue", riverside.file("roster.csv", ROSTER))
    assert issued.exit_code == 0, issued.output
    assert riverside("hub", "create", "hilltop", "--name", "Hilltop Hub").exit_code == 0
    change(riverside, "UPDATE learner_key SET wrapped_key = zeroblob(length(wrapped_key))")

    spoiled = riverside("audit", "--json")

    assert spoiled.exit_code == 1
    damaged, other = json.loads(spoiled.stdout)
    assert (damaged["sound"], other["sound"]) == (False, True)
    assert (damaged["table"], damaged["column"]) == ("learner_key", "wrapped_key")
    assert damaged["seq"] == 4
    assert "learner_key" in riverside("audit").stderr


def test_a_changed_key_of_a_hub_is_not_known_and_hides_no_other(riverside: CommandLine) -> None:
    # It could as well be another master key.
    assert riverside("hub", "create", "hilltop", "--name", "Hilltop Hub").exit_code == 0
    change(riverside, "UPDATE hub SET sealed_secret = zeroblob(60) WHERE slug = 'riverside'")

    spoiled = riverside("audit", "--json")

    assert spoiled.exit_code == 3
    damaged, other = json.loads(spoiled.stdout)
    assert (damaged["sound"], other["sound"]) == (None, True)


def test_one_spoiled_ledger_hides_no_other(riverside: CommandLine) -> None:
    riverside("hub", "create", "hilltop", "--name", "Hilltop")
    change(riverside, "UPDATE ledger_head SET last_ms = last_ms + 1 WHERE hub_id = 1")

    audited = riverside("audit", "--json")

    assert audited.exit_code == 1
    assert [result["sound"] for result in json.loads(audited.stdout)] == [False, True]


def test_a_kept_checkpoint_that_is_a_part_of_the_ledger(riverside: CommandLine) -> None:
    kept = riverside.file("kept", checkpoint_of(riverside))
    riverside("hub", "create", "hilltop", "--name", "Hilltop")

    sound = riverside("audit", "--json", "--kept", kept, "--kept", kept)

    assert sound.exit_code == 0, sound.output
    plain = json.loads(riverside("audit", "--json").stdout)
    assert json.loads(sound.stdout)[0]["checkpoints"] > plain[0]["checkpoints"]


def test_t82_a_ledger_that_is_shorter_than_the_kept_checkpoint(riverside: CommandLine) -> None:
    connection = sqlite3.connect(riverside.database)
    older = sqlite3.connect(riverside.data.parent / "older.db")
    connection.backup(older)
    roster = riverside.file(
        "r.csv", "external_id,name,email,achievement,awarded_date\n1,A,,Solar,\n"
    )
    assert riverside("issue", roster).exit_code == 0
    kept = riverside.file("kept", checkpoint_of(riverside))
    older.backup(connection)
    for one in (older, connection):
        one.close()

    audited = riverside("audit", "--kept", kept)

    assert riverside("audit").exit_code == 0
    assert audited.exit_code == 1
    assert "Not sound:" in audited.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n4\n", "\n5\n"), ("\n\u2014 ", "\n\u2014 x"), ("riverside", "uplands")],
    ids=["another size", "another signer", "another ledger"],
)
def test_a_kept_checkpoint_that_is_none_of_the_ledger(
    riverside: CommandLine, old: str, new: str
) -> None:
    note = checkpoint_of(riverside)
    assert old in note

    audited = riverside("audit", "--json", "--kept", riverside.file("kept", note.replace(old, new)))

    assert audited.exit_code == 1
    assert [one["sound"] for one in json.loads(audited.stdout)].count(False) == 1


def test_t81_a_kept_checkpoint_of_a_ledger_that_is_gone(newcomer: CommandLine) -> None:
    newcomer("db", "upgrade")
    kept = newcomer.file("kept", f"{ORIGIN}2026\n4\nx\n\n")

    alone = newcomer("audit", "--public-only")
    audited = newcomer("audit", "--public-only", "--kept", kept)

    assert alone.exit_code == 0
    assert "There is no ledger yet." in alone.stderr
    assert audited.exit_code == 1
    assert "its ledger is not in this database" in audited.stderr


def test_a_kept_file_that_is_no_text_steers_no_terminal(riverside: CommandLine) -> None:
    kept = riverside.file("kept", b"\xff\x1b[2J[/red]\nx")

    audited = riverside("audit", "--kept", kept)

    assert audited.exit_code == 1
    assert "\x1b" not in audited.output
    assert "[2J[/red]" in audited.stderr


def test_a_database_without_tables_is_refused(newcomer: CommandLine) -> None:
    newcomer.data.mkdir()
    newcomer.database.touch()

    refused = newcomer("audit", "--public-only")

    assert refused.exit_code == 3
    assert "credhub db upgrade" in refused.stderr
