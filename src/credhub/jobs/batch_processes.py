"""Starts worker processes when there are batches to issue, and ends them with the service.

The service itself issues no rows: one interpreter would keep everybody else waiting.
"""

import subprocess
from collections.abc import Sequence
from typing import Final

import structlog

from credhub.jobs.rounds import Rounds
from credhub.services.resources import Resources

SECONDS_BETWEEN_LOOKS: Final = 5.0
GRACE_SECONDS: Final = 10.0
"""Longer than a part of a batch takes; a worker that is killed after it costs nothing."""

_log = structlog.get_logger("credhub.jobs")


class BatchProcesses:
    """One thread that looks whether workers are needed, at once when it is nudged.

    Args:
        resources: What services work with.
        command: What starts a worker. It ends by itself when it has nothing to do for a while, and
            when its standard input ends: so it ends with this process, however this one ends.
        number: How many.
    """

    def __init__(self, resources: Resources, command: Sequence[str], *, number: int) -> None:
        self._resources = resources
        self._command = tuple(command)
        self._number = number
        self._running: list[subprocess.Popen[bytes]] = []
        self._rounds = Rounds("batch-processes", self.look, pause=lambda: SECONDS_BETWEEN_LOOKS)

    @property
    def pids(self) -> tuple[int, ...]:
        """The workers that were there when it was last looked."""
        return tuple(process.pid for process in self._running)

    @property
    def running(self) -> int:
        """How many of these have not ended."""
        return sum(process.poll() is None for process in self._running)

    def start(self) -> None:
        """Begin, if there are to be any; the first look is at once, for what is left to do."""
        if self._number > 0:
            self._rounds.start()

    def nudge(self) -> None:
        """Say that there is something to do."""
        self._rounds.nudge()

    def close(self) -> None:
        """End the workers after the part that each has begun. Harmless before the start."""
        self._rounds.close()
        for process in self._running:
            process.terminate()
        for process in self._running:
            _end(process)

    def look(self) -> None:
        """Start as many workers as are needed and not there; nothing of it raises."""
        for process in self._running:
            if process.poll() is not None:
                _end(process)
        self._running = [process for process in self._running if process.poll() is None]
        try:
            with self._resources.store.read() as tx:
                is_needed = bool(tx.batch_queue.hubs())
            while is_needed and len(self._running) < self._number:
                self._running.append(self._started())
        except Exception as error:  # noqa: BLE001 - the outermost handler of this thread
            _log.warning("no worker started", error=type(error).__name__)

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603 - our own command


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a worker, for a while, and close our end of its input."""
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
