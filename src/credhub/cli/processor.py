"""Which processor the service runs on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def only_one() -> Iterator[None]:
    """Keep the threads that are started meanwhile to one processor, on Linux.

    Python runs one thread at a time. On several processors every hand-over between threads wakes
    a sleeping one on another processor, which costs more than the little that runs at once gains.
    """
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    processors = sorted(before)
    # Services that share a machine spread over its processors.
    os.sched_setaffinity(0, {processors[os.getpid() % len(processors)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
