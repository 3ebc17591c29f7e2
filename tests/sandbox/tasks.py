"""What the workers of the tests run."""

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from credhub.errors import TooComplexError
from credhub.sandbox.frames import frame


def echo(payload: bytes) -> bytes:
    return payload


def process_id(_: bytes) -> bytes:
    return str(os.getpid()).encode()


def count_processors(_: bytes) -> bytes:
    return str(len(os.sched_getaffinity(0))).encode()


def sleep_for_ever(_: bytes) -> bytes:
    time.sleep(3600)
    return b""


def spin_for_ever(_: bytes) -> bytes:
    while True:
        pass


def eat_memory(_: bytes) -> bytes:
    return bytes(8 * 1024**3)[:1]


def exit_at_once(_: bytes) -> bytes:
    os._exit(3)


def crash(_: bytes) -> bytes:
    ctypes.string_at(1)
    return b""


def refuse(payload: bytes) -> bytes:
    raise TooComplexError(payload.decode())


def have_a_bug(payload: bytes) -> bytes:
    raise ValueError(payload.decode())


def write_garbage(_: bytes) -> bytes:
    for descriptor in range(3, 12):
        with suppress(OSError):
            os.write(descriptor, b"\xff" * 64)
    return b""


def forge_an_answer(_: bytes) -> bytes:
    for descriptor in range(3, 12):
        with suppress(OSError):
            os.write(descriptor, frame(b'{"outcome":"splendid"}') + frame(b""))
    return b""


def use_up_its_time(_: bytes) -> bytes:
    os.kill(os.getpid(), signal.SIGXCPU)
    return b""


def close_the_pipes(_: bytes) -> bytes:
    os.closerange(3, 12)
    time.sleep(3600)
    return b""


def print_something(_: bytes) -> bytes:
    sys.stdout.write("noise")
    sys.stdout.flush()
    os.write(1, b"noise")
    os.write(2, b"noise")
    return b"quiet"


def environment(_: bytes) -> bytes:
    return "\n".join(sorted(os.environ)).encode()


def open_descriptors(_: bytes) -> bytes:
    names = []
    for descriptor in range(64):
        with suppress(FileNotFoundError):
            names.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    return "\n".join(names).encode()


def write_file(payload: bytes) -> bytes:
    try:
        Path(payload.decode()).write_bytes(b"x")
    except OSError as error:
        return str(error.errno).encode()
    return b"written"


def core_limit(_: bytes) -> bytes:
    return str(resource.getrlimit(resource.RLIMIT_CORE)).encode()


def leave_a_child(_: bytes) -> bytes:
    command = [sys.executable, "-c", "import time; time.sleep(3600)"]
    child = subprocess.Popen(command)  # noqa: S603  a test
    return str(child.pid).encode()


def prefixed(initial: bytes) -> Callable[[bytes], bytes]:
    def function(payload: bytes) -> bytes:
        return initial + payload + str(id(initial)).encode()

    return function


def gated(initial: bytes) -> Callable[[bytes], bytes]:
    """Give a task that ends when there is a file of this name."""
    gate = Path(initial.decode())

    def function(payload: bytes) -> bytes:
        while not gate.exists():
            time.sleep(0.01)
        return payload

    return function


def niceness(_: bytes) -> bytes:
    return str(os.nice(0)).encode()


def reach(payload: bytes) -> bytes:
    """Connect and say hello: to a family, a kind and an address."""
    family, kind, address = json.loads(payload)
    with socket.socket(family, kind) as made:
        made.connect(tuple(address) if isinstance(address, list) else address)
        made.sendall(b"hello")
    return b"reached"


def look_up(payload: bytes) -> bytes:
    return str(len(socket.getaddrinfo(payload.decode(), 443))).encode()


def look_up_natively(payload: bytes) -> bytes:
    """Look up without Python."""
    found = ctypes.c_void_p()
    outcome = ctypes.CDLL(None).getaddrinfo(payload, b"443", None, ctypes.byref(found))
    return str(outcome).encode()


def make_natively(payload: bytes) -> bytes:
    """Make a socket of a family without Python."""
    return str(ctypes.CDLL(None).socket(int(payload), socket.SOCK_STREAM, 0)).encode()


def call(payload: bytes) -> bytes:
    """Call the kernel by a number, with arguments that it refuses where it answers at all."""
    return str(ctypes.CDLL(None).syscall(int(payload), -1, -1, -1, -1, -1, -1)).encode()


def reach_by_a_child(payload: bytes) -> bytes:
    """Start another program that connects, and give its exit status."""
    script = f"from tests.sandbox.tasks import reach; reach({payload!r})"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, check=False)  # noqa: S603  a test
    return str(done.returncode).encode()


def own_network(_: bytes) -> bytes:
    return str(Path("/proc/self/ns/net").readlink()).encode()
