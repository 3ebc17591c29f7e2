"""The demo hub of ``credhub serve --demo``: made once, found again, and completed after a crash."""

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from credhub.cli import demo
from credhub.config import Settings
from credhub.errors import SequencerClosedError
from credhub.runtime import Runtime, open_runtime
from credhub.services import api_keys, hubs, reading, status_lists
from credhub.store.migrating import upgrade
from tests.running import settings_for

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "riverside"
ROWS = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example hub, with a part of its cohort."""
    copy = shutil.copytree(EXAMPLE, tmp_path / "demo")
    (roster,) = copy.glob("*.csv")
    lines = roster.read_text("utf-8").splitlines(keepends=True)
    roster.write_text("".join(lines[: 1 + ROWS]), "utf-8")
    return copy


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = settings_for("", tmp_path / "data")
    made.data.mkdir()
    upgrade(made.database)
    return made


@contextmanager
def opened(settings: Settings) -> Iterator[Runtime]:
    with open_runtime(settings) as runtime:
        yield runtime


def credentials_of(runtime: Runtime) -> set[str]:
    hub = hubs.find(runtime.resources, "riverside")
    page = reading.page(runtime.resources, hub.number, before=None, limit=100)
    return {listed.credential.credential_id for listed in page}


def lines_of(text: str) -> dict[str, str]:
    """Read what is announced: a label, two spaces or more, a value."""
    pairs = (line.strip().partition("  ") for line in text.splitlines())
    return {label: value.strip() for label, _, value in pairs if value}


def test_the_first_start_makes_everything_and_says_where(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(settings) as runtime:
        demo.prepare(runtime, folder)
        said = lines_of(capsys.readouterr().out)

        assert len(credentials_of(runtime)) == ROWS
        caller = api_keys.authenticate(runtime.resources, said["API key"])
        assert caller.scopes == frozenset(api_keys.Scope)
        opened_credential = reading.by_code(
            runtime.resources, said["A credential"].rpartition("/")[2]
        )
        assert opened_credential.address == said["A credential"]
    certificate = Path(said["Its certificate"])
    assert certificate.read_bytes().startswith(b"%PDF-")
    key_file = settings.data / "demo-api-key"
    assert key_file.read_text() == said["API key"] + "\n"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (key_file, certificate)} == {0o600}
    assert said["API docs"] == "http://127.0.0.1:8000/docs"


def test_the_second_start_issues_nothing_twice(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(settings) as runtime:
        demo.prepare(runtime, folder)
        first = credentials_of(runtime)
    before = lines_of(capsys.readouterr().out)

    with opened(settings) as runtime:
        demo.prepare(runtime, folder)

        assert credentials_of(runtime) == first
        assert (
            len(
                api_keys.of_hub(runtime.resources, hubs.find(runtime.resources, "riverside").number)
            )
            == 1
        )
    after = lines_of(capsys.readouterr().out)
    assert after["API key"] == f"in {settings.data / 'demo-api-key'}"
    assert after["A credential"] == before["A credential"]


def test_a_start_that_was_cut_off_is_completed(settings: Settings, folder: Path) -> None:
    with opened(settings) as runtime:
        runtime.resources.sequencer.close()
        with pytest.raises(SequencerClosedError):
            demo.prepare(runtime, folder)
        hub = hubs.find(runtime.resources, "riverside")

    with opened(settings) as runtime:
        demo.prepare(runtime, folder)

        assert hubs.find(runtime.resources, "riverside") == hub
        assert status_lists.newest(runtime.resources, hub, 1).version == 1
        assert len(credentials_of(runtime)) == ROWS
    assert (settings.data / "demo-api-key").exists()


def test_a_lost_key_is_replaced(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(settings) as runtime:
        demo.prepare(runtime, folder)
        (settings.data / "demo-api-key").unlink()
        capsys.readouterr()

        demo.prepare(runtime, folder)

        token = lines_of(capsys.readouterr().out)["API key"]
        assert api_keys.authenticate(runtime.resources, token).hub == 1


def test_a_hub_without_credentials_is_ready_too(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (roster,) = folder.glob("*.csv")
    roster.write_text(roster.read_text("utf-8").replace("community-bicycle-mechanic", "nothing"))

    with opened(settings) as runtime:
        demo.prepare(runtime, folder)

    captured = capsys.readouterr()
    assert "is ready." in captured.out
    assert "A credential" not in captured.out
    assert f"{roster.name}, row 2: There is no such achievement." in captured.err


def test_another_address_is_spoken_of(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(settings) as runtime:
        demo.prepare(runtime, folder)
    moved = settings_for("", settings.data, base_url="http://127.0.0.1:9000")

    with opened(moved) as runtime:
        demo.prepare(runtime, folder)

    assert "keeps that address" in capsys.readouterr().err
