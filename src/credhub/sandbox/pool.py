"""The workers that threads share: those of one kind of task are no use to another kind."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

from credhub.sandbox.process import Task
from credhub.sandbox.workers import MAX_WAITING, MEMORY_BYTES, WAIT_SECONDS, Workers


class Sandbox:
    """Runs tasks in worker processes, so many for each kind of task.

    Args:
        tasks: What each name runs.
        workers: How many processes for each kind.
        memory_bytes: The address space of each.
        max_waiting: How many callers may wait for a worker of each kind.
        wait_seconds: How long each of them waits.
        while_waiting: What a caller is in while it does nothing but wait.
    """

    def __init__(  # noqa: PLR0913 - each has its default
        self,
        tasks: Mapping[str, Task],
        *,
        workers: int,
        memory_bytes: int = MEMORY_BYTES,
        max_waiting: int = MAX_WAITING,
        wait_seconds: float = WAIT_SECONDS,
        while_waiting: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._tasks = dict(tasks)
        self._while_waiting = while_waiting
        self._workers = {
            kind: Workers(
                number=workers,
                memory_bytes=memory_bytes,
                max_waiting=max_waiting,
                wait_seconds=wait_seconds,
            )
            for kind in sorted({task.kind for task in tasks.values()})
        }

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
        wanted = self._tasks[task]
        with self._while_waiting():
            return self._workers[wanted.kind].run(task, wanted, payload, seconds=seconds)

    def close(self) -> None:
        """Refuse further requests, let the running ones end, and end the workers."""
        for workers in self._workers.values():
            workers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
