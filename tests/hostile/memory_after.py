"""After the whole corpus the memory of the service and of its workers is what it was.

Run by ``tests/web/test_hostile_memory.py`` in a process of its own: one that has run a thousand
other tests holds what these made, and says nothing of what a service holds.
"""

import ctypes
import gc
import os
from itertools import pairwise
from pathlib import Path

import pytest

from tests.hostile import corpus, forms, requests
from tests.hostile.besieged import Besieged, as_body, as_file, besieged, said
from tests.hostile.sent import own
from tests.hostile.table import texts
from tests.sites import certificate

__all__ = ["besieged", "certificate"]

MOST = 64 * 2**20
"""Less than is sent, and than any bomb unfolds to; the caches of what others publish fill first."""


def everything_hostile(besieged: Besieged) -> int:
    """Send the whole corpus, and give how many bytes that were."""
    service, world = besieged.service, besieged.world
    pages = dict(world.site.pages)
    sent = 0
    for text in texts():
        hostile = text.hostile(world)
        sent += len(hostile)
        assert as_body(service, hostile, text.asked).status_code < 500, text.name
    for file in corpus.files(own(world), world.address):
        sent += len(file.hostile)
        assert as_file(service, file.hostile).status_code == 422, file.name
    for form in forms.cases(own(world)):
        sent += len(form.body)
        headers = {"content-type": form.media_type}
        answer = service.public().post("/v1/verify", content=form.body, headers=headers)
        assert 400 <= answer.status_code < 500, form.name
    for request in requests.cases():
        assert request.send(service.public(), own(world)).status_code < 500, request.name
    world.site.pages = pages  # What the strangers keep is no memory of ours.
    return sent


def memory() -> dict[int, int]:
    """Measure what this process and each of its children holds, in bytes."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return {process: _resident(process) for process in (os.getpid(), *_children())}


def _children() -> list[int]:
    tasks = Path("/proc/self/task")
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]


def _resident(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


PASSES = 3
MOST_OF_A_PASS = 4 * 2**20
"""That a process may grow by in the pass in which it grows least; a tenth of what is sent."""


# A form that never ended is left to the garbage collector; it was in memory only.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_corpus_memory_is_back_to_normal_after_the_run(besieged: Besieged) -> None:
    for _ in range(2):  # What is made once is made, what is made the second time too.
        everything_hostile(besieged)
    found, sent = [memory()], 0

    for _ in range(PASSES):
        sent += everything_hostile(besieged)
        found.append(memory())

    assert sent > MOST
    assert sum(found[-1].values()) - sum(found[0].values()) < MOST
    # What is lost is lost in every pass; what is made once is there in the next one.
    for process in found[0].keys() & found[-1].keys():
        held = [one[process] for one in found]
        grown = [after - before for before, after in pairwise(held)]
        assert min(grown) < MOST_OF_A_PASS, grown
    assert os.getpid() in found[0]
    assert said(as_body(besieged.service, own(besieged.world))) == "valid"
