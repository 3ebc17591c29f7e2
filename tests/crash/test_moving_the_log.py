"""A disk that fails while SQLite's log is moved, of which SQLite itself would say nothing."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from credhub.store.disk_faults import EXIT_CODE
from credhub.store.sqlite_log import PAGES
from tests.crash import aftermath
from tests.crash.mover import CREDENTIALS, PAGE
from tests.crash.victim import Place
from tests.required import find_strace

pytestmark = pytest.mark.slow

EVERY_ONE: Final = 1 + CREDENTIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """A system call on one file or folder that fails, from a call of it on."""

    place: str
    call: str
    error: str = "EIO"
    when: str = "1+"


FATAL: Final = {
    "the database's flush when its log is long": Harm(place="credhub.db", call="fdatasync"),
    "that flush alone, as a disk says it once": Harm(
        place="credhub.db", call="fdatasync", when="1"
    ),
    "the database's flush without room": Harm(place="credhub.db", call="fdatasync", error="ENOSPC"),
    "the database's pages": Harm(place="credhub.db", call="pwrite64"),
    "the second store's flush at the end": Harm(place="second.db", call="fdatasync"),
    "the second store's pages at the end": Harm(place="second.db", call="pwrite64"),
    "a disk that turned read-only": Harm(
        place="credhub.db-wal", call="pwrite64", error="EROFS", when="20+"
    ),
    "the second store's disk, that turned read-only": Harm(
        place="second.db-wal", call="pwrite64", error="EROFS"
    ),
    "the folder's flush at the start": Harm(place="", call="fsync"),
}
"""The process ends with 74 at the first of them."""

SURVIVED: Final = {
    "no room for the database's pages": Harm(place="credhub.db", call="pwrite64", error="ENOSPC"),
    # SQLite ignores it, and we have flushed the folder before.
    "SQLite's own flush of the folder": Harm(place="", call="fdatasync"),
}
"""Nothing was lost, so the process goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended, what it had acknowledged, and how often a call of it was harmed."""

    code: int
    acknowledged: tuple[str, ...]
    hits: int
    said: str


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    find_strace()
    return aftermath.make_place(tmp_path_factory.mktemp("template"))


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    return aftermath.copy_of(template, tmp_path / "copy")


def run(place: Place, harm: Harm | None) -> Ended:
    """Have a process issue while its log is moved, with a call of it harmed."""
    program = [sys.executable, "-m", "tests.crash.mover", str(place.folder), place.achievement]
    trace = place.folder.parent / "trace"
    strace: list[str] = []
    if harm is not None:
        path = str(place.folder / harm.place) if harm.place else str(place.folder)
        inject = f"inject={harm.call}:error={harm.error}:when={harm.when}"
        how = ["-P", path, "-e", f"trace={harm.call}", "-e", inject, "-o", str(trace)]
        strace = [find_strace(), "-f", "-qq", *how]
    ended = subprocess.run([*strace, *program], capture_output=True, text=True, check=False)  # noqa: S603 - a tool and ourselves
    traced = trace.read_text() if trace.exists() else ""
    return Ended(
        code=ended.returncode,
        acknowledged=tuple(ended.stdout.split()),
        hits=traced.count("(INJECTED)"),
        said=ended.stderr,
    )


def marks_of(place: Place) -> list[Path]:
    return sorted(place.folder.rglob("*audit-needed"))


def size_of_database(place: Place) -> int:
    return (place.folder / "credhub.db").stat().st_size


@pytest.mark.parametrize("harm", FATAL.values(), ids=FATAL)
def test_a_fault_ends_the_process_and_the_next_start_audits(
    place: Place, harm: Harm, caplog: pytest.LogCaptureFixture
) -> None:
    ended = run(place, harm)

    assert ended.hits
    assert (ended.code, len(marks_of(place))) == (EXIT_CODE, 2), ended.said
    assert "the disk failed under SQLite" in ended.said
    aftermath.check_after(place, ended.acknowledged)
    assert "are sound" in caplog.text
    assert marks_of(place) == []


@pytest.mark.parametrize("harm", SURVIVED.values(), ids=SURVIVED)
def test_what_loses_nothing_is_gone_on_after(place: Place, harm: Harm) -> None:
    ended = run(place, harm)

    assert ended.hits
    assert (ended.code, marks_of(place)) == (0, []), ended.said
    assert len(ended.acknowledged) == EVERY_ONE
    aftermath.check_after(place, ended.acknowledged)


def test_without_a_fault_the_log_is_moved_and_gone_at_the_end(place: Place) -> None:
    before = size_of_database(place)

    ended = run(place, None)

    assert (ended.code, marks_of(place)) == (0, []), ended.said
    assert len(ended.acknowledged) == EVERY_ONE
    assert size_of_database(place) - before >= PAGES * PAGE
    assert not (place.folder / "credhub.db-wal").exists()
    aftermath.check_after(place, ended.acknowledged)
