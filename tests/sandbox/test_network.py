"""A worker reaches nobody: neither by Python nor by native code nor by what it starts."""

import json
import os
import platform
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from credhub.errors import SandboxCrashedError
from credhub.sandbox.network import MACHINES, OWN_NETWORK, Machine, program
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from tests.connections import REACHED_OUT, watched
from tests.sandbox import tasks

NAMES = """
    call echo look_up look_up_natively make_natively own_network reach reach_by_a_child
"""
TASKS = {name: Task(function=f"tests.sandbox.tasks:{name}") for name in NAMES.split()}
PLENTY = 60.0
KILLED = f"exit status {-signal.SIGSYS}"
FILTERED = sys.platform == "linux" and platform.machine() in MACHINES

needs_filter = pytest.mark.skipif(not FILTERED, reason="no filter of system calls here")


@dataclass(frozen=True, slots=True)
class Canary:
    """Somebody who listens, and must not be reached."""

    server: socket.socket

    @property
    def address(self) -> bytes:
        place = self.server.getsockname()
        return json.dumps([self.server.family, self.server.type, place]).encode()

    @property
    def was_reached(self) -> bool:
        """Whether somebody came since it was asked last."""
        try:
            if self.server.type == socket.SOCK_DGRAM:
                return self.server.recv(64) == b"hello"
            came, _ = self.server.accept()
        except BlockingIOError:
            return False
        came.close()
        return True


@contextmanager
def listening(way: str, folder: Path) -> Iterator[Canary]:
    families = {"IPv6": socket.AF_INET6, "UNIX": socket.AF_UNIX}
    kind = socket.SOCK_DGRAM if way == "datagram" else socket.SOCK_STREAM
    host = "::1" if way == "IPv6" else "127.0.0.1"
    with socket.socket(families.get(way, socket.AF_INET), kind) as server:
        try:
            server.bind(str(folder / "s") if way == "UNIX" else (host, 0))
        except OSError:
            pytest.skip(f"{host} is not to be had here")
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.setblocking(False)  # noqa: FBT003  its signature
        yield Canary(server)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TASKS, workers=1) as made:
        yield made


WAYS = pytest.mark.parametrize("way", ["IPv4", "IPv6", "UNIX", "datagram"])


@WAYS
def test_t21_a_task_reaches_nobody(sandbox: Sandbox, tmp_path: Path, way: str) -> None:
    with listening(way, tmp_path) as canary, watched() as seen:
        with pytest.raises(SandboxCrashedError) as caught:
            sandbox.run("reach", canary.address, seconds=PLENTY)

        assert not canary.was_reached
    assert caught.value.reason == KILLED
    assert seen == [REACHED_OUT]
    assert sandbox.run("echo", b"still here", seconds=PLENTY) == b"still here"


@WAYS
def test_whoever_is_no_task_reaches_it(tmp_path: Path, way: str) -> None:
    with listening(way, tmp_path) as canary:
        assert tasks.reach(canary.address) == b"reached"
        assert canary.was_reached
        assert not canary.was_reached


@pytest.mark.parametrize("task", ["look_up", pytest.param("look_up_natively", marks=needs_filter)])
def test_t21_a_task_looks_nobody_up(sandbox: Sandbox, task: str) -> None:
    with watched() as seen, pytest.raises(SandboxCrashedError) as caught:
        sandbox.run(task, b"localhost", seconds=PLENTY)

    assert caught.value.reason == KILLED
    assert seen == [REACHED_OUT]


def test_whoever_is_no_task_looks_it_up() -> None:
    assert int(tasks.look_up(b"localhost")) > 0
    assert tasks.look_up_natively(b"localhost") == b"0"


@needs_filter
@WAYS
def test_t21_what_a_task_starts_reaches_nobody(sandbox: Sandbox, tmp_path: Path, way: str) -> None:
    with listening(way, tmp_path) as canary:
        status = int(sandbox.run("reach_by_a_child", canary.address, seconds=PLENTY))

        assert not canary.was_reached
    # A socket of this machine only is refused, as the C library wants it for names of users.
    assert status == (1 if way == "UNIX" else -signal.SIGSYS)


@WAYS
def test_what_is_not_started_by_a_task_reaches_it(tmp_path: Path, way: str) -> None:
    with listening(way, tmp_path) as canary:
        assert tasks.reach_by_a_child(canary.address) == b"0"
        assert canary.was_reached


@needs_filter
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, 16, 17, 40])
def test_t21_native_code_makes_no_socket(sandbox: Sandbox, family: int) -> None:
    with pytest.raises(SandboxCrashedError) as caught:
        sandbox.run("make_natively", str(int(family)).encode(), seconds=PLENTY)

    assert caught.value.reason == KILLED


@needs_filter
def test_t21_native_code_is_refused_a_socket_of_this_machine(sandbox: Sandbox) -> None:
    family = str(int(socket.AF_UNIX)).encode()

    assert sandbox.run("make_natively", family, seconds=PLENTY) == b"-1"
    descriptor = int(tasks.make_natively(family))
    assert descriptor > 0
    os.close(descriptor)


@needs_filter
def test_t21_no_other_way_leads_to_a_socket(sandbox: Sandbox) -> None:
    x32 = 0x40000000 + 41
    for number in (*MACHINES[platform.machine()].others, x32):
        with pytest.raises(SandboxCrashedError) as caught:
            sandbox.run("call", str(number).encode(), seconds=PLENTY)
        assert caught.value.reason == KILLED
    assert sandbox.run("call", b"999", seconds=PLENTY) == b"-1"


@pytest.mark.skipif(sys.platform != "linux", reason="networks of their own are Linux's")
def test_a_worker_has_a_network_of_its_own_where_that_is_permitted(sandbox: Sandbox) -> None:
    script = "from credhub.sandbox.network import give_up; print(give_up())"
    held = _run(script).stdout

    own = sandbox.run("own_network", b"", seconds=PLENTY)

    assert (own != tasks.own_network(b"")) is (OWN_NETWORK in held)


# Where the kernel does nothing. The refusal is a real one: a filter of the same kind, under which
# neither a network of one's own nor another filter is to be had, as in some containers.

REFUSING = """
import ctypes, struct
kernel = ctypes.CDLL(None)
step = struct.Struct("=HBBI").pack
EPERM, ALLOW = 0x00050001, 0x7FFF0000
steps = b"".join((
    step(0x20, 0, 0, 0),
    step(0x15, 0, 1, {unshare}), step(0x06, 0, 0, EPERM),
    step(0x15, 0, 3, {prctl}),
    step(0x20, 0, 0, 16),
    step(0x15, 0, 1, 22), step(0x06, 0, 0, EPERM),
    step(0x06, 0, 0, ALLOW),
))
memory = ctypes.create_string_buffer(steps, len(steps))
class Program(ctypes.Structure):
    _fields_ = (("steps", ctypes.c_ushort), ("filter", ctypes.c_void_p))
assert kernel.prctl(38, 1, 0, 0, 0) == 0
filters = Program(len(steps) // 8, ctypes.addressof(memory))
assert kernel.prctl(22, 2, ctypes.byref(filters), 0, 0) == 0
"""
RUNNING = """
import sys
from credhub.errors import SandboxCrashedError
from credhub.sandbox.pool import Sandbox
from tests.sandbox.test_network import TASKS
with Sandbox(TASKS, workers=1) as sandbox:
    for _ in range(2):
        sandbox.run("echo", b"", seconds=60)
    sandbox.run("own_network", b"", seconds=60)
    try:
        sandbox.run("reach", sys.argv[1].encode(), seconds=60)
    except SandboxCrashedError as error:
        print(error.reason)
"""
WARNING = "the kernel does not keep a worker from the network\n"


@needs_filter
def test_t21_where_the_kernel_does_nothing_python_code_is_ended_and_it_is_said(
    tmp_path: Path,
) -> None:
    unshare, prctl = (272, 157) if platform.machine() == "x86_64" else (97, 167)
    with listening("IPv4", tmp_path) as canary:
        refused = _run(
            REFUSING.format(unshare=unshare, prctl=prctl) + RUNNING, canary.address.decode()
        )
        usual = _run(RUNNING, canary.address.decode())

        assert not canary.was_reached
    assert refused.stdout == usual.stdout == f"{KILLED}\n"
    assert refused.stderr.count(WARNING) == 1
    assert WARNING not in usual.stderr
    for done in (refused, usual):
        assert "a worker reached for the network and was killed\n" in done.stderr


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(  # noqa: S603  a test
        [sys.executable, "-c", script, *arguments],
        env=environment,
        text=True,
        capture_output=True,
        check=True,
    )


# The filter, read as the kernel reads it, for the machines that the tests do not run on too.

KILL, REFUSE, ALLOW = "kill", "refuse", "allow"
SAID = {0x80000000: KILL, 0x0005000D: REFUSE, 0x7FFF0000: ALLOW}


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_t21_the_filter_stops_what_makes_sockets_and_nothing_else(name: str) -> None:
    machine = MACHINES[name]
    filtered = _reading(machine)
    for number in range(600):
        stopped = KILL if number in machine.others else ALLOW
        for family in (0, 1, 2, 10, 16, 17, 2**32 - 1):
            if number in machine.opening:
                stopped = REFUSE if family == 1 else KILL
            assert filtered(number, machine.audit, family) == stopped
    assert filtered(0x40000000, machine.audit, 1) == KILL
    assert filtered(1, machine.audit ^ 1, 1) == KILL


def test_the_machines_differ() -> None:
    assert len({machine.audit for machine in MACHINES.values()}) == len(MACHINES)


def _reading(machine: Machine) -> Callable[[int, int, int], str]:
    steps = list(struct.iter_unpack("=HBBI", program(machine)))

    def read(number: int, audit: int, argument: int) -> str:
        data = struct.pack("<IIQQ", number, audit, 0, argument)
        held, at = 0, 0
        while True:
            code, then, otherwise, value = steps[at]
            at += 1
            if code == 0x06:
                return SAID[value]
            if code == 0x20:
                held = struct.unpack_from("<I", data, value)[0]
            else:
                true = {0x15: held == value, 0x35: held >= value}[code]
                at += then if true else otherwise

    return read
