"""What a worker process forbids itself."""

import math
import os
import resource
import signal
import sys
from typing import Final

MAX_OPEN_FILES: Final = 64
NICENESS: Final = 10
LAST: Final = 19
GRACE_SECONDS: Final = 1


def restrict(*, memory_bytes: int) -> None:
    """Give up, for good, what no task needs.

    Args:
        memory_bytes: The address space, code and mapped files included.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if sys.platform == "linux":  # the parent may keep itself to one processor
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    os.nice(NICENESS)  # what strangers send waits for what the service does itself
    for deadly in (signal.SIGALRM, signal.SIGXCPU):  # a parent may have had them ignored
        signal.signal(deadly, signal.SIG_DFL)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    if sys.platform != "darwin":  # which refuses any limit of the address space
        _lower(resource.RLIMIT_AS, memory_bytes)


def go_last() -> None:
    """Leave the processors to every other worker."""
    os.nice(LAST - os.nice(0))


def start_countdown(seconds: float) -> None:
    """Let the kernel end this process when a request takes too long.

    The parent kills it a little earlier. This is for a parent that died meanwhile, and it needs no
    cooperation of Python code: neither signal has a handler, so each ends the process.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(used.ru_utime + used.ru_stime + seconds + GRACE_SECONDS)
    _limit_processor(allowed)
    signal.setitimer(signal.ITIMER_REAL, seconds + GRACE_SECONDS)


def stop_countdown() -> None:
    """Take the countdown back: an idle worker may wait as long as it likes."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    _limit_processor(resource.RLIM_INFINITY)


def _limit_processor(seconds: int) -> None:
    # Only the soft limit: a hard one could never be raised again for the next request.
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = hard if seconds == resource.RLIM_INFINITY else seconds
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))
