"""One worker process, seen from its parent."""

import logging
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credhub.errors import (
    MalformedJsonError,
    SandboxCrashedError,
    SandboxTaskError,
    SandboxTimeoutError,
)
from credhub.sandbox.channel import Channel
from credhub.sandbox.frames import Message
from credhub.sandbox.network import DEADLY

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject

START_SECONDS: Final = 30.0
KILLED_FOR_TIME: Final = (-signal.SIGALRM, -signal.SIGXCPU)

_log: Final = logging.getLogger("credhub.sandbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker runs for one name.

    Attributes:
        function: ``module:function``, from bytes to bytes. If ``initial`` is given, a function
            that makes it: each worker calls it once, with these bytes, before the first request.
        initial: What the function needs before any request, such as JSON-LD contexts.
        kind: Tasks of one kind share workers, and wait for no task of another kind.
        last: Whether its workers leave the processors to all other workers.
    """

    function: str
    initial: bytes | None = None
    kind: str = ""
    last: bool = False


class WorkerProcess:
    """A child process that runs tasks until it is killed. For one thread at a time."""

    def __init__(self, *, memory_bytes: int) -> None:
        # A session of its own, so that whatever a task starts is killed with it. The parent's
        # death is noticed by the closed pipe, or by the countdown of limits.py. (PR_SET_PDEATHSIG
        # would fire when the thread that started the worker ends, which pools do all the time.)
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-s", "-P", "-B", "-m", "credhub.sandbox.worker", str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env=_environment(),
            start_new_session=True,
        )
        assert self._process.stdin is not None  # noqa: S101  both are pipes, as asked above
        assert self._process.stdout is not None  # noqa: S101  the same
        self._channel = Channel(
            write_fd=self._process.stdin.fileno(), read_fd=self._process.stdout.fileno()
        )
        self._prepared: set[str] = set()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        if self._process.returncode is not None:
            return False
        # Without reaping it: until then nobody else can get its process id.
        options = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, options) is None

    def run(self, name: str, task: Task, payload: bytes, *, seconds: float) -> bytes:
        """Run one request; when it ends in any other way than an answer, kill the worker.

        Raises:
            SandboxTimeoutError: It took longer than ``seconds``.
            SandboxCrashedError: The process ended or answered nonsense.
            SandboxTaskError: The task refused the payload; the worker lives on.
        """
        if name not in self._prepared:
            self._prepare(name, task)
        header: JsonObject = {"verb": "run", "task": name, "seconds": str(seconds)}
        return self._ask(name, Message(header=header, body=payload), seconds)

    def kill(self) -> None:
        """End the process and everything it started, and leave no zombie."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _prepare(self, name: str, task: Task) -> None:
        header: JsonObject = {
            "verb": "prepare",
            "task": name,
            "function": task.function,
            "makes": task.initial is not None,
            "last": task.last,
        }
        held = self._ask(name, Message(header=header, body=task.initial or b""), START_SECONDS)
        if not held and not self._prepared:
            _log.warning("the kernel does not keep a worker from the network")
        self._prepared.add(name)

    def _ask(self, name: str, message: Message, seconds: float) -> bytes:
        try:
            answer = self._channel.exchange(message, deadline=time.monotonic() + seconds)
        except TimeoutError:
            self.kill()
            raise SandboxTimeoutError(name, seconds) from None
        except (ConnectionError, MalformedJsonError) as error:
            self.kill()
            if self._process.returncode in KILLED_FOR_TIME:
                raise SandboxTimeoutError(name, seconds) from error
            if self._process.returncode == -DEADLY:
                _log.error("a worker reached for the network and was killed")
            raise SandboxCrashedError(name, f"exit status {self._process.returncode}") from error
        except BaseException:  # such as Ctrl-C: the answer to come is for nobody
            self.kill()
            raise
        return self._content(name, answer)

    def _content(self, name: str, answer: Message) -> bytes:
        match answer.header:
            case {"outcome": "done"}:
                return answer.body
            case {"outcome": "refused", "code": str(code), "message": str(message)}:
                raise SandboxTaskError(code, message)
            case {"outcome": "failed", "reason": str(reason)}:
                self.kill()
                raise SandboxCrashedError(name, reason)
            case _:
                self.kill()
                raise SandboxCrashedError(name, "an answer that is none")


def _environment() -> dict[str, str]:
    """Make the whole environment of a worker: nothing of the parent's, and no secret."""
    return {
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry),
        # Small address spaces: few heaps, and no pool of threads in native code.
        "MALLOC_ARENA_MAX": "2",
        "RAYON_NUM_THREADS": "1",
    }
