"""What processes take: processor time, and the most memory that each of them had."""

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SECONDS_BETWEEN_LOOKS: Final = 0.05
_MEBIBYTE: Final = 1024  # of the kilobytes in which the system counts


@dataclass(slots=True, kw_only=True)
class Watched:
    """Processes of one kind, while they run and after.

    Attributes:
        peak: The most memory that one of them had, in MiB.
        cpu: Processor seconds of all that have ended.
    """

    pids: list[int] = field(default_factory=list)
    peak: float = 0.0
    cpu: float = 0.0

    def look(self) -> None:
        """See how much memory each had at most, as long as it is there."""
        for pid in self.pids:
            self.peak = max(self.peak, peak_of(pid))


@contextmanager
def watched(pids: Sequence[int]) -> Iterator[Watched]:
    """Look at processes now and then until the block ends."""
    found = Watched(pids=list(pids))
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_SECONDS_BETWEEN_LOOKS):
            found.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.look()
        ended.set()
        thread.join()


def run_all(commands: Sequence[Sequence[str | Path]], environment: Mapping[str, str]) -> Watched:
    """Run commands at the same time until each has ended.

    Raises:
        RuntimeError: One of them failed.
    """
    running = [
        subprocess.Popen(command, env=environment)  # noqa: S603 - our own commands
        for command in commands
    ]
    with watched([process.pid for process in running]) as found:
        for process in running:
            # The memory that it tells begins with that of this process, so it is not used.
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            found.cpu += used.ru_utime + used.ru_stime
    if any(process.returncode for process in running):
        raise RuntimeError(f"{commands[0][0]} failed")
    return found


def peak_of(pid: int) -> float:
    """Give the most memory that a process had, in MiB; nothing when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    peak = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: 0 kB")
    return int(peak.split()[1]) / _MEBIBYTE


def cpu_of(pid: int) -> float:
    """Give the processor seconds of a process, its children, and those that have ended."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    own, ended = _times(pid)
    return own + ended + sum(sum(_times(int(child))) for child in children)


def _times(pid: int) -> tuple[float, float]:
    """Give the processor seconds of a process, and of its children that have ended."""
    try:
        _, _, fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")
    except OSError:  # It has just ended.
        return 0.0, 0.0
    user, system, children_user, children_system = (int(it) for it in fields.split()[11:15])
    return (user + system) / _TICKS, (children_user + children_system) / _TICKS
