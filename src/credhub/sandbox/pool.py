"""The pool of workers that threads share."""

import queue
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from credhub.errors import SandboxBusyError, SandboxClosedError
from credhub.sandbox.process import Task, WorkerProcess

MEMORY_BYTES: Final = 512 * 1024**2
MAX_WAITING: Final = 64
WAIT_SECONDS: Final = 5.0


class Sandbox:
    """Runs tasks in at most so many processes, which are started when first needed.

    Args:
        tasks: What each name runs.
        workers: How many processes.
        memory_bytes: The address space of each.
        max_waiting: How many callers may wait for a worker.
        wait_seconds: How long each of them waits.
    """

    def __init__(
        self,
        tasks: Mapping[str, Task],
        *,
        workers: int,
        memory_bytes: int = MEMORY_BYTES,
        max_waiting: int = MAX_WAITING,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._tasks = dict(tasks)
        self._workers = workers
        self._memory_bytes = memory_bytes
        self._wait_seconds = wait_seconds
        self._callers = threading.BoundedSemaphore(workers + max_waiting)
        # One place per worker. Last in, first out: the warm worker is taken again.
        self._places: queue.LifoQueue[WorkerProcess | None] = queue.LifoQueue()
        for _ in range(workers):
            self._places.put(None)
        self._closed = threading.Event()

    def run(self, task: str, payload: bytes, *, seconds: float) -> bytes:
        """Run one request in a worker.

        Args:
            task: The name of the task.
            payload: What its function gets.
            seconds: How long it may take, once it has a worker that is ready.

        Raises:
            SandboxBusyError: No worker became free in time.
            SandboxTimeoutError: It took longer than ``seconds``.
            SandboxCrashedError: Its worker ended in the middle.
            SandboxTaskError: The function raised an error of our own tree.
        """
        if not self._callers.acquire(blocking=False):
            raise SandboxBusyError
        try:
            return self._run(task, payload, seconds)
        finally:
            self._callers.release()

    def close(self) -> None:
        """Refuse further requests, let the running ones end, and end the workers."""
        self._closed.set()
        for _ in range(self._workers):
            worker = self._places.get()
            if worker is not None:
                worker.kill()
        for _ in range(self._workers):
            self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self, task: str, payload: bytes, seconds: float) -> bytes:
        try:
            worker = self._places.get(timeout=self._wait_seconds)
        except queue.Empty:
            raise SandboxBusyError from None
        try:
            worker = self._living(worker)
            return worker.run(task, self._tasks[task], payload, seconds=seconds)
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
