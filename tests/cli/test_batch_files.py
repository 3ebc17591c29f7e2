"""``credhub batch``: what is taken away from a batch, as files."""

import stat
from pathlib import Path
from zipfile import ZipFile

import pypdf
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


def test_a_batch_is_printed_into_one_file(riverside: CommandLine, batch_id: str) -> None:
    file = riverside.data.parent / "cards.pdf"

    cards = riverside("batch", "print", batch_id, "--layout", "cards", "--output", file)
    assert (cards.exit_code, cards.stderr) == (0, "3 certificates on 1 page.\n")
    assert len(pypdf.PdfReader(file).pages) == 1

    words = ("--paper", "letter", "--no-marks", "--output", file)
    pages = riverside("batch", "print", batch_id, *words)
    assert (pages.exit_code, pages.stderr) == (0, "3 certificates on 3 pages.\n")
    assert pypdf.PdfReader(file).pages[2].mediabox.width == pytest.approx(792)


def test_a_batch_of_many_parts_is_one_file(riverside: CommandLine) -> None:
    rows = riverside.file("rows.ndjson", ndjson(rows_of(102)))
    riverside("batch", "issue", rows, "--achievement", "Solar")
    batch_id = riverside("batch", "list").stdout.split("\t")[0]
    file = riverside.data.parent / "all.pdf"

    printed = riverside("batch", "print", batch_id, "--output", file)

    assert (printed.exit_code, printed.stderr) == (0, "102 certificates on 102 pages.\n")
    found = [page.extract_text() for page in pypdf.PdfReader(file).pages]
    for number in (1, 100, 101, 102):
        assert f"Learner{number}" in "".join(found[number - 1].split())


def test_what_was_revoked_is_counted_and_not_printed(riverside: CommandLine, batch_id: str) -> None:
    lines = riverside("batch", "results", batch_id).stdout_bytes.decode().splitlines()[1:]
    file = riverside.data.parent / "cards.pdf"

    def revoke(line: str) -> None:
        words = ("--reason", "x", "--yes")
        assert riverside("credential", "revoke", line.split(",")[3], *words).exit_code == 0

    revoke(lines[0])
    some = riverside("batch", "print", batch_id, "--layout", "cards", "--output", file)
    file.unlink()
    revoke(lines[1])
    revoke(lines[2])
    none = riverside("batch", "print", batch_id, "--layout", "cards", "--output", file)

    assert some.stderr == "2 certificates on 1 page; 1 revoked left out.\n"
    assert none.exit_code == 1
    assert "Nothing is left to be printed; 3 revoked left out." in none.stderr
    assert not file.exists()


def test_a_batch_is_packed_into_one_archive(riverside: CommandLine, batch_id: str) -> None:
    file = riverside.data.parent / "files.zip"

    packed = riverside("batch", "files", batch_id, "--format", "vc", "--output", file)

    assert (packed.exit_code, packed.stdout) == (0, "")
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        assert [name[:7] for name in archive.namelist()] == [
            *("000001-", "000002-", "000003-"),
            "index.c",
        ]


def test_an_unknown_batch_is_neither_printed_nor_packed(riverside: CommandLine) -> None:
    file = riverside.data.parent / "nothing"

    assert riverside("batch", "print", "none", "--output", file).exit_code == 3
    assert riverside("batch", "files", "none", "--output", file).exit_code == 3
    assert not file.exists()
