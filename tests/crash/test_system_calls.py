"""R02: every write, flush and rename of one issuance and one publication fails or is the last.

The move of SQLite's log to the database, which an issuance may bring about, is forced between the
two. ``strace`` makes a system call of any thread fail, or kills the process when it makes it. What
the process must then do is decided for each; after each, a start repairs what there is to repair:
nothing acknowledged is lost, and there is one history.

On PostgreSQL the flushes are not ours but its own: after one that failed it ends itself and
recovers from its log, which for a client is the same as being killed (``test_database_kills``).
"""

import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from signal import SIGKILL
from types import MappingProxyType
from typing import Final

import pytest

from credhub.store.disk_faults import EXIT_CODE
from tests.crash import aftermath
from tests.crash.aftermath import copy_of
from tests.crash.victim import POLL_SECONDS, Place, run
from tests.required import Tool, find_strace, lacking

pytestmark = pytest.mark.slow

CALLS: Final = (
    "write,pwrite64,pwritev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,"
    "link,linkat,unlink,unlinkat,mkdir,mkdirat"
)
KILL: Final = "signal=KILL"
EIO: Final = "error=EIO"
ENOSPC: Final = "error=ENOSPC"
FAULTS: Final = (KILL, EIO, ENOSPC)
SAMPLE: Final = 40
"""How many points CI tries; CREDHUB_SYSTEM_CALLS=all tries each with each fault."""

STEPS: Final = MappingProxyType({"issue": "issued", "move": "moved", "publish": "published"})
"""What is harmed, and what the victim says when it is done."""

LOG, DATABASE, FOLDER, PUBLISHED = "SQLite's log", "database", "its folder", "published"

PATIENCE_SECONDS: Final = 60
TRACER_SECONDS: Final = 3
ATTEMPTS: Final = 4
"""How often a point is tried until it is met: random ids change how many pages are written."""

EVERYTHING: Final = os.environ.get("CREDHUB_SYSTEM_CALLS") == "all"

ENDS: Final = EXIT_CODE
GOES_ON: Final = 0
OUTCOMES: Final = MappingProxyType(
    {
        # Nobody knows what the disk holds.
        ("fdatasync", LOG, EIO): ENDS,
        ("fdatasync", LOG, ENOSPC): ENDS,
        ("fdatasync", DATABASE, EIO): ENDS,
        ("fdatasync", DATABASE, ENOSPC): ENDS,
        ("ftruncate", DATABASE, EIO): ENDS,
        ("ftruncate", DATABASE, ENOSPC): ENDS,
        # Ours, by each connection before it writes.
        ("fsync", FOLDER, EIO): ENDS,
        ("fsync", FOLDER, ENOSPC): ENDS,
        ("pwrite64", LOG, EIO): ENDS,
        ("pwrite64", DATABASE, EIO): ENDS,
        # It is full, and nothing was written: it is refused, or stays in the log.
        ("pwrite64", LOG, ENOSPC): GOES_ON,
        ("pwrite64", DATABASE, ENOSPC): GOES_ON,
        # SQLite's own, which it ignores: the folder was flushed before, and nothing was made since.
        ("fdatasync", FOLDER, EIO): GOES_ON,
        ("fdatasync", FOLDER, ENOSPC): GOES_ON,
        # What is published is a copy, and is published again.
        **{
            (call, PUBLISHED, fault): GOES_ON
            for call in ("write", "fsync", "rename", "mkdir")
            for fault in (EIO, ENOSPC)
        },
    }
)
"""How the process must end for each kind of call that fails; all kinds that there are are here."""

_LINE: Final = re.compile(
    r'^(?P<thread>\d+) +(?P<call>\w+)\((?:\d+<(?P<file>[^>]*)>|"(?P<path>[^"]*)")'
)
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["tests.crash.victim"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One system call of one step: the n-th of its name in its thread, and what it is about."""

    step: str
    call: str
    n: int
    about: str

    def must_end(self, fault: str) -> int:
        """Say how a process must end that is harmed here."""
        return -SIGKILL if fault == KILL else OUTCOMES[self.call, self.about, fault]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A service that has issued and published before."""
    find_strace()
    return aftermath.make_place(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def points(template: Place, tmp_path_factory: pytest.TempPathFactory) -> list[Point]:
    """Every system call that the steps make when nobody harms them."""
    found: list[Point] = []
    for step in STEPS:
        place = copy_of(template, tmp_path_factory.mktemp(step) / "copy")
        trace = place.folder / "trace"
        promised = go_through(place, step, "-y", "-o", str(trace))
        assert promised["exit"] == 0
        assert isinstance(promised["issued"], str)
        assert isinstance(promised["published"], int)
        found += points_in(trace.read_text(), step, place)
    return found


def points_in(trace: str, step: str, place: Place) -> list[Point]:
    """Count system calls by thread and name, as strace does for its ``when``."""
    counts = Counter[tuple[str, str]]()
    found: dict[tuple[str, int], Point] = {}
    for line in filter(None, map(_LINE.match, trace.splitlines())):
        call = line["call"]
        counts[line["thread"], call] += 1
        n = counts[line["thread"], call]
        about = subject(Path(line["file"] or line["path"]), place)
        point = Point(step=step, call=call, n=n, about=about)
        # Two threads that write would make it unclear which of them is harmed.
        assert found.setdefault((call, n), point) == point
    return list(found.values())


def subject(path: Path, place: Place) -> str:
    """Say what a file is."""
    if path == place.folder:
        return FOLDER
    if path.is_relative_to(place.published):
        return PUBLISHED
    return {".db": DATABASE, ".db-wal": LOG}.get(path.suffix, str(path))


def test_r02_the_calls_are_those_that_are_decided(points: list[Point]) -> None:
    about = {(point.step, point.call, point.about) for point in points}

    decided = {(call, what) for call, what, _ in OUTCOMES}
    assert {(call, what) for _, call, what in about} == decided
    assert {
        ("issue", "fdatasync", LOG),
        ("move", "fdatasync", DATABASE),
        ("move", "pwrite64", DATABASE),
        ("publish", "fsync", PUBLISHED),
    } <= about


def test_r02_each_system_call_may_fail_or_be_the_last(
    template: Place, points: list[Point], tmp_path: Path
) -> None:
    every = [(point, fault) for point in points for fault in FAULTS]
    chosen = every if EVERYTHING else spread(every, SAMPLE)
    assert {point.step for point, _ in chosen} == set(STEPS)
    assert {point.must_end(fault) for point, fault in chosen} == {-SIGKILL, ENDS, GOES_ON}

    outcomes = Counter[str]()
    for number, (point, fault) in enumerate(chosen):
        place, promised = harmed(template, tmp_path / str(number), point, fault)
        try:
            check(place, promised, point.must_end(fault))
        except BaseException as error:
            error.add_note(f"{point} {fault}: {promised}")
            raise
        outcomes[f"{point.step} {fault}"] += 1
        shutil.rmtree(tmp_path / str(number))
    print(  # noqa: T201 - shown with pytest -rP
        f"{len(chosen)} of {len(every)} faults in {len(points)} system calls: "
        + ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    )


def harmed(
    template: Place, folder: Path, point: Point, fault: str
) -> tuple[Place, Mapping[str, object]]:
    """Have a victim meet a fault: one that it never meets shows nothing."""
    for attempt in range(ATTEMPTS):
        place = copy_of(template, folder / str(attempt))
        trace = place.folder / "trace"
        harm = f"inject={point.call}:{fault}:when={point.n}"
        promised = go_through(place, point.step, "-e", harm, "-o", str(trace))
        if promised["exit"] == -SIGKILL if fault == KILL else "(INJECTED)" in trace.read_text():
            return place, promised
    raise AssertionError(f"{point} {fault}: strace never met it")


def check(place: Place, promised: Mapping[str, object], must_end: int) -> None:
    """Check how it ended and said so, and everything after the next start."""
    assert promised["exit"] == must_end
    assert bool(marks_of(place)) == (must_end == ENDS)
    if must_end == GOES_ON:
        assert set(STEPS.values()) <= set(promised)
    kept = promised.get("issued")
    aftermath.check_after(place, (kept,) if isinstance(kept, str) else ())
    assert marks_of(place) == []


def marks_of(place: Place) -> list[Path]:
    return list(place.folder.rglob("*audit-needed"))


def spread(every: list[tuple[Point, str]], count: int) -> list[tuple[Point, str]]:
    """Choose some of each kind of call, the same ones in every run."""
    kinds: dict[tuple[str, str, str, str], list[tuple[Point, str]]] = {}
    for point, fault in every:
        kinds.setdefault((point.step, point.call, point.about, fault), []).append((point, fault))
    random = Random(count)  # noqa: S311 - a choice of tests
    chosen = [random.choice(group) for group in kinds.values()]
    return chosen if len(chosen) <= count else random.sample(chosen, count)


def go_through(place: Place, harmed: str, *how: str) -> dict[str, object]:
    """Have a victim take all steps, with strace at one of them; give what it promised."""
    board = place.board()
    process = _forking.Process(target=run, args=(place,), daemon=True)
    process.start()

    def has_ended() -> bool:
        return not process.is_alive()

    def happened(what: str) -> bool:
        return what in board.read() or has_ended()

    try:
        for step, done in STEPS.items():
            wait_until(partial(happened, "process"))
            whom = int(str(board.read()["process"]))
            with strace(whom, how) if step == harmed else nullcontext():
                board.say(**{step: True})
                wait_until(has_ended if step == "publish" else partial(happened, done))
            if not process.is_alive():
                break
    finally:
        process.join(PATIENCE_SECONDS)
        process.kill()
    return board.read() | {"exit": process.exitcode}


@contextmanager
def strace(process: int, how: tuple[str, ...]) -> Iterator[None]:
    """Trace all threads of a process until a step is done."""
    tracer = subprocess.Popen(  # noqa: S603 - a tool of the tests
        [find_strace(), "-qq", "-f", "-e", f"trace={CALLS}", *how, "-p", str(process)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: is_traced(process) or tracer.poll() is not None)
        if tracer.poll() is not None and is_alive(process):
            _, said = tracer.communicate()
            lacking(Tool.STRACE, f"*** NO SYSTEM CALL IS MADE TO FAIL: may not attach. {said} ***")
        yield
    finally:
        tracer.terminate()
        try:
            tracer.communicate(timeout=TRACER_SECONDS)
        except subprocess.TimeoutExpired:
            tracer.kill()  # It was told to let go while a thread was ending.
            tracer.communicate()


def is_traced(process: int) -> bool:
    """Say whether every thread of a process is traced, or it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        threads = Path(f"/proc/{process}/task").iterdir()
        return all("TracerPid:\t0" not in (it / "status").read_text() for it in threads)
    return True


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def wait_until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "the victim hangs"
        time.sleep(POLL_SECONDS)
