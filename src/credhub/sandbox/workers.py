"""The workers of one kind of task, which threads share."""

import queue
import threading
from typing import Final

from credhub.errors import SandboxBusyError, SandboxClosedError
from credhub.sandbox.process import Task, WorkerProcess

MEMORY_BYTES: Final = 512 * 1024**2
MAX_WAITING: Final = 64
WAIT_SECONDS: Final = 5.0


class Workers:
    """At most so many processes, which are started when first needed.

    Args:
        number: How many processes.
        memory_bytes: The address space of each.
        max_waiting: How many callers may wait for one.
        wait_seconds: How long each of them waits.
    """

    def __init__(
        self, *, number: int, memory_bytes: int, max_waiting: int, wait_seconds: float
    ) -> None:
        self._number = number
        self._memory_bytes = memory_bytes
        self._wait_seconds = wait_seconds
        self._callers = threading.BoundedSemaphore(number + max_waiting)
        # One place per worker. Last in, first out: the warm worker is taken again.
        self._places: queue.LifoQueue[WorkerProcess | None] = queue.LifoQueue()
        for _ in range(number):
            self._places.put(None)
        self._closed = threading.Event()

    def run(self, name: str, task: Task, payload: bytes, *, seconds: float) -> bytes:
        """Run one request in one of them; the errors are those of ``Sandbox.run``."""
        if not self._callers.acquire(blocking=False):
            raise SandboxBusyError
        try:
            return self._run(name, task, payload, seconds)
        finally:
            self._callers.release()

    def close(self) -> None:
        """Refuse further requests, let the running ones end, and end the processes."""
        self._closed.set()
        for _ in range(self._number):
            worker = self._places.get()
            if worker is not None:
                worker.kill()
        for _ in range(self._number):
            self._places.put(None)

    def _run(self, name: str, task: Task, payload: bytes, seconds: float) -> bytes:
        try:
            worker = self._places.get(timeout=self._wait_seconds)
        except queue.Empty:
            raise SandboxBusyError from None
        try:
            worker = self._living(worker)
            return worker.run(name, task, payload, seconds=seconds)
        finally:
            self._places.put(worker)

    def _living(self, worker: WorkerProcess | None) -> WorkerProcess:
        if self._closed.is_set():
            raise SandboxClosedError
        if worker is not None and worker.alive:
            return worker
        if worker is not None:
            worker.kill()
        return WorkerProcess(memory_bytes=self._memory_bytes)
