"""R02: every write, flush and rename of one issuance and of one publication fails or is the last.

``strace`` makes a system call fail, or kills the process when it makes it. After each, a start
repairs what there is to repair: nothing acknowledged is lost, and there is one history.
"""

import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Final

import pytest

from credhub.egress.reading import open_reader
from credhub.ledger.checkpoint import Checkpoint
from credhub.runtime import open_runtime
from credhub.services import auditing, auditing_files, hubs, ledgers, reading, receipts
from credhub.services.resources import Resources
from credhub.store.migrating import upgrade
from tests.crash.victim import POLL_SECONDS, SLUG, Place, issue_one, publish, run
from tests.required import Tool, find_strace, lacking
from tests.running import make_member
from tests.services.ordering import publish as publish_achievement

pytestmark = pytest.mark.slow

CALLS: Final = (
    "write,pwrite64,pwritev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,"
    "link,linkat,unlink,unlinkat,mkdir,mkdirat"
)
FAULTS: Final = ("signal=KILL", "error=EIO", "error=ENOSPC")
SAMPLE: Final = 24
"""How many points CI tries; CREDHUB_SYSTEM_CALLS=all tries each with each fault."""

STEPS: Final = ("issue", "publish")
PATIENCE_SECONDS: Final = 60
TRACER_SECONDS: Final = 3
EVERYTHING: Final = os.environ.get("CREDHUB_SYSTEM_CALLS") == "all"

_LINE: Final = re.compile(r"^(?:(\d+) +)?(\w+)\(")
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["tests.crash.victim"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One system call of one step: the n-th of its name in its thread."""

    step: str
    call: str
    n: int


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A service that has issued and published before."""
    find_strace()
    folder = tmp_path_factory.mktemp("template")
    (folder / "data").mkdir(mode=0o700)
    settings = Place(folder=folder, achievement="").settings()
    upgrade(settings.database)
    with open_runtime(settings) as runtime:
        hub = make_member(runtime, SLUG).hub
        achievement = publish_achievement(runtime.resources, hub.number).achievement_id
        place = Place(folder=folder, achievement=achievement)
        issue_one(runtime.resources, place)
        publish(runtime.resources, place)
    return place


@pytest.fixture(scope="module")
def points(template: Place, tmp_path_factory: pytest.TempPathFactory) -> list[Point]:
    """Every system call that the two steps make when nobody harms them."""
    found: list[Point] = []
    for step in STEPS:
        place = copy_of(template, tmp_path_factory.mktemp(step) / "copy")
        trace = place.folder / "trace"
        promised = go_through(place, step, "-o", str(trace))
        assert isinstance(promised["issued"], str)
        assert isinstance(promised["published"], int)
        most = Counter[str]()
        for (_, call), count in calls_in(trace.read_text()).items():
            most[call] = max(most[call], count)
        found += [
            Point(step=step, call=call, n=n)
            for call, count in sorted(most.items())
            for n in range(1, count + 1)
        ]
    return found


def calls_in(trace: str) -> Counter[tuple[str, str]]:
    """Count system calls by thread and name, as strace does for its ``when``."""
    found = (_LINE.match(line) for line in trace.splitlines())
    return Counter((match[1] or "", match[2]) for match in found if match)


def test_r02_each_system_call_may_fail_or_be_the_last(
    template: Place, points: list[Point], tmp_path: Path
) -> None:
    every = [(point, fault) for point in points for fault in FAULTS]
    chosen = every if EVERYTHING else spread(every, SAMPLE)
    assert {point.step for point, _ in chosen} == set(STEPS)
    assert {fault for _, fault in chosen} == set(FAULTS)

    outcomes = Counter[str]()
    for number, (point, fault) in enumerate(chosen):
        place = copy_of(template, tmp_path / str(number))
        harm = f"inject={point.call}:{fault}:when={point.n}"
        promised = go_through(place, point.step, "-e", harm, "-o", os.devnull)
        try:
            check_after(place, promised)
        except BaseException as error:
            error.add_note(f"{point} {fault}: {promised}")
            raise
        outcomes[f"{point.step} {fault}"] += 1
        outcomes["killed"] += promised["exit"] == -SIGKILL
        shutil.rmtree(place.folder)
    print(  # noqa: T201 - shown with pytest -rP
        f"{len(chosen)} of {len(every)} faults in {len(points)} system calls: "
        + ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()))
    )
    assert outcomes["killed"]


def spread(every: list[tuple[Point, str]], count: int) -> list[tuple[Point, str]]:
    """Choose some of each kind of call, the same ones in every run."""
    kinds: dict[tuple[str, str, str], list[tuple[Point, str]]] = {}
    for point, fault in every:
        kinds.setdefault((point.step, point.call, fault), []).append((point, fault))
    random = Random(count)  # noqa: S311 - a choice of tests
    chosen = [random.choice(group) for group in kinds.values()]
    return chosen if len(chosen) <= count else random.sample(chosen, count)


def copy_of(template: Place, folder: Path) -> Place:
    shutil.copytree(template.folder, folder)
    return Place(folder=folder, achievement=template.achievement)


def go_through(place: Place, harmed: str, *how: str) -> dict[str, object]:
    """Have a victim take both steps, with strace at one of them; give what it promised."""
    board = place.board()
    process = _forking.Process(target=run, args=(place,), daemon=True)
    process.start()

    def has_ended() -> bool:
        return not process.is_alive()

    def happened(what: str) -> bool:
        return what in board.read() or has_ended()

    try:
        for step, done in zip(STEPS, ("issued", "published"), strict=True):
            wait_until(partial(happened, "process"))
            whom = board.read()["sequencer" if step == "issue" else "process"]
            with strace(int(str(whom)), step, how) if step == harmed else nullcontext():
                board.say(**{step: True})
                wait_until(partial(happened, done) if step == "issue" else has_ended)
            if not process.is_alive():
                break
    finally:
        process.join(PATIENCE_SECONDS)
        process.kill()
    return board.read() | {"exit": process.exitcode}


@contextmanager
def strace(thread: int, step: str, how: tuple[str, ...]) -> Iterator[None]:
    """Trace one thread, or when publishing all threads, until the step is done."""
    follow = ("-f",) if step == "publish" else ()
    tracer = subprocess.Popen(  # noqa: S603 - a tool of the tests
        ["strace", "-qq", *follow, "-e", f"trace={CALLS}", *how, "-p", str(thread)],  # noqa: S607 - wherever it is installed
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_until(lambda: is_traced(thread) or tracer.poll() is not None)
        if tracer.poll() is not None and is_alive(thread):
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


def is_traced(thread: int) -> bool:
    with suppress(FileNotFoundError):
        return "TracerPid:\t0" not in Path(f"/proc/{thread}/status").read_text()
    return True


def is_alive(thread: int) -> bool:
    return Path(f"/proc/{thread}").exists()


def wait_until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end, "the victim hangs"
        time.sleep(POLL_SECONDS)


def check_after(place: Place, promised: dict[str, object]) -> None:
    """Start again and compare everything with everything."""
    before = publish_size(place)
    with open_runtime(place.settings()) as runtime:
        resources = runtime.resources
        assert runtime.resources.sequencer.refused == ()
        check_history(resources, place)
        kept = promised.get("issued")
        if isinstance(kept, str):
            number = hubs.find(resources, SLUG).number
            opened = reading.by_id(resources, number, kept)
            assert receipts.of(resources, opened).index == opened.form.seq
        # And it goes on.
        assert issue_one(resources, place)
        assert publish(resources, place) > before
        check_history(resources, place)


def check_history(resources: Resources, place: Place) -> None:
    """Audit the rows; what is in the second store and published is how they begin."""
    for _, log in ledgers.logs(resources.store):
        auditing.audit(resources.store, resources.keyring, log, advance=lambda _: None)
        elsewhere = resources.second_store.read(f"log/{log.vkey}")
        assert elsewhere is not None
        with resources.store.read() as tx:
            size = tx.ledger.head(log.hub, log.log).size
            signed = tx.ledger.latest_checkpoint(log.hub, log.log)
        # A start signs what a crash left, so all three are at the same place.
        assert signed is not None
        assert (
            Checkpoint.parse(elsewhere).text()
            == Checkpoint(origin=log.origin, size=size, root=signed.root).text()
        )
        assert signed.size == size
        read = open_reader(str(place.published / "ledger" / SLUG / log.log))
        published = auditing_files.audit_published(
            read, auditing_files.believing_key(log.vkey), lambda _: None
        )
        auditing_files.compare(resources.store, published)


def publish_size(place: Place) -> int:
    note = next((place.published / "ledger" / SLUG).glob("*/checkpoint")).read_text()
    return int(note.splitlines()[1])
