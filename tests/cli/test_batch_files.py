"""``credhub batch``: what is taken away from a batch, as files."""

import stat
from pathlib import Path

import pytest

from credhub.cli.new_file import new_file
from credhub.errors import FileNotWrittenError
from tests.cli.command_line import CommandLine
from tests.services.batching import ndjson, rows_of


@pytest.fixture
def batch_id(riverside: CommandLine) -> str:
    file = riverside.file("rows.ndjson", ndjson(rows_of(3)))
    assert riverside("batch", "issue", file, "--achievement", "Solar").exit_code == 0
    return riverside("batch", "list").stdout.split("\t")[0]


def test_results_are_written_to_the_standard_output(riverside: CommandLine, batch_id: str) -> None:
    written = riverside("batch", "results", batch_id)

    assert written.exit_code == 0
    header, *rows = written.stdout_bytes.decode("utf-8-sig").splitlines()
    assert header == "row,outcome,credential,url,code,detail"
    assert [row.split(",")[:2] for row in rows] == [[str(n), "issued"] for n in (1, 2, 3)]


def test_results_are_written_to_a_file(riverside: CommandLine, batch_id: str) -> None:
    file = riverside.data.parent / "results.csv"

    written = riverside("batch", "results", batch_id, "--output", file)

    assert (written.exit_code, written.stdout) == (0, "")
    assert file.read_bytes() == riverside("batch", "results", batch_id).stdout_bytes
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_unknown_batch_writes_nothing(riverside: CommandLine) -> None:
    file = riverside.file("results.csv", "as it was")

    assert riverside("batch", "results", "none", "--output", file).exit_code == 3
    assert file.read_text() == "as it was"


def test_a_file_that_cannot_be_written_is_named(riverside: CommandLine, batch_id: str) -> None:
    nowhere = riverside.data / "nowhere" / "results.csv"

    refused = riverside("batch", "results", batch_id, "--output", nowhere)

    assert refused.exit_code == 3
    assert f"{nowhere} cannot be written: No such file or directory." in refused.stderr


def test_a_file_that_is_not_complete_takes_no_place(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("as it was")

    with pytest.raises(KeyboardInterrupt), new_file(path):
        raise KeyboardInterrupt

    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_takes_no_place(tmp_path: Path) -> None:
    with pytest.raises(FileNotWrittenError, match="No space left"), new_file(tmp_path / "x"):
        raise OSError(28, "No space left on device")

    assert not list(tmp_path.iterdir())
