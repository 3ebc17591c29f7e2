"""``credhub batch`` and ``credhub worker``: files become credentials, once."""

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import text

from credhub.runtime import open_runtime
from credhub.services.bulk import batch_pruning
from credhub.store.engine import make_engine
from tests.cli.command_line import CommandLine
from tests.cli.test_serve import free_port, started
from tests.running import settings_for
from tests.services.batching import ndjson, row_of, rows_of


def rows_in(command: CommandLine, table: str) -> int:
    engine = make_engine(command.database_url, pool_size=1)
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - a name of our own
    engine.dispose()
    return found


def keys_in(command: CommandLine, route: str) -> list[str]:
    engine = make_engine(command.database_url, pool_size=1)
    with engine.connect() as connection:
        wanted = text("SELECT key FROM idempotency WHERE route = :route")
        found = list(connection.execute(wanted, {"route": route}).scalars())
    engine.dispose()
    return found


def file_of(command: CommandLine, *rows: object) -> Path:
    return command.file("rows.ndjson", ndjson(rows))


def test_a_file_becomes_credentials(riverside: CommandLine) -> None:
    issued = riverside("batch", "issue", file_of(riverside, *rows_of(7)), "--achievement", "Solar")

    assert issued.exit_code == 0, issued.output
    assert "finished; 7 rows, 7 issued, 0 issued before, 0 failed." in issued.stderr
    assert rows_in(riverside, "credential") == 7
    assert riverside("audit").exit_code == 0


def test_a_file_of_one_row_cannot_be_guessed_by_what_is_kept_of_it(
    riverside: CommandLine,
) -> None:
    file = riverside.file("rows.csv", "name,email\nAna Lima,ana@mail.example\n")
    issued = riverside("batch", "issue", file, "--achievement", "Solar")
    again = riverside("batch", "issue", file, "--achievement", "Solar")

    assert (issued.exit_code, again.exit_code, rows_in(riverside, "batch")) == (0, 0, 1)
    (key,) = keys_in(riverside, "credhub batch issue")
    assert sha256(file.read_bytes()).hexdigest() not in key


def test_a_json_file_becomes_credentials(riverside: CommandLine) -> None:
    file = riverside.file("rows.json", '[{"recipient": {"name": "Ana"}}]')

    assert riverside("batch", "issue", file, "--achievement", "Solar").exit_code == 0
    assert rows_in(riverside, "credential") == 1


def test_a_table_becomes_credentials(riverside: CommandLine) -> None:
    table = "Wer;Datum\nZoë;03/04/2026\n".encode("windows-1252")
    file = riverside.file("rows.csv", table)
    options = ["--achievement", "Solar", "--column", "Wer=name", "--separator", "semicolon"]
    options += ["--encoding", "windows-1252"]

    tried = riverside("batch", "issue", file, *options, "--dry-run")
    shown = riverside("batch", "issue", file, *options, "--date-order", "day-first", "--dry-run")
    issued = riverside("batch", "issue", file, *options, "--date-order", "day-first")

    assert tried.exit_code == 1
    assert tried.stdout.startswith("Row 2, Datum: The day and the month could be")
    assert shown.exit_code == 0
    assert "Read as windows-1252, cells are separated by semicolons" in shown.stderr
    assert "awardedDate" in shown.stderr
    assert issued.exit_code == 0, issued.output
    assert rows_in(riverside, "credential") == 1


def test_a_column_is_named_with_its_field(riverside: CommandLine) -> None:
    file = riverside.file("rows.csv", "name\nAna\n")
    refused = riverside("batch", "issue", file, "--achievement", "Solar", "--column", "name")

    assert refused.exit_code == 2
    assert "write HEADER=FIELD" in refused.output


def test_what_a_file_seems_to_be_is_told(riverside: CommandLine) -> None:
    file = riverside.file("rows.csv", "name\nZoë\n".encode("windows-1252"))
    tried = riverside("batch", "issue", file, "--achievement", "Solar", "--dry-run")

    assert "Read as utf-8, but it looks like windows-1252" in tried.stderr


def test_t69_the_same_file_again_issues_nothing(riverside: CommandLine) -> None:
    file = file_of(riverside, *rows_of(3))
    riverside("batch", "issue", file, "--achievement", "Solar")

    same = riverside("batch", "issue", file, "--achievement", "Solar")
    anew = riverside("batch", "issue", file, "--achievement", "Solar", "--again")

    assert same.exit_code == anew.exit_code == 0
    assert "3 issued, 0 issued before" in same.stderr
    assert "0 issued, 3 issued before" in anew.stderr
    assert rows_in(riverside, "credential") == 3


def test_faults_are_named_and_nothing_is_issued(riverside: CommandLine) -> None:
    file = file_of(riverside, row_of(1), row_of(2, recipient={"name": ""}), row_of(1))

    refused = riverside("batch", "issue", file, "--achievement", "Solar")

    assert refused.exit_code == 1
    assert "Row 2, recipient.name: The name is missing." in refused.stderr
    assert "Row 3, key: Row 1 has this key already." in refused.stderr
    assert rows_in(riverside, "credential") == rows_in(riverside, "batch") == 0


def test_a_dry_run_keeps_nothing(riverside: CommandLine) -> None:
    riverside("batch", "issue", file_of(riverside, row_of(1)), "--achievement", "Solar")
    file = file_of(riverside, row_of(1), row_of(2), row_of(3, recipient={}))

    tried = riverside("batch", "issue", file, "--achievement", "Solar", "--dry-run")
    good = riverside(
        "batch", "issue", file_of(riverside, row_of(2)), "--achievement", "Solar", "--dry-run"
    )

    assert tried.exit_code == 1
    assert tried.stdout == "Row 3, recipient.name: This member is missing.\n"
    assert "2 rows without a fault: 1 new, 1 issued before." in tried.stderr
    assert "There is 1 fault: nothing would be issued." in tried.stderr
    assert "There are 0 faults." in good.stderr
    assert good.exit_code == 0
    assert rows_in(riverside, "credential") == rows_in(riverside, "batch") == 1


def test_a_dry_run_notices_rows_of_one_learner_and_refuses_nothing(
    riverside: CommandLine,
) -> None:
    office = [
        row_of(number, recipient={"name": f"Learner {name}", "email": "office@mail.example"})
        for number, name in enumerate("abcdefghijklmnopqrstuvwxyz", start=1)
    ]

    tried = riverside(
        "batch", "issue", file_of(riverside, *office), "--achievement", "Solar", "--dry-run"
    )

    lines = tried.stdout.splitlines()
    assert lines[0] == (
        "Note: Row 2: It has the e-mail address of row 1 and another name: both are about one"
        " learner."
    )
    assert lines[20:] == ["Note: and 5 more rows like these."]
    assert tried.exit_code == 0


def test_a_row_that_fails_is_told(riverside: CommandLine) -> None:
    riverside("batch", "issue", file_of(riverside, row_of(1)), "--achievement", "Solar")
    other = file_of(riverside, row_of(1, recipient={"name": "Somebody else"}), row_of(2))

    issued = riverside("batch", "issue", other, "--achievement", "Solar")

    assert issued.exit_code == 1
    assert issued.stdout.startswith("1\tfailed\trow-key-reused\t")
    assert "2 rows, 1 issued, 0 issued before, 1 failed." in issued.stderr


def test_what_is_not_known_is_refused(riverside: CommandLine) -> None:
    rows = file_of(riverside, row_of(1))

    assert riverside("batch", "issue", rows, "--achievement", "Nothing").exit_code == 3
    other = riverside.file("rows.xls", b"x")
    assert riverside("batch", "issue", other, "--achievement", "Solar").exit_code == 2


def test_batches_are_listed_and_cancelled(riverside: CommandLine) -> None:
    riverside("batch", "issue", file_of(riverside, *rows_of(2)), "--achievement", "Solar")

    listed = riverside("batch", "list").stdout
    batch_id = listed.split("\t")[0]
    cancelled = riverside("batch", "cancel", batch_id)

    assert listed.endswith("finished\t2 rows, 2 issued, 0 issued before, 0 failed\n")
    assert "finished" in cancelled.stderr
    assert riverside("batch", "cancel", "none").exit_code == 3


def test_a_killed_command_goes_on_where_it_ended(riverside: CommandLine) -> None:
    file = file_of(riverside, *rows_of(1500))
    environment = {name: value for name, value in os.environ.items() if "CREDHUB" not in name}
    environment |= {
        "CREDHUB_DATA": str(riverside.data),
        "CREDHUB_SECOND_STORE": f"sqlite:///{riverside.data / 'second.db'}",
    }
    command = [sys.executable, "-m", "credhub.cli.main", "batch", "issue", str(file)]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--achievement", "Solar"], env=environment, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and rows_in(riverside, "credential") == 0:
        time.sleep(0.05)
    process.kill()
    process.wait()

    done = subprocess.run(  # noqa: S603 - as above
        [*command, "--achievement", "Solar"], env=environment, check=False
    )

    assert done.returncode == 0
    assert rows_in(riverside, "credential") == 1500
    assert rows_in(riverside, "batch") == 1
    assert riverside("audit").exit_code == 0


def test_t62_a_service_issues_batches_in_a_process_of_its_own(riverside: CommandLine) -> None:
    token = next(
        line.split()[-1]
        for line in riverside(
            "key", "create", "--label", "x", "--scope", "issue"
        ).output.splitlines()
        if "chk_" in line
    )
    port = free_port()
    process = started(riverside, port)
    with sqlite3.connect(riverside.database) as connection:
        achievement = connection.execute("SELECT achievement_id FROM achievement").fetchone()[0]
    connection.close()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/batches?achievement={achievement}",
        data=ndjson(rows_of(20)),
        headers={
            "authorization": f"Bearer {token}",
            "content-type": "application/x-ndjson",
            "idempotency-key": "one",
        },
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        assert answer.status == 202
    while rows_in(riverside, "batch_chunk"):
        assert process.poll() is None
        time.sleep(0.05)
    workers = children_of(process.pid, "worker")

    process.send_signal(signal.SIGTERM)

    assert process.wait() == 0
    assert rows_in(riverside, "credential") == 20
    assert workers
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def children_of(parent: int, word: str) -> list[int]:
    """List the processes that one started, whose command has this word."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (path / "stat").read_text(), (path / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent and word.encode() in command.split(
            b"\0"
        ):
            found.append(int(path.name))
    return found


def test_t67_faults_of_a_dry_run_are_a_file_in_which_nothing_runs(riverside: CommandLine) -> None:
    formula = '=HYPERLINK("//x")'
    quoted = formula.replace('"', '""')
    file = riverside.file("rows.csv", f'Name,E-Mail\nAna,"{quoted}"\nBo,bo@mail.example\n')
    faults = riverside.data.parent / "faults.csv"
    words = ("batch", "issue", file, "--achievement", "Solar")

    tried = riverside(*words, "--dry-run", "--faults", faults)
    alone = riverside(*words, "--faults", faults)

    assert (tried.exit_code, alone.exit_code) == (1, 2)
    with faults.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened, strict=True)
    assert (row["row"], row["column"]) == ("2", "E-Mail")
    assert row["value"] == f"'{formula}"
    assert rows_in(riverside, "credential") == 0


def test_whoever_takes_results_away_is_told_which_are_gone(riverside: CommandLine) -> None:
    rows = [row_of(1, key="a"), row_of(2)]
    changed = [row_of(3, key="a"), row_of(2), row_of(4)]
    first = riverside.file("first.ndjson", ndjson(rows))
    file = riverside.file("second.ndjson", ndjson(changed))
    for sent in (first, file):
        riverside("batch", "issue", sent, "--achievement", "Solar")
    batch_id = riverside("batch", "list").stdout.split("\t")[0]
    before = riverside("batch", "results", batch_id)
    with open_runtime(settings_for("", riverside.data)) as runtime:
        ahead = runtime.resources.clock() + timedelta(days=91)
        assert batch_pruning.prune_all(replace(runtime.resources, clock=lambda: ahead)) == 2

    after = riverside("batch", "results", batch_id)
    again = riverside("batch", "issue", file, "--achievement", "Solar")

    gone = f"are not listed any more, since {ahead:%Y-%m-%d}: 1 skipped, 1 failed."
    assert (len(before.stdout.splitlines()), len(after.stdout.splitlines())) == (4, 2)
    assert "not listed" not in before.stderr
    assert gone in after.stderr
    assert gone in again.stderr
