"""``credhub ledger publish``: files of every ledger, and what it says about them."""

from pathlib import Path

import pytest

from tests.cli.command_line import CommandLine

ORIGIN = "127.0.0.1:8000/ledger/riverside/"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "published"


def checkpoint(target: Path) -> Path:
    (found,) = target.glob("ledger/riverside/*/checkpoint")
    return found


def test_a_ledger_is_published_once(riverside: CommandLine, target: Path) -> None:
    first = riverside("ledger", "publish", "--to", target)
    again = riverside("ledger", "publish", "--to", f"file://{target}")

    assert first.exit_code == again.exit_code == 0, first.output
    assert f"Published: {ORIGIN}" in first.stderr
    assert "4 entries, 0 files written" not in first.stderr
    assert "4 entries, 0 files written" in again.stderr
    assert checkpoint(target).read_text().startswith(ORIGIN)
    for kind in ("0", "entries"):
        assert checkpoint(target).parent.joinpath("tile", kind, "000.p", "4").is_file()


def test_the_place_may_be_a_setting(riverside: CommandLine, target: Path) -> None:
    published = riverside("ledger", "publish", CREDHUB_PUBLISH_TO=str(target))

    assert published.exit_code == 0, published.output
    assert checkpoint(target).is_file()


def test_without_a_place_nothing_is_published(riverside: CommandLine) -> None:
    refused = riverside("ledger", "publish")

    assert refused.exit_code == 2
    assert "CREDHUB_PUBLISH_TO" in refused.output


def test_one_hub_may_be_chosen(riverside: CommandLine, target: Path) -> None:
    assert riverside("ledger", "publish", "--to", target, "--hub", "riverside").exit_code == 0
    unknown = riverside("ledger", "publish", "--to", target, "--hub", "nowhere")

    assert unknown.exit_code == 3
    assert "no such hub" in unknown.output


def test_a_place_with_another_history_is_left_as_it_is(
    riverside: CommandLine, target: Path
) -> None:
    riverside("ledger", "publish", "--to", target)
    file = checkpoint(target)
    file.write_text("another history\n")

    refused = riverside("ledger", "publish", "--to", target)

    assert refused.exit_code == 1
    assert "Left as it is:" in refused.stderr
    assert file.read_text() == "another history\n"


def test_a_place_that_cannot_be_used_is_said(riverside: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    failed = riverside("ledger", "publish", "--to", tmp_path / "file")

    assert failed.exit_code == 3
    assert "cannot be used" in failed.output


def test_a_database_without_ledgers_has_nothing_to_publish(
    newcomer: CommandLine, target: Path
) -> None:
    assert newcomer("db", "upgrade").exit_code == 0

    nothing = newcomer("ledger", "publish", "--to", target)

    assert nothing.exit_code == 0, nothing.output
    assert "There is no ledger yet." in nothing.stderr
