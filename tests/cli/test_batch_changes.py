"""``credhub batch revoke`` and the like: many credentials changed, by a file or by a filter."""

import csv
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from sqlalchemy import update

from credhub import jsontypes
from credhub.cli.change_options import Asked, Wanted
from credhub.cli.change_telling import tell_trial
from credhub.cli.changes_meant import Meant, meant_by
from credhub.documents.change_rows import ChangeRow
from credhub.documents.rows import csv_out
from credhub.documents.rows.choices import Choices, Encoding
from credhub.runtime import open_runtime
from credhub.services import hubs
from credhub.services.bulk.change_checking import Checked, Findings
from credhub.store.batches import BatchKind
from credhub.store.engine import make_engine
from credhub.store.tables import batch_chunk
from tests.cli.command_line import CommandLine
from tests.cli.test_batch import keys_in, rows_in
from tests.running import settings_for
from tests.services.batching import ndjson, rows_of
from tests.services.erasing import erase_learner
from tests.services.ordering import publish_suspendable

WHY = ("--reason", "The exam was cancelled.")


def issued(
    command: CommandLine, count: int = 3, *, achievement: str = "Solar"
) -> list[dict[str, str]]:
    """Issue some credentials, and give what the file of results says of them."""
    file = command.file("rows.ndjson", ndjson(rows_of(count)))
    assert command("batch", "issue", file, "--achievement", achievement).exit_code == 0
    return results(command)


def results(command: CommandLine) -> list[dict[str, str]]:
    """Read the results of the newest batch."""
    path = command.data.parent / "results.csv"
    path.unlink(missing_ok=True)
    assert command("batch", "results", newest(command), "--output", path).exit_code == 0
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened, strict=True))


def newest(command: CommandLine) -> str:
    return command("batch", "list").stdout.split("\t")[0]


def suspendable(command: CommandLine) -> str:
    """Publish an achievement whose credentials can be suspended, and give its id."""
    with open_runtime(settings_for("", command.data)) as runtime:
        (hub,) = hubs.all_hubs(runtime.resources)
        return publish_suspendable(runtime.resources, hub.number)


def half_a_minute_passes(command: CommandLine) -> None:
    """Let whoever has taken a part, and was killed, be waited for no longer."""
    engine = make_engine(command.database_url, pool_size=1)
    with engine.begin() as connection:
        connection.execute(update(batch_chunk).values(leased_until_ms=0))
    engine.dispose()


def test_a_list_is_revoked_and_what_was_revoked_is_left_as_it_is(riverside: CommandLine) -> None:
    rows = issued(riverside)
    file = riverside.file("list.txt", f"\ufeff{rows[0]['url']}\n\n{rows[2]['url']}\n")

    revoked = riverside("batch", "revoke", file, *WHY, "--yes")
    again = riverside("batch", "revoke", file, *WHY, "--yes")

    assert revoked.exit_code == again.exit_code == 0, revoked.output
    assert "Revoking for" in revoked.stderr
    assert "finished; 2 rows, 2 revoked, 0 revoked before, 0 failed." in revoked.stderr
    assert "finished; 2 rows, 0 revoked, 2 revoked before, 0 failed." in again.stderr
    assert rows_in(riverside, "status_change") == 2
    assert rows_in(riverside, "batch") == 3
    assert riverside("audit").exit_code == 0


def test_why_somebody_was_revoked_cannot_be_guessed_by_what_is_kept(
    riverside: CommandLine,
) -> None:
    issued(riverside, 1)
    why = "Ana Lima handed in what Bo Maas wrote."
    revoked = riverside("batch", "revoke", "--achievement", "Solar", "--reason", why, "--yes")

    assert revoked.exit_code == 0, revoked.output
    assert rows_in(riverside, "status_change") == 1
    (key,) = keys_in(riverside, "credhub batch revocation")
    wanted = Wanted(achievement="Solar").to_document()
    assert jsontypes.digest({"filter": wanted, "reason": why}).hex() not in key


def test_what_cannot_be_undone_is_done_only_when_it_is_meant(riverside: CommandLine) -> None:
    rows = issued(riverside, 1)
    file = riverside.file("list.csv", f"url,name\n{rows[0]['url']},Ana\n")

    for command in ("revoke", "reissue", "correct"):
        refused = riverside("batch", command, file, *WHY)
        assert refused.exit_code == 2
        assert "--yes does it" in refused.stderr

    assert rows_in(riverside, "batch") == 1


def test_results_of_a_batch_are_suspended_lifted_and_suspended_again(
    riverside: CommandLine,
) -> None:
    issued(riverside, achievement=suspendable(riverside))
    file = riverside.data.parent / "results.csv"

    done = [riverside("batch", word, file, *WHY) for word in ("suspend", "lift", "suspend")]

    assert [it.exit_code for it in done] == [0, 0, 0], done[0].output
    assert [it.stderr.partition("finished; ")[2].strip() for it in done] == [
        "3 rows, 3 suspended, 0 suspended before, 0 failed.",
        "3 rows, 3 lifted, 0 not suspended, 0 failed.",
        "3 rows, 3 suspended, 0 suspended before, 0 failed.",
    ]
    assert rows_in(riverside, "status_change") == 9
    assert "3 rows, 3 lifted, 0 not suspended, 0 failed\n" in riverside("batch", "list").stdout


def test_a_dry_run_says_which_would_be_changed_and_changes_nothing(
    riverside: CommandLine,
) -> None:
    rows = issued(riverside)
    riverside("batch", "revoke", riverside.file("one.txt", rows[0]["url"]), *WHY, "--yes")
    file = riverside.data.parent / "results.csv"
    before = rows_in(riverside, "batch")

    tried = riverside("batch", "revoke", file, *WHY, "--dry-run")

    assert tried.exit_code == 0
    assert tried.stdout == "".join(
        f"{at}\twould be revoked\t{row['url']}\n" for at, row in enumerate(rows[1:], start=3)
    )
    assert "Of 3 credentials without a fault 2 would be revoked, 1 revoked before." in tried.stderr
    assert "There are 0 faults." in tried.stderr
    assert "credential" in tried.stderr
    assert rows_in(riverside, "status_change") == 1
    assert rows_in(riverside, "batch") == before


def test_rows_that_failed_are_passed_over_and_told(riverside: CommandLine) -> None:
    rows = issued(riverside, 1)
    file = riverside.data.parent / "results.csv"
    with file.open("ab") as opened:
        opened.write(csv_out.line(("5", "failed", "", "", "row-key-reused", "No.")).encode())

    tried = riverside("batch", "revoke", file, *WHY, "--dry-run")

    assert tried.exit_code == 0, tried.output
    assert "Passed over are rows that had failed and name no credential: 1." in tried.stderr
    assert tried.stdout == f"2\twould be revoked\t{rows[0]['url']}\n"


def test_what_another_batch_issued_is_not_revoked_by_the_results_of_this_one(
    riverside: CommandLine,
) -> None:
    first = issued(riverside, 3)
    second = issued(riverside, 4)
    file = riverside.data.parent / "results.csv"
    why = "Passed over are rows that had been skipped, so that another batch issued or changed them"

    tried = riverside("batch", "revoke", file, *WHY, "--dry-run")
    done = riverside("batch", "revoke", file, *WHY, "--yes")

    assert [it["outcome"] for it in second] == ["skipped"] * 3 + ["issued"]
    assert [it["credential"] for it in second[:3]] == [it["credential"] for it in first]
    assert tried.stdout == f"5\twould be revoked\t{second[3]['url']}\n"
    for told in (tried, done):
        assert f"{why}: 3." in told.stderr
        assert told.exit_code == 0
    assert "1 row, 1 revoked, 0 revoked before, 0 failed." in done.stderr
    assert rows_in(riverside, "status_change") == 1


@pytest.mark.parametrize("word", ["suspend", "lift", "reissue"])
def test_whose_own_results_are_meant_and_whose_are_not(riverside: CommandLine, word: str) -> None:
    named = suspendable(riverside)
    issued(riverside, 1, achievement=named)
    issued(riverside, 2, achievement=named)
    file = riverside.data.parent / "results.csv"

    tried = riverside("batch", word, file, *WHY, "--dry-run")

    taken = 2 if word == "reissue" else 1
    assert f"Of {taken} credentials without a fault" in tried.stderr
    assert ("had been skipped" in tried.stderr) is (word != "reissue")


def test_faults_are_named_and_nothing_is_changed(riverside: CommandLine) -> None:
    rows = issued(riverside, 2)
    first = rows[0]["url"]
    file = riverside.file("list.csv", f"Link;Grund\n{first};x\nnothing;\n{first};\n;x\n")
    faults = riverside.data.parent / "faults.csv"

    refused = riverside("batch", "revoke", file, *WHY, "--yes")
    tried = riverside("batch", "revoke", file, *WHY, "--dry-run", "--faults", faults)
    alone = riverside("batch", "revoke", file, *WHY, "--yes", "--faults", faults)

    assert (refused.exit_code, tried.exit_code, alone.exit_code) == (1, 1, 2)
    assert "There are faults; nothing was revoked." in refused.stderr
    assert "  Row 3, Link: There is no such credential. (nothing)\n" in refused.stderr
    assert tried.stdout.splitlines()[0].startswith("Row 3, Link: ")
    assert tried.stdout.splitlines()[0].endswith(" (nothing)")
    assert "would be" not in tried.stdout
    assert "There are 3 faults: nothing would be revoked." in tried.stderr
    with faults.open(encoding="utf-8-sig", newline="") as opened:
        told = list(csv.DictReader(opened, strict=True))
    assert [(it["row"], it["code"]) for it in told] == [
        ("3", "credential-not-found"),
        ("4", "row-repeated"),
        ("5", "credential-missing"),
    ]
    assert rows_in(riverside, "status_change") == 0
    assert rows_in(riverside, "batch") == 1


def test_a_filter_finds_what_is_changed(riverside: CommandLine) -> None:
    rows = issued(riverside)
    batch_id = newest(riverside)
    found = {
        "achievement": ("--achievement", "Solar"),
        "version": ("--achievement", "Solar", "--version", "1"),
        "batch": ("--batch", batch_id),
        "days": ("--issued-from", "2026-01-01", "--issued-before", "2999-01-01"),
        "moment": ("--issued-from", "2026-01-01T10:00:00+01:00"),
    }
    missed = {
        "version": ("--achievement", "Solar", "--version", "2"),
        "days": ("--issued-before", "2026-01-01"),
    }
    unknown = {
        "such batch": ("--batch", "none"),
        "such API key": ("--api-key", "none"),
        "such achievement": ("--achievement", "None"),
    }

    for name, options in found.items():
        tried = riverside("batch", "revoke", *options, *WHY, "--dry-run")
        assert tried.stdout.count("would be revoked\thttp") == 3, name
        assert "column" not in tried.stderr
    for mode in ("--yes", "--dry-run"):
        for name, options in missed.items():
            nothing = riverside("batch", "revoke", *options, *WHY, mode)
            assert nothing.exit_code == 1, name
            assert "No credential was found of which all of this is so." in nothing.stderr, name
        for name, options in unknown.items():
            refused = riverside("batch", "revoke", *options, *WHY, mode)
            assert refused.exit_code == 3, name
            assert f"There is no {name}." in refused.stderr, name
    revoked = riverside("batch", "revoke", "--batch", batch_id, *WHY, "--yes")
    assert revoked.exit_code == 0, revoked.output
    assert "3 rows, 3 revoked" in revoked.stderr
    for mode in ("--yes", "--dry-run"):
        again = riverside("batch", "revoke", "--batch", batch_id, *WHY, mode)
        assert again.exit_code == 0, again.output
        assert "Nothing would be changed: what was found is so already" in again.stderr
    assert rows_in(riverside, "batch") == 2
    assert [row["credential"] for row in results(riverside)] == [row["credential"] for row in rows]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--version", "1"),
        ("--batch", "x", "--version", "1"),
        ("--issued-from", "yesterday"),
        ("--issued-from", "2026-01-01T10:00:00"),
    ],
    ids=["nothing", "version", "batch", "word", "zone"],
)
def test_a_command_that_does_not_say_what_is_meant_is_refused(
    riverside: CommandLine, options: tuple[str, ...]
) -> None:
    assert riverside("batch", "revoke", *options, *WHY, "--yes").exit_code == 2


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (" ", "--reason must not be empty."),
        ("x" * 1_001, "--reason must have at most 1000 characters."),
    ],
    ids=["blank", "long"],
)
def test_a_reason_that_cannot_be_kept_is_refused_once(
    riverside: CommandLine, reason: str, why: str
) -> None:
    file = riverside.file("list.txt", "a\nb\n")

    refused = riverside("batch", "revoke", file, "--reason", reason, "--dry-run")

    assert refused.exit_code == 2
    assert refused.stderr.count(why) == 1
    assert "Row" not in refused.stderr + refused.stdout


def test_a_file_and_a_filter_are_one_too_many(riverside: CommandLine) -> None:
    file = riverside.file("list.txt", "x")

    refused = riverside("batch", "revoke", file, "--batch", "x", *WHY, "--yes")

    assert refused.exit_code == 2
    assert "name either a FILE, or at least one of" in refused.stderr
    assert riverside("batch", "revoke", file, "--yes").exit_code == 2  # No reason.
    assert riverside("batch", "revoke", "--achievement", "No", *WHY, "--yes").exit_code == 3


def test_names_are_corrected_by_a_table_of_everybody(riverside: CommandLine) -> None:
    rows = issued(riverside)
    table = "url;Vorname;Nachname;Ergebnis\n" + "".join(
        f"{row['url']};{given};Müller;\n"
        for row, given in zip(rows, ("Ana", "Bo", ""), strict=True)
    ).replace(";;Müller", ";;")
    file = riverside.file("right.csv", table.encode("windows-1252"))
    said = ("--encoding", "windows-1252", "--separator", "semicolon")

    tried = riverside("batch", "correct", file, *WHY, *said, "--dry-run")
    done = riverside("batch", "correct", file, *WHY, *said, "--yes")
    again = riverside("batch", "correct", file, *WHY, *said, "--yes")

    assert tried.stdout == "".join(
        f"{at}\twould be corrected: name\t{row['url']}\n"
        for at, row in enumerate(rows[:2], start=2)
    )
    assert "2 would be corrected (name: 2), 1 right or corrected before." in tried.stderr
    assert done.exit_code == 0, done.output
    assert "3 rows, 2 corrected, 1 right or corrected before, 0 failed." in done.stderr
    assert "3 rows, 0 corrected, 3 right or corrected before, 0 failed." in again.stderr
    assert rows_in(riverside, "credential") == 5
    assert rows_in(riverside, "learner") == 3
    assert riverside("audit").exit_code == 0


def test_what_is_by_the_newest_version_is_not_reissued(riverside: CommandLine) -> None:
    issued(riverside)
    file = riverside.data.parent / "results.csv"

    done = riverside("batch", "reissue", file, *WHY, "--yes")

    assert "3 rows, 0 reissued, 3 up to date or replaced before, 0 failed." in done.stderr
    assert done.exit_code == 0


def test_what_is_not_told_row_by_row_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = Findings(kind=BatchKind.REVOCATION, most_told=2)
    for at in range(1, 5):
        row = ChangeRow(row=at, credential="x", reason="x")
        found.count(Checked(row=row, address=f"https://hub.example/c/{at}", is_needed=True))

    tell_trial(found, Meant(rows=(), identity={}), None)

    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "1\twould be revoked\thttps://hub.example/c/1",
        "2\twould be revoked\thttps://hub.example/c/2",
    ]
    assert "… and 2 more." in told.err
    assert "4 would be revoked" in told.err


def test_t69_a_killed_command_goes_on_where_it_ended(riverside: CommandLine) -> None:
    issued(riverside, 600)
    environment = {name: value for name, value in os.environ.items() if "CREDHUB" not in name}
    environment |= {
        "CREDHUB_DATA": str(riverside.data),
        "CREDHUB_SECOND_STORE": f"sqlite:///{riverside.data / 'second.db'}",
    }
    file = str(riverside.data.parent / "results.csv")
    command = [sys.executable, "-m", "credhub.cli.main", "batch", "revoke", file, *WHY, "--yes"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and rows_in(riverside, "status_change") == 0:
        time.sleep(0.02)
    process.kill()
    process.wait()
    half_a_minute_passes(riverside)

    done = subprocess.run(command, env=environment, check=False)  # noqa: S603 - as above

    assert done.returncode == 0
    assert rows_in(riverside, "status_change") == 600
    assert rows_in(riverside, "batch") == 2
    assert riverside("audit").exit_code == 0


def test_results_with_claims_are_corrected_in_their_place(riverside: CommandLine) -> None:
    issued(riverside)
    path = riverside.data.parent / "claims.csv"
    written = riverside("batch", "results", newest(riverside), "--claims", "--output", path)
    assert written.exit_code == 0, written.output
    table = path.read_text("utf-8-sig")

    untouched = riverside("batch", "correct", path, *WHY, "--dry-run")
    path.write_text(table.replace("Learner 2", "Ana Müller"), "utf-8-sig")
    done = riverside("batch", "correct", path, *WHY, "--yes")
    path.unlink()
    first = riverside("batch", "list").stdout.splitlines()[-1].split("\t")[0]
    riverside("batch", "results", first, "--claims", "--output", path)
    path.write_text(path.read_text("utf-8-sig").replace("Müller", "Miller"), "utf-8-sig")
    once_more = riverside("batch", "correct", path, *WHY, "--yes")

    assert (untouched.exit_code, untouched.stdout) == (0, "")
    assert "0 would be corrected, 3 right or corrected before." in untouched.stderr
    for corrected in (done, once_more):
        assert "3 rows, 1 corrected, 2 right or corrected before, 0 failed." in corrected.stderr


def test_an_erased_learner_keeps_nobody_from_being_revoked(riverside: CommandLine) -> None:
    rows = issued(riverside)
    with open_runtime(settings_for("", riverside.data)) as runtime:
        (hub,) = hubs.all_hubs(runtime.resources)
        erase_learner(runtime.resources, hub.number, rows[1]["credential"])
    file = riverside.data.parent / "results.csv"

    tried = riverside("batch", "revoke", file, *WHY, "--dry-run")
    done = riverside("batch", "revoke", file, *WHY, "--yes")

    assert tried.exit_code == 0, tried.output
    assert "erased, so that their rows would fail alone: 1." in tried.stderr
    assert tried.stdout.count("would be revoked") == 2
    assert done.exit_code == 1
    assert "3 rows, 2 revoked, 0 revoked before, 1 failed." in done.stderr
    assert "3\tfailed\tcredential-erased\t" in done.stdout


def test_a_command_goes_on_with_what_it_began_only_if_it_says_the_same(
    riverside: CommandLine,
) -> None:
    file = riverside.file("list.csv", "url,name\nx,Ana\n")
    asked = Asked(
        file=file,
        wanted=Wanted(),
        slug=None,
        said=Choices(),
        reason="Misspelt.",
        dry_run=False,
        fault_path=None,
    )
    others = (
        replace(asked, reason="Fraud."),
        replace(asked, said=Choices(encoding=Encoding.WINDOWS_1252)),
        replace(asked, file=riverside.file("other.csv", "url,name\nx,Ann\n")),
    )
    with open_runtime(settings_for("", riverside.data)) as runtime:
        (hub,) = hubs.all_hubs(runtime.resources)

        same, again, *different = [
            meant_by(runtime.resources, hub, BatchKind.CORRECTION, it).identity
            for it in (asked, asked, *others)
        ]

    assert same == again
    assert same not in different
