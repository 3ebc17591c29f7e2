"""``credhub verify`` with many files: an employer and a folder of applications."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from credhub.cli import verify_files
from credhub.cli.verify_files import MAX_BYTES, MAX_FILES
from credhub.errors import FileNotOpenedError, TooManyFilesError
from credhub.jsontypes import canonical, parse_object
from credhub.runtime import open_runtime
from credhub.services import certificates, reading
from credhub.store.hubs import HubNumber
from tests.cli.command_line import CommandLine
from tests.hostile import pdfs, photos, pngs, svgs
from tests.running import settings_for
from tests.services.ordering import issue
from tests.unit import factories

RIVERSIDE = HubNumber(1)
WIDE = {"COLUMNS": "220"}


@pytest.fixture
def signed(riverside: CommandLine) -> bytes:
    with open_runtime(settings_for("", riverside.data)) as runtime:
        return reading.by_id(
            runtime.resources, RIVERSIDE, issue(runtime.resources, RIVERSIDE)
        ).signed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of applications, empty so far."""
    made = tmp_path / "applications"
    made.mkdir()
    return made


def forged(signed: bytes) -> bytes:
    return canonical(parse_object(signed) | {"name": "Master of everything"})


def foreign() -> bytes:
    document = factories.credential(did=factories.MemorySigner().did)
    without = {"credentialStatus", "credentialSchema"}
    return canonical(factories.signed({n: document[n] for n in document if n not in without}))


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def rows_of(output: str) -> dict[str, str]:
    """Give the rows of a table by the name of their file."""
    return {row.split()[0].rpartition("/")[2]: row for row in output.splitlines() if row.strip()}


def test_a_folder_is_a_table_with_a_total(
    riverside: CommandLine, folder: Path, signed: bytes
) -> None:
    (folder / "amelie.json").write_bytes(signed)
    (folder / "forged.json").write_bytes(forged(signed))
    (folder / "foreign.json").write_bytes(foreign())
    (folder / "letter.docx").write_bytes(b"PK\x03\x04")

    shown = riverside("verify", folder, **WIDE)

    assert shown.exit_code == 1
    rows = rows_of(shown.stdout)
    assert re.search(r"valid .*Amélie Dubois .*Solar.* The riverside hub", rows["amelie.json"])
    assert " invalid " in rows["forged.json"]
    assert "Dubois" not in rows["forged.json"]
    assert " unknownIssuer " in rows["foreign.json"]
    assert "did:key:" in rows["foreign.json"]
    assert " not read " in rows["letter.docx"]
    assert "\nforged.json: The signature " in shown.stdout
    assert "\nletter.docx: This kind of file is not read here." in shown.stdout
    assert "amelie.json:" not in shown.stdout
    total = "4 files: 1 valid, 1 unknownIssuer, 1 invalid, 1 not read.\n"
    assert shown.stdout.endswith(total)


def test_several_files_are_checked_in_the_order_given(
    riverside: CommandLine, signed: bytes
) -> None:
    files = [riverside.file(name, signed) for name in ("b.json", "a.json")]

    shown = riverside("verify", *files, "--json")

    assert shown.exit_code == 0
    found = lines(shown.stdout)
    assert [one["file"] for one in found] == [str(file) for file in files]
    assert [one["report"]["verdict"] for one in found] == ["valid", "valid"]


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        (("valid",), 0),
        (("valid", "foreign"), 3),
        (("foreign", "valid"), 3),
        (("foreign", "forged"), 1),
        (("forged", "valid"), 1),
        (("valid", "nothing"), 1),
        (("valid", "link"), 3),
        (("link", "forged"), 1),
        ((), 3),
    ],
)
def test_the_worst_file_is_the_exit_code(
    riverside: CommandLine, folder: Path, signed: bytes, kinds: tuple[str, ...], code: int
) -> None:
    for number, kind in enumerate(kinds):
        path = folder / f"{number}"
        match kind:
            case "valid":
                path.write_bytes(signed)
            case "forged":
                path.write_bytes(forged(signed))
            case "foreign":
                path.write_bytes(foreign())
            case "nothing":
                path.write_bytes(b"nothing at all")
            case _:
                path.symlink_to("/dev/zero")

    plain, as_json = riverside("verify", folder), riverside("verify", folder, "--json")

    assert (plain.exit_code, as_json.exit_code) == (code, code), plain.output
    assert len(lines(as_json.stdout)) == len(kinds)


def test_every_kind_of_file_is_read(riverside: CommandLine, folder: Path, signed: bytes) -> None:
    address = str(parse_object(signed)["id"])
    with open_runtime(settings_for("", riverside.data)) as runtime:
        opened = reading.by_code(runtime.resources, address.rpartition("/")[2])
        printed = certificates.render(runtime.resources, opened)
    for name, content in {
        "1.pdf": printed,
        "2.pdf": pdfs.with_files(b"notes", signed),
        "3.png": pngs.image(pngs.international(signed)),
        "4.svg": svgs.image(svgs.element(signed.decode())),
        "5.png": pngs.of_rows(photos.rows_of(address)),
        "6.jpg": photos.jpeg(photos.rows_of(address)),
    }.items():
        (folder / name).write_bytes(content)

    shown = riverside("verify", folder, "--json")

    found = lines(shown.stdout)
    assert [one["report"]["verdict"] for one in found] == ["valid"] * 6
    assert shown.exit_code == 0
    alone = riverside("verify", folder / "5.png")
    assert (alone.exit_code, alone.stdout.splitlines()[0]) == (0, "valid")


def test_one_file_that_cannot_be_read_says_why(riverside: CommandLine) -> None:
    for content, code, sentence in (
        (b"", 1, "This kind of file is not read here."),
        (b"%PDF-1.7", 1, "The PDF is damaged."),
        (b" " * (MAX_BYTES + 1), 1, "It is larger than 10 MiB."),
    ):
        refused = riverside("verify", riverside.file("f", content))
        assert refused.exit_code == code, refused.output
        assert sentence in refused.stderr


HOSTILE_NAMES = (
    b"\x1b[2J\x1b]0;owned\x07.json",
    "invoice\u202egnp.json".encode(),
    b"new\nline.json",
    b"\xff\xfe.json",
    b"[red]bold :smile:.json",
    b"--help",
)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(6))
def test_t70_the_name_of_a_file_steers_no_terminal(
    riverside: CommandLine, folder: Path, signed: bytes, name: bytes
) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))  # noqa: PTH118 - of bytes
    path.write_bytes(signed)
    good = riverside("verify", folder, **WIDE)
    path.write_bytes(forged(signed))

    bad, as_json = riverside("verify", folder, **WIDE), riverside("verify", folder, "--json")

    assert (good.exit_code, bad.exit_code, as_json.exit_code) == (0, 1, 1)
    assert not set("\x1b\x07\u202e") & set(good.output + bad.output + as_json.output)
    assert as_json.output.isascii()
    assert lines(as_json.output)[0]["file"] == str(path)
    assert ("[red]bold :smile:.json" in good.stdout) == (b"[red]" in name)


@pytest.mark.parametrize("text", ["[/red] [bold]", "\x1b[2J", "\u202edlog", "x" * 5000, "a\nb"])
def test_t70_what_a_credential_says_steers_no_terminal(
    riverside: CommandLine, folder: Path, text: str
) -> None:
    document = parse_object(foreign())
    without = {name: document[name] for name in document if name != "proof"}
    without["issuer"] = {"id": factories.MemorySigner().did, "type": ["Profile"], "name": text}
    subject = without["credentialSubject"]
    assert isinstance(subject, dict)
    without["credentialSubject"] = subject | {"name": text}
    (folder / "one.json").write_bytes(canonical(factories.signed(without)))

    shown = riverside("verify", folder, **WIDE)

    assert shown.exit_code == 3, shown.output
    assert not set("\x1b\u202e") & set(shown.output)
    assert shown.output.count("x") < 1000
    assert len(shown.stdout.splitlines()) < 20


def test_links_and_pipes_in_a_folder_are_not_followed(
    riverside: CommandLine, folder: Path, signed: bytes
) -> None:
    (folder / "good.json").write_bytes(signed)
    (folder / "loop").symlink_to(folder)
    (folder / "secret").symlink_to("/etc/passwd")
    (folder / "gone").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")

    shown = riverside("verify", folder, "--json")

    found = {Path(one["file"]).name: one for one in lines(shown.stdout)}
    assert shown.exit_code == 3
    assert found.keys() == {"good.json", "loop", "secret", "gone", "pipe"}
    assert found["good.json"]["report"]["verdict"] == "valid"
    for name in ("loop", "secret", "gone"):
        assert found[name]["problem"]["detail"] == "It is a link, which is not followed."
    assert found["pipe"]["problem"] == {"code": "file-not-opened", "detail": "It is no file."}


def test_a_link_that_was_named_is_followed(
    riverside: CommandLine, folder: Path, signed: bytes
) -> None:
    (folder / "link").symlink_to(riverside.file("good.json", signed))

    assert riverside("verify", folder / "link").exit_code == 0


def test_folders_within_are_looked_into_and_hidden_names_are_not(
    riverside: CommandLine, folder: Path, signed: bytes
) -> None:
    for name in ("b/c/d", "a", ".git", "empty"):
        (folder / name).mkdir(parents=True)
    for name in ("b/c/d/1.json", "b/0.json", "a/2.json", ".git/3.json", ".hidden"):
        (folder / name).write_bytes(signed)

    found = lines(riverside("verify", folder, "--json").stdout)

    names = [str(Path(one["file"]).relative_to(folder)) for one in found]
    assert names == ["a/2.json", "b/0.json", "b/c/d/1.json"]


def test_as_many_files_as_there_may_be_are_listed_and_one_more_is_told(
    riverside: CommandLine, folder: Path
) -> None:
    for number in range(MAX_FILES):
        os.close(os.open(folder / str(number), os.O_CREAT))

    most = verify_files.listed([folder])
    (folder / "more").touch()
    refused = riverside("verify", folder)

    assert len(most) == MAX_FILES
    assert refused.exit_code == 3
    assert f"There are more than {MAX_FILES} files." in refused.stderr


def test_many_named_files_are_counted_too(folder: Path) -> None:
    file = folder / "one"
    file.touch()

    assert len(verify_files.listed([file] * MAX_FILES)) == MAX_FILES
    with pytest.raises(TooManyFilesError):
        verify_files.listed([file] * (MAX_FILES + 1))


def test_folders_without_an_end_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify_files, "MAX_FILES", 5)
    (folder / "1/2/3/4/5").mkdir(parents=True)
    assert verify_files.listed([folder]) == ()
    (folder / "1/2/3/4/5/6").mkdir()

    with pytest.raises(TooManyFilesError):
        verify_files.listed([folder])


def test_a_file_that_goes_away_meanwhile_is_its_own_row(
    folder: Path,
) -> None:
    given = verify_files.Given(path=folder / "gone.json")

    with pytest.raises(FileNotOpenedError, match="No such file"):
        given.read()
    (unlisted,) = verify_files._below(folder / "nowhere")  # noqa: SLF001 - gone since it was seen
    with pytest.raises(FileNotOpenedError):
        unlisted.read()


def test_a_receipt_belongs_to_one_file(riverside: CommandLine, folder: Path, signed: bytes) -> None:
    one = riverside.file("one.json", signed)

    for many in ((one, one), (folder,)):
        refused = riverside("verify", *many, "--receipt", one)
        assert refused.exit_code == 2
        assert "--receipt is for one FILE" in refused.stderr


def test_presentations_are_rows_as_well(
    riverside: CommandLine, folder: Path, signed: bytes
) -> None:
    def presentation(*credentials: bytes) -> bytes:
        return canonical(
            {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiablePresentation"],
                "verifiableCredential": [parse_object(one) for one in credentials],
            }
        )

    (folder / "1.json").write_bytes(presentation(signed))
    (folder / "2.json").write_bytes(presentation(signed, forged(signed)))
    (folder / "3.json").write_bytes(presentation(*[signed] * 21))

    shown = riverside("verify", folder, **WIDE)

    rows = rows_of(shown.stdout)
    assert shown.exit_code == 1
    assert re.search(r" valid +nobody signed +1 credential, presented", rows["1.json"])
    assert re.search(r" invalid +nobody signed +2 credentials, presented", rows["2.json"])
    assert " not read " in rows["3.json"]
    assert "2.json: The signature " in shown.stdout
