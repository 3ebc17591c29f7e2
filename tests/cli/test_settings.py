"""Wrong settings, and what every command says about them."""

import stat
from pathlib import Path

import pytest

from credhub.cli.main import main
from credhub.ledger.cosignature import WitnessKey
from credhub.store.migrating import head
from credhub.web.version import VERSION
from tests.cli.command_line import ROSTER, CommandLine
from tests.unit.ledger.builder import KeyOf


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CREDHUB_PORT": "http"}, "CREDHUB_PORT: "),
        ({"CREDHUB_BASE_URL": "hub.example"}, "such as https://hub.example"),
        ({"CREDHUB_BASE_URL": "http://hub.example"}, "CREDHUB_ALLOW_HTTP=true"),
        ({"CREDHUB_DATABASE_URL": "mysql://hub:hunter2@db"}, "CREDHUB_DATABASE_URL: "),
        ({"CREDHUB_LOG_LEVEL": "LOUD"}, "CREDHUB_LOG_LEVEL: "),
    ],
    ids=str,
)
@pytest.mark.parametrize("command", [("hub", "list"), ("audit",), ("serve",), ("db", "upgrade")])
def test_a_wrong_setting_is_named(
    newcomer: CommandLine, variables: dict[str, str], said: str, command: tuple[str, ...]
) -> None:
    refused = newcomer(*command, **variables)

    assert refused.exit_code == 2
    assert said in refused.stderr
    assert "hunter2" not in refused.output
    assert not newcomer.data.exists()


def test_every_wrong_setting_is_named_at_once(newcomer: CommandLine) -> None:
    refused = newcomer("hub", "list", CREDHUB_PORT="0", CREDHUB_WORKERS="99")

    assert "CREDHUB_PORT" in refused.stderr
    assert "CREDHUB_WORKERS" in refused.stderr


def test_a_data_folder_that_cannot_be_made_is_named(newcomer: CommandLine) -> None:
    newcomer.data.write_text("a file")

    refused = newcomer("hub", "list")

    assert refused.exit_code == 2
    assert "CREDHUB_DATA" in refused.stderr


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_t85_a_master_key_that_others_can_read_is_refused(
    riverside: CommandLine, mode: int
) -> None:
    (riverside.data / "master.key").chmod(mode)

    refused = riverside("hub", "list")

    assert refused.exit_code == 3
    assert "chmod 600" in refused.stderr

    (riverside.data / "master.key").chmod(0o600)
    assert riverside("hub", "list").exit_code == 0


def test_t99_an_example_is_no_master_key(riverside: CommandLine) -> None:
    refused = riverside("hub", "list", CREDHUB_MASTER_KEY="changeme")

    assert refused.exit_code == 3
    assert "openssl rand -hex 32" in refused.stderr
    assert "changeme" not in refused.output


def test_another_master_key_opens_nothing(riverside: CommandLine) -> None:
    other = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"

    refused = riverside("issue", riverside.file("r.csv", ROSTER), CREDHUB_MASTER_KEY=other)

    assert refused.exit_code in {1, 3}
    assert other not in refused.output


def test_the_database_is_brought_forward(newcomer: CommandLine) -> None:
    first, second = newcomer("db", "upgrade"), newcomer("db", "upgrade")

    assert first.exit_code == second.exit_code == 0
    assert first.stdout == second.stdout
    assert first.stdout == f"The database is at version {head()}.\n"
    assert stat.S_IMODE(newcomer.data.stat().st_mode) == 0o700
    assert not (newcomer.data / "master.key").exists()


def test_the_command_says_its_version_and_its_exit_codes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for word, said in (("--version", VERSION), ("--help", "exit code is 0")):
        monkeypatch.setattr("sys.argv", ["credhub", word])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 0
        assert said in capsys.readouterr().out


def policy_of(command: CommandLine, number: int) -> Path:
    keys = (
        WitnessKey(name=f"w{n}.example", public_key=KeyOf(f"w{n}").public_key)
        for n in range(number)
    )
    lines = (f"witness w{n} {key.text()}\n" for n, key in enumerate(keys))
    return command.file("policy", "".join(lines) + "quorum none\n")


@pytest.mark.parametrize(
    "asked", [("hub", "create", "hilltop", "--name", "x"), ("ledger", "policy")]
)
def test_more_witnesses_than_a_checkpoint_has_room_for_are_refused_at_start(
    riverside: CommandLine, asked: tuple[str, ...]
) -> None:
    policy = policy_of(riverside, 64)

    refused = riverside(*asked, CREDHUB_WITNESS_POLICY=str(policy))

    assert refused.exit_code == 3, refused.output
    assert f"CREDHUB_WITNESS_POLICY: {policy}: It names 64 witnesses" in refused.stderr
    assert "room for the lines of 63." in refused.stderr


def test_as_many_witnesses_as_a_checkpoint_has_room_for_are_taken(riverside: CommandLine) -> None:
    policy = policy_of(riverside, 63)

    written = riverside("ledger", "policy", CREDHUB_WITNESS_POLICY=str(policy))

    assert written.exit_code == 0, written.output
    assert written.stdout.count("\nwitness ") == 63
