import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Semaphore

import pytest

from credhub.errors import (
    SandboxBusyError,
    SandboxClosedError,
    SandboxCrashedError,
    SandboxTaskError,
    SandboxTimeoutError,
)
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task

NAMES = """
    close_the_pipes core_limit crash eat_memory echo environment exit_at_once have_a_bug
    leave_a_child niceness open_descriptors print_something process_id refuse sleep_for_ever
    spin_for_ever use_up_its_time write_file write_garbage forge_an_answer
"""
TASKS = {name: Task(function=f"tests.sandbox.tasks:{name}") for name in NAMES.split()}
TASKS["prefixed"] = Task(function="tests.sandbox.tasks:prefixed", initial=b"made with ")
TASKS["other"] = Task(function="tests.sandbox.tasks:echo", kind="other")
TASKS["niceness of the last"] = Task(
    function="tests.sandbox.tasks:niceness", kind="last", last=True
)
TASKS["missing"] = Task(function="tests.sandbox.tasks:no_such_function")
PLENTY = 60.0
LITTLE = 0.2


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TASKS, workers=1) as made:
        yield made


def test_a_task_gets_its_payload_and_gives_its_answer(sandbox: Sandbox) -> None:
    for payload in (b"", b"a", bytes(range(256)), b"x" * 10_000_000):
        assert sandbox.run("echo", payload, seconds=PLENTY) == payload


def test_one_worker_serves_many_requests(sandbox: Sandbox) -> None:
    ids = {sandbox.run("process_id", b"", seconds=PLENTY) for _ in range(20)}

    assert len(ids) == 1
    assert ids != {str(os.getpid()).encode()}


def test_what_a_function_needs_is_made_once_in_each_worker(sandbox: Sandbox) -> None:
    answers = {sandbox.run("prefixed", b"care", seconds=PLENTY) for _ in range(3)}

    assert len(answers) == 1
    assert answers.pop().startswith(b"made with care")


@pytest.mark.parametrize(
    "task", ["sleep_for_ever", "spin_for_ever", "close_the_pipes", "use_up_its_time"]
)
def test_t31_t43_a_request_without_end_is_killed_and_the_next_one_works(
    sandbox: Sandbox, task: str
) -> None:
    worker = _worker(sandbox)

    with pytest.raises((SandboxTimeoutError, SandboxCrashedError)):
        sandbox.run(task, b"", seconds=LITTLE)

    assert not _exists(worker)
    assert sandbox.run("echo", b"still here", seconds=PLENTY) == b"still here"


@pytest.mark.parametrize(
    "task", ["eat_memory", "exit_at_once", "crash", "write_garbage", "forge_an_answer"]
)
def test_t44_a_request_that_kills_its_worker_hurts_no_other(sandbox: Sandbox, task: str) -> None:
    worker = _worker(sandbox)

    with pytest.raises(SandboxCrashedError) as caught:
        sandbox.run(task, b"", seconds=PLENTY)

    assert caught.value.task == task
    assert not _exists(worker)
    assert sandbox.run("echo", b"still here", seconds=PLENTY) == b"still here"


def test_a_worker_that_died_while_idle_is_replaced(sandbox: Sandbox) -> None:
    worker = _worker(sandbox)
    os.kill(worker, signal.SIGKILL)
    _wait_until_gone(worker)

    assert _worker(sandbox) != worker


def test_an_error_of_our_tree_comes_out_as_code_and_message(sandbox: Sandbox) -> None:
    worker = _worker(sandbox)

    with pytest.raises(SandboxTaskError, match="far too much") as caught:
        sandbox.run("refuse", b"far too much", seconds=PLENTY)

    assert caught.value.task_code == "too-complex"
    assert _worker(sandbox) == worker


def test_an_unexpected_error_ends_the_worker_and_does_not_quote_its_message(
    sandbox: Sandbox,
) -> None:
    with pytest.raises(SandboxCrashedError) as caught:
        sandbox.run("have_a_bug", b"Ada Lovelace", seconds=PLENTY)

    assert "ValueError in answer_to" in caught.value.reason
    assert "Ada" not in caught.value.reason + str(caught.value)


def test_a_task_that_does_not_exist_is_reported_every_time(sandbox: Sandbox) -> None:
    for _ in range(2):
        with pytest.raises(SandboxCrashedError) as caught:
            sandbox.run("missing", b"", seconds=PLENTY)
        assert "AttributeError" in caught.value.reason


def test_what_a_task_prints_is_no_answer(sandbox: Sandbox) -> None:
    assert sandbox.run("print_something", b"", seconds=PLENTY) == b"quiet"


def test_a_worker_inherits_no_environment(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setenv("CREDHUB_MASTER_KEY", "do not tell anybody")

    names = sandbox.run("environment", b"", seconds=PLENTY).decode().split()

    assert set(names) <= {"LANG", "PYTHONPATH", "MALLOC_ARENA_MAX", "RAYON_NUM_THREADS", "LC_CTYPE"}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_worker_inherits_no_open_file(tmp_path: Path, sandbox: Sandbox) -> None:
    secret = tmp_path / "secret"
    descriptor = os.open(secret, os.O_RDWR | os.O_CREAT)
    os.set_inheritable(descriptor, True)  # noqa: FBT003  its signature

    opened = sandbox.run("open_descriptors", b"", seconds=PLENTY).decode().splitlines()
    os.close(descriptor)

    assert str(secret) not in opened
    assert sum(name.startswith("pipe:") for name in opened) == 2


def test_a_worker_writes_no_file_and_leaves_no_core(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "written"

    assert sandbox.run("write_file", str(path).encode(), seconds=PLENTY) != b"written"
    assert sandbox.run("core_limit", b"", seconds=PLENTY) == b"(0, 0)"
    assert not path.exists() or path.read_bytes() == b""


def test_what_a_task_started_is_killed_with_its_worker(sandbox: Sandbox) -> None:
    child = int(sandbox.run("leave_a_child", b"", seconds=PLENTY))

    with pytest.raises(SandboxTimeoutError):
        sandbox.run("sleep_for_ever", b"", seconds=LITTLE)

    _wait_until_gone(child)


def test_many_threads_share_few_workers_and_get_their_own_answers() -> None:
    def run(number: int) -> tuple[bytes, bytes]:
        if number % 25 == 0:
            with pytest.raises(SandboxCrashedError):
                shared.run("exit_at_once", b"", seconds=PLENTY)
        payload = str(number).encode()
        worker = shared.run("process_id", b"", seconds=PLENTY)
        assert shared.run("echo", payload, seconds=PLENTY) == payload
        return payload, worker

    with Sandbox(TASKS, workers=2, wait_seconds=PLENTY) as shared, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(run, range(100)))

    assert len({payload for payload, _ in answers}) == 100
    assert not any(_exists(int(worker)) for _, worker in answers)


@pytest.mark.parametrize("bounds", [{"max_waiting": 0}, {"wait_seconds": 0.01}])
def test_a_caller_beyond_the_bounds_is_turned_away(bounds: dict[str, int]) -> None:
    sandboxed = Sandbox(TASKS, workers=1, **bounds)  # type: ignore[arg-type]  # numbers only
    with sandboxed as sandbox, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(_sleep_in, sandbox)

        with pytest.raises(SandboxBusyError):
            _echo_until(sandbox, slow.done)

        assert isinstance(slow.exception(), SandboxTimeoutError)
        assert sandbox.run("echo", b"free again", seconds=PLENTY) == b"free again"


def test_t26_a_kind_of_task_waits_for_no_other_kind(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gated = Task(function="tests.sandbox.tasks:gated", initial=bytes(gate))
    entered = Semaphore(0)

    @contextmanager
    def counted() -> Iterator[None]:
        entered.release()
        yield

    with (
        Sandbox(
            TASKS | {"gated": gated}, workers=1, wait_seconds=PLENTY, while_waiting=counted
        ) as sandbox,
        ThreadPoolExecutor(8) as pool,
    ):
        slow = [pool.submit(sandbox.run, "gated", b"x", seconds=PLENTY) for _ in range(8)]
        for _ in slow:
            entered.acquire()

        assert sandbox.run("other", b"at once", seconds=PLENTY) == b"at once"
        assert not any(one.done() for one in slow)
        gate.touch()
        assert {one.result() for one in slow} == {b"x"}


def test_a_worker_lets_the_service_go_first(sandbox: Sandbox) -> None:
    assert int(sandbox.run("niceness", b"", seconds=PLENTY)) > os.nice(0)


def test_some_workers_let_all_others_go_first(sandbox: Sandbox) -> None:
    ordinary = int(sandbox.run("niceness", b"", seconds=PLENTY))

    assert int(sandbox.run("niceness of the last", b"", seconds=PLENTY)) > ordinary


def test_a_closed_sandbox_leaves_no_process_and_refuses() -> None:
    sandbox = Sandbox(TASKS, workers=2)
    worker = _worker(sandbox)

    sandbox.close()
    sandbox.close()

    assert not _exists(worker)
    with pytest.raises(SandboxClosedError):
        sandbox.run("echo", b"", seconds=PLENTY)


@pytest.mark.parametrize("task", ["echo", "sleep_for_ever", "spin_for_ever"])
def test_a_worker_ends_when_its_parent_is_killed(task: str) -> None:
    script = (
        "from credhub.sandbox.pool import Sandbox\n"
        "from tests.sandbox.test_sandbox import TASKS\n"
        "sandbox = Sandbox(TASKS, workers=1)\n"
        "print(sandbox.run('process_id', b'', seconds=60).decode(), flush=True)\n"
        f"sandbox.run({task!r}, b'', seconds=1.0)\n"
        "input()\n"
    )
    command = [sys.executable, "-c", script]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(  # noqa: S603  a test
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()

    _wait_until_gone(worker)


def test_an_interrupted_caller_does_not_leave_its_answer_to_the_next(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    worker = _worker(sandbox)
    with monkeypatch.context() as patched:
        patched.setattr("credhub.sandbox.channel._wait_for", _interrupt_when_reading())
        with pytest.raises(KeyboardInterrupt):
            sandbox.run("echo", b"for nobody", seconds=PLENTY)

    assert sandbox.run("echo", b"mine", seconds=PLENTY) == b"mine"
    assert _worker(sandbox) != worker


def _interrupt_when_reading() -> object:
    calls = iter(range(2))

    def wait_for(*_: object) -> None:
        if next(calls) == 1:
            raise KeyboardInterrupt

    return wait_for


def _echo_until(sandbox: Sandbox, done: Callable[[], bool]) -> None:
    while not done():
        sandbox.run("echo", b"", seconds=PLENTY)


def _sleep_in(sandbox: Sandbox) -> None:
    while True:
        with suppress(SandboxBusyError):
            sandbox.run("sleep_for_ever", b"", seconds=1.0)


def _worker(sandbox: Sandbox) -> int:
    return int(sandbox.run("process_id", b"", seconds=PLENTY))


def _exists(process: int) -> bool:
    """Whether a process runs or is a zombie."""
    return Path(f"/proc/{process}").exists()


def _runs(process: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for yet has."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _wait_until_gone(process: int) -> None:
    while _runs(process):
        time.sleep(0.01)
