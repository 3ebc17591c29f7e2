import os
import sys
from threading import Thread

import pytest

from credhub.cli import processor
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can do this")


def test_threads_keep_to_one_processor_and_worker_processes_do_not() -> None:
    before, seen = os.sched_getaffinity(0), list[set[int]]()
    task = Task(function="tests.sandbox.tasks:count_processors")

    with processor.only_one(), Sandbox({"count": task}, workers=1) as sandbox:
        thread = Thread(target=lambda: seen.append(os.sched_getaffinity(0)))
        thread.start()
        thread.join()
        of_worker = int(sandbox.run("count", b"", seconds=10))

    assert len(seen[0]) == 1
    assert of_worker == len(before)
    assert os.sched_getaffinity(0) == before
