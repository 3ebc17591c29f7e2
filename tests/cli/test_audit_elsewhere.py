"""``credhub audit``: since a checkpoint, from published files, and beside everybody else."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.policy_lines import KnownWitness
from credhub.store.store import Store
from tests.cli.command_line import CommandLine
from tests.cli.test_audit import change, checkpoint_of

ORIGIN = "127.0.0.1:8000/ledger/riverside/2026"
ROSTER = "external_id,name,email,achievement,awarded_date\n1,A,,Solar,\n"


def vkey_of(command: CommandLine) -> str:
    store = Store.open(command.database_url)
    with store.read() as tx:
        (log,) = tx.ledger.all_logs()
    store.close()
    return log.vkey


def published(command: CommandLine) -> Path:
    """Publish, and give the folder of the one log."""
    target = command.data.parent / "site"
    assert command("ledger", "publish", "--to", target).exit_code == 0
    return target / "ledger" / "riverside" / "2026"


def grown(command: CommandLine) -> None:
    assert command("issue", command.file("roster.csv", ROSTER)).exit_code == 0


def test_processes_are_started_when_they_are_asked_for(
    riverside: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credhub.cli.audit._WORTH_PROCESSES", 1)

    helped = riverside("audit", "--full", "--jobs", "2", "--json")

    assert helped.exit_code == 0, helped.output
    assert json.loads(helped.stdout) == json.loads(riverside("audit", "--json").stdout)


def test_a_ledger_goes_on_from_a_kept_checkpoint(riverside: CommandLine) -> None:
    kept = riverside.file("kept", checkpoint_of(riverside))
    grown(riverside)
    (riverside.data / "master.key").unlink()

    sound = riverside("audit", "--since", kept)
    as_json = riverside("audit", "--since", kept, "--json")

    assert sound.exit_code == as_json.exit_code == 0, sound.output
    assert "5 entries" in sound.stderr
    assert "goes on from the 4 that were kept" in sound.stderr
    (result,) = json.loads(as_json.stdout)
    assert (result["sound"], result["size"]) == (True, 5)


def test_t82_a_ledger_that_was_put_back_does_not_go_on(riverside: CommandLine) -> None:
    older = riverside.database.read_bytes()
    grown(riverside)
    kept = riverside.file("kept", checkpoint_of(riverside))
    for file in riverside.data.glob("credhub.db*"):
        file.unlink()
    riverside.database.write_bytes(older)

    audited = riverside("audit", "--since", kept)

    assert riverside("audit").exit_code == 0
    assert audited.exit_code == 1
    assert "the entry is missing" in audited.stderr
    assert "What to do" in audited.stderr


def test_a_since_checkpoint_of_a_ledger_that_is_gone(riverside: CommandLine) -> None:
    kept = riverside.file("kept", checkpoint_of(riverside).replace("riverside", "uplands"))

    audited = riverside("audit", "--since", kept)

    assert audited.exit_code == 1
    assert "its ledger is not in this database" in audited.stderr


def test_g16_a_ledger_is_rebuilt_from_files_without_a_database(riverside: CommandLine) -> None:
    log, vkey = published(riverside), vkey_of(riverside)
    with_database = riverside("audit", "--from-tiles", log, "--vkey", vkey, "--compare", "--json")
    shutil.rmtree(riverside.data)

    sound = riverside("audit", "--from-tiles", log.as_uri(), "--vkey", vkey)
    as_json = riverside("audit", "--from-tiles", log, "--vkey", vkey, "--json")

    assert with_database.exit_code == sound.exit_code == 0, sound.output
    assert f"{ORIGIN}, 4 entries rebuilt from 2 files" in sound.stderr
    assert json.loads(as_json.stdout) == json.loads(with_database.stdout)
    assert not riverside.data.exists()


def test_files_are_believed_by_a_policy(riverside: CommandLine) -> None:
    log = published(riverside)
    policy = riverside.file("policy", riverside("ledger", "policy").stdout)
    witness = KnownWitness(name="w", key=WitnessKey(name="w.example", public_key=bytes(32)))
    demanding = riverside.file(
        "demanding", policy.read_text().replace("quorum none\n", f"{witness.text()}quorum w\n")
    )

    assert riverside("audit", "--from-tiles", log, "--policy", policy).exit_code == 0
    assert riverside("audit", "--from-tiles", log, "--policy", demanding).exit_code == 3


@pytest.mark.parametrize("path", ["tile/0/000.p/4", "tile/entries/000.p/4"])
def test_t81_a_file_that_is_missing_is_named(riverside: CommandLine, path: str) -> None:
    log, vkey = published(riverside), vkey_of(riverside)
    (log / path).unlink()

    audited = riverside("audit", "--from-tiles", log, "--vkey", vkey, "--json")

    assert audited.exit_code == 1
    (result,) = json.loads(audited.stdout)
    assert (result["sound"], result["path"]) == (False, path)


@pytest.mark.parametrize(
    ("content", "came"),
    [
        (None, "there is no such file."),
        (b"", "nothing came."),
        (b"<html>\x1b[2J\nhello", "no checkpoint: it begins with “<html>"),
    ],
    ids=["no file", "an empty file", "a page"],
)
def test_a_wrong_address_is_said_and_nothing_else_is_advised(
    riverside: CommandLine, content: bytes | None, came: str
) -> None:
    folder, vkey = riverside.data.parent / "elsewhere", vkey_of(riverside)
    folder.mkdir()
    if content is not None:
        (folder / "checkpoint").write_bytes(content)

    audited = riverside("audit", "--from-tiles", folder, "--vkey", vkey)

    assert audited.exit_code == 3, audited.output
    told = f"Not known: {folder}: This is not the address of the log. It was asked for checkpoint, "
    assert told in audited.stderr
    assert came in audited.stderr
    assert "What to do" not in audited.stderr
    assert "\x1b[2J" not in audited.stderr


def test_the_address_of_another_log_is_said(riverside: CommandLine) -> None:
    log, vkey = published(riverside), vkey_of(riverside)
    assert riverside("ledger", "roll", "riverside").exit_code == 0
    published(riverside)
    following = log.with_name("2026-2")
    policy = riverside.file("of-one-log", f"log {vkey}\nquorum none\n")

    for whom in (("--vkey", vkey), ("--policy", policy)):
        audited = riverside("audit", "--from-tiles", following, *whom)

        assert audited.exit_code == 3, audited.output
        assert f"what came is one of {ORIGIN}-2, signed by no key that was given." in audited.stderr
        assert riverside("audit", "--from-tiles", log, *whom).exit_code == 0


def test_progress_shows_of_how_many_as_soon_as_that_is_known(riverside: CommandLine) -> None:
    log, vkey = published(riverside), vkey_of(riverside)

    sound = riverside("audit", "--from-tiles", log, "--vkey", vkey, COLUMNS="300")
    unknown = riverside("audit", "--from-tiles", log.parent, "--vkey", vkey, COLUMNS="300")

    assert " 4/4 " in sound.stderr
    assert " 0/? " in unknown.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("audit",),
        ("audit", "--since", "{kept}"),
        ("audit", "--kept", "{kept}"),
        ("audit", "--witness"),
        ("ledger", "policy"),
        ("ledger", "doctor"),
    ],
    ids=" ".join,
)
def test_a_database_that_is_not_there_is_asked_for_by_its_setting(
    newcomer: CommandLine, words: tuple[str, ...]
) -> None:
    kept = newcomer.file("kept", f"{ORIGIN}\n4\nx\n\n")
    for folder in (newcomer.data, newcomer.data.parent):
        asked = newcomer(*(word.format(kept=kept) for word in words), CREDHUB_DATA=str(folder))

        assert asked.exit_code == 3, asked.output
        assert f"There is no database at {folder / 'credhub.db'}." in asked.stderr
        assert "CREDHUB_DATA" in asked.stderr
        assert "CREDHUB_DATABASE_URL" in asked.stderr
        assert not (folder / "credhub.db").exists()


def test_t81_files_that_are_ahead_of_the_database(riverside: CommandLine) -> None:
    older = riverside.database.read_bytes()
    grown(riverside)
    log, vkey = published(riverside), vkey_of(riverside)
    for file in riverside.data.glob("credhub.db*"):
        file.unlink()
    riverside.database.write_bytes(older)

    audited = riverside("audit", "--from-tiles", log, "--vkey", vkey, "--compare")

    assert audited.exit_code == 1
    assert "5 were published" in audited.stderr


def test_t81_a_head_that_the_files_do_not_give(riverside: CommandLine) -> None:
    log, vkey = published(riverside), vkey_of(riverside)
    change(riverside, "UPDATE ledger_head SET last_ms = last_ms + 1")

    audited = riverside("audit", "--from-tiles", log, "--vkey", vkey, "--compare")

    assert audited.exit_code == 1
    assert "ledger_head" in audited.stderr


def test_files_of_a_ledger_that_the_database_does_not_have(
    riverside: CommandLine, newcomer: CommandLine
) -> None:
    log, vkey = published(riverside), vkey_of(riverside)
    other = CommandLine(data=riverside.data.parent / "other")
    other("db", "upgrade")

    audited = other("audit", "--from-tiles", log, "--vkey", vkey, "--compare")

    assert audited.exit_code == 1
    assert newcomer.data == riverside.data


@pytest.mark.parametrize(
    "words",
    [
        ("--vkey", "x"),
        ("--from-tiles", "x"),
        ("--from-tiles", "x", "--vkey", "not a key"),
        ("--compare",),
    ],
)
def test_options_that_belong_together(newcomer: CommandLine, words: tuple[str, ...]) -> None:
    assert newcomer("audit", *words).exit_code == 2


def test_files_that_cannot_be_reached_are_not_known(riverside: CommandLine) -> None:
    vkey = vkey_of(riverside)

    audited = riverside("audit", "--from-tiles", "http://127.0.0.1:9/x", "--vkey", vkey, "--json")

    assert audited.exit_code == 3
    (result,) = json.loads(audited.stdout)
    assert result["sound"] is None


def test_everybody_else_says_the_same(riverside: CommandLine) -> None:
    published(riverside)
    site = str(riverside.data.parent / "site")
    grown(riverside)

    sound = riverside("audit", "--witness", CREDHUB_PUBLISH_TO=site)
    as_json = riverside("audit", "--witness", "--json", CREDHUB_PUBLISH_TO=site)

    assert sound.exit_code == 0, sound.output
    assert "second store holds the same tree, 5 entries" in sound.stderr
    assert "holds the beginning of this tree, 4 entries" in sound.stderr
    assert [(one["agreement"], one["size"]) for one in json.loads(as_json.stdout)] == [
        ("equal", 5),
        ("behind", 4),
    ]


def test_t82_everybody_else_is_ahead_of_a_database_that_was_put_back(
    riverside: CommandLine,
) -> None:
    older = riverside.database.read_bytes()
    grown(riverside)
    published(riverside)
    site = str(riverside.data.parent / "site")
    for file in riverside.data.glob("credhub.db*"):
        file.unlink()
    riverside.database.write_bytes(older)

    audited = riverside("audit", "--witness", CREDHUB_PUBLISH_TO=site)

    assert audited.exit_code == 1
    assert audited.stderr.count("MORE entries") == 2


def test_a_published_checkpoint_that_nobody_signed(riverside: CommandLine) -> None:
    log = published(riverside)
    note = (log / "checkpoint").read_text()
    (log / "checkpoint").write_text(note.replace("\n4\n", "\n5\n"))

    audited = riverside(
        "audit", "--witness", CREDHUB_PUBLISH_TO=str(riverside.data.parent / "site")
    )

    assert audited.exit_code == 1
    assert "did not sign" in audited.stderr


def test_files_are_read_from_a_web_server(riverside: CommandLine) -> None:
    log, vkey = published(riverside), vkey_of(riverside)
    with serving(log.parents[2]) as url:
        address = f"{url}/ledger/riverside/2026"
        sound = riverside("audit", "--from-tiles", address, "--vkey", vkey)
        (log / "tile/0/000.p/4").unlink()
        audited = riverside("audit", "--from-tiles", address, "--vkey", vkey)

    assert sound.exit_code == 0, sound.output
    assert audited.exit_code == 1
    assert "tile/0/000.p/4" in audited.stderr


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
