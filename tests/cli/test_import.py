"""``credhub import``: what another system issued is taken over, once."""

import json

import pytest

from credhub.cli import import_old
from tests.cli.command_line import CommandLine
from tests.cli.test_audit import change
from tests.cli.test_batch import rows_in
from tests.unit.documents.imports import exports
from tests.unit.documents.imports.badges import BADGE, assertion, credential, hashed


def test_a_dry_run_says_what_would_be_taken_over_and_keeps_nothing(riverside: CommandLine) -> None:
    file = riverside.file("credly.csv", exports.CREDLY)

    tried = riverside("import", file, "--dry-run")

    assert tried.exit_code == 0, tried.output
    assert "credly.csv: read as Credly, utf-8." in tried.stderr
    assert "1 were revoked or suspended, and are passed over." in tried.stderr
    assert "1 have expired, and are passed over." in tried.stderr
    assert "0 faults." in tried.stderr
    assert rows_in(riverside, "credential") == rows_in(riverside, "batch") == 0


def test_t69_an_export_becomes_credentials_once(riverside: CommandLine) -> None:
    file = riverside.file("credly.csv", exports.CREDLY)

    first = riverside("import", file)
    same = riverside("import", file)
    anew = riverside("import", file, "--again")

    assert first.exit_code == same.exit_code == anew.exit_code == 0, first.output
    assert "finished; 2 rows, 2 issued, 0 issued before, 0 failed." in first.stderr
    assert "2 rows, 2 issued, 0 issued before" in same.stderr
    assert "2 rows, 0 issued, 2 issued before" in anew.stderr
    assert rows_in(riverside, "credential") == 2
    assert riverside("audit").exit_code == 0


def test_the_other_half_of_an_export_issues_what_is_missing(riverside: CommandLine) -> None:
    lines = exports.CREDLY.splitlines(keepends=True)
    riverside("import", riverside.file("half.csv", "".join(lines[:2])))

    whole = riverside("import", riverside.file("whole.csv", exports.CREDLY))

    assert "2 rows, 1 issued, 1 issued before, 0 failed." in whole.stderr


def test_an_achievement_that_is_not_here_is_a_fault_unless_it_may_be_made(
    riverside: CommandLine,
) -> None:
    file = riverside.file("accredible.csv", exports.ACCREDIBLE)

    refused = riverside("import", file)
    made = riverside("import", file, "--create")
    again = riverside("import", file, "--create")

    assert refused.exit_code == 1
    assert "accredible.csv: Row 2: The hub has no achievement of this name." in refused.stdout
    assert made.exit_code == again.exit_code == 0, made.output
    assert rows_in(riverside, "achievement") == 2
    assert rows_in(riverside, "credential") == 2


def test_an_achievement_can_be_named(riverside: CommandLine) -> None:
    file = riverside.file("accredible.csv", exports.ACCREDIBLE)

    issued = riverside("import", file, "--map", "Welding=Solar")

    assert issued.exit_code == 0, issued.output
    assert rows_in(riverside, "credential") == 2
    assert riverside("import", file, "--map", "Welding=Nothing").exit_code == 1
    assert riverside("import", file, "--map", "Welding").exit_code == 2


def test_with_one_fault_in_one_file_nothing_is_issued(riverside: CommandLine) -> None:
    good = riverside.file("good.csv", exports.CREDLY)
    bad = riverside.file("bad.csv", "course,name\nSolar,undefined\n")

    refused = riverside("import", good, bad)

    assert refused.exit_code == 1
    assert "bad.csv: Row 2, name: This stands for a name that is missing." in refused.stdout
    assert rows_in(riverside, "credential") == 0


def test_a_gradebook_gives_credentials_to_those_who_passed(riverside: CommandLine) -> None:
    file = riverside.file("grades.csv", exports.CANVAS)
    said = ("--achievement", "Solar", "--awarded", "2024-06-30")

    issued = riverside("import", file, *said, "--minimum", "60")

    assert issued.exit_code == 0, issued.output
    assert "1 are of somebody who has not passed" in issued.stderr
    assert rows_in(riverside, "credential") == 1
    assert riverside("import", file, *said, "--minimum", "some").exit_code == 2
    assert riverside("import", file, *said).exit_code == 1


def test_a_folder_of_badges_and_a_file_of_names_become_credentials(riverside: CommandLine) -> None:
    folder = riverside.data.parent / "badges"
    (folder / "2019").mkdir(parents=True)
    (folder / ".hidden").write_text("x")
    badges = [assertion(id=f"urn:{one}", recipient=hashed(f"{one}@mail.example")) for one in "ab"]
    for badge in badges:
        name = str(badge["id"]).partition(":")[2]
        (folder / "2019" / f"{name}.json").write_text(json.dumps(badge))
    names = riverside.file("names.csv", "name,email\nAna,a@mail.example\nBo,b@mail.example\n")
    wrong = riverside.file("wrong.csv", "name,email\nundefined,a@mail.example\n")

    unnamed = riverside("import", folder, "--create")
    misnamed = riverside("import", folder, "--create", "--names", wrong)
    issued = riverside("import", folder, "--create", "--names", names)

    assert unnamed.exit_code == misnamed.exit_code == 1
    assert unnamed.stdout.count("does not name its learner") == 2
    assert "Row 2, name: This stands for a name that is missing." in misnamed.stderr
    assert issued.exit_code == 0, issued.output
    assert rows_in(riverside, "credential") == 2


def test_more_than_can_be_read_is_refused(
    riverside: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_old, "MAX_BYTES", 100)
    file = riverside.file("credly.csv", exports.CREDLY)

    assert riverside("import", file, "--dry-run").exit_code == 2


def test_a_credential_that_was_issued_with_other_details_is_told_before(
    riverside: CommandLine,
) -> None:
    riverside("import", riverside.file("old.csv", exports.CREDLY))
    other = riverside.file("new.csv", exports.CREDLY.replace("Amélie", "Emily"))

    refused = riverside("import", other)

    assert refused.exit_code == 1
    assert "new.csv: Row 2: This row was issued before with other details." in refused.stdout
    assert rows_in(riverside, "credential") == 2


def test_rows_that_fail_are_told_by_the_file_that_they_are_in(riverside: CommandLine) -> None:
    header, first, second = exports.CREDLY.splitlines(keepends=True)[:3]
    riverside("import", riverside.file("before.csv", header + first))
    change(riverside, "UPDATE learner_key SET wrapped_key = zeroblob(length(wrapped_key))")
    one = riverside.file("one.csv", header + second + second.replace("b-2", "b-7"))
    third = first.replace("b-1", "b-9")
    two = riverside.file("two.csv", header + second.replace("b-2", "b-8") + third)

    issued = riverside("import", one, two)

    assert issued.exit_code == 1
    assert issued.stdout.startswith(f"row 3 of {two}\tfailed\trecord-damaged\t")
    assert "4 rows, 3 issued, 0 issued before, 1 failed." in issued.stderr


def test_dates_that_were_settled_by_others_are_shown(riverside: CommandLine) -> None:
    file = riverside.file("accredible.csv", exports.ACCREDIBLE)

    tried = riverside("import", file, "--create", "--dry-run")

    assert "read as Accredible, utf-8, dates are month-first." in tried.stderr
    assert "a new one" in tried.stderr


def test_credentials_that_name_a_list_of_what_stands_are_told(riverside: CommandLine) -> None:
    listed = credential(credentialStatus={"type": "BitstringStatusListEntry"})
    file = riverside.file("badge.json", json.dumps(listed))

    tried = riverside("import", file, "--create", "--dry-run")

    assert tried.exit_code == 0, tried.output
    assert "1 name a list of what stands, which is not asked" in tried.stderr


def test_an_image_that_cannot_be_drawn_is_told(riverside: CommandLine) -> None:
    profile = {"extensions:recipientProfile": {"name": "Ana Lima"}}
    badge = {**BADGE, "image": "data:image/png;base64,aW1hZ2U="}
    file = riverside.file("badge.json", json.dumps(assertion(badge=badge, **profile)))

    tried = riverside("import", file, "--create", "--dry-run")

    assert tried.exit_code == 0, tried.output
    assert "The image of Weaving is left out (" in tried.stderr
