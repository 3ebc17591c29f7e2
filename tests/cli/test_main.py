"""The command itself: it finds each of its commands, and imports no other one."""

import subprocess
import sys

import pytest
from click import Context
from click.testing import CliRunner

from credhub.cli.main import cli

COMMANDS = [
    *("audit", "batch", "cohort", "credential", "db", "dev", "endorsement", "hub", "import"),
    *("issue", "key", "ledger", "partner", "program", "serve", "trust", "verify", "webhook"),
    "worker",
]


def test_it_lists_its_commands() -> None:
    assert cli.list_commands(Context(cli)) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_found_under_its_name(name: str) -> None:
    command = cli.get_command(Context(cli), name)

    assert command is not None
    assert command.name == name
    listed = CliRunner().invoke(cli, ["--help"], terminal_width=200).stdout
    assert f"  {name:<11}  {command.get_short_help_str(200)}\n" in listed


def test_what_is_no_command_is_none() -> None:
    assert cli.get_command(Context(cli), "nothing") is None


@pytest.mark.parametrize("name", ["ledger", "worker"])
def test_nothing_waits_for_what_only_the_service_needs(name: str) -> None:
    imported = modules_after(name, "--help")

    assert "credhub.cli.session" in imported
    assert "fastapi" not in imported


def test_who_asks_what_there_is_waits_for_nothing() -> None:
    assert not modules_after("--help") & {"credhub.cli.session", "sqlalchemy", "fastapi"}


def modules_after(*words: str) -> set[str]:
    """Run a command in a new process, and give what it imported."""
    code = (
        "import sys; from credhub.cli.main import cli; "
        f"cli({list(words)!r}, standalone_mode=False); print(*sys.modules)"
    )
    said = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(said.split())
