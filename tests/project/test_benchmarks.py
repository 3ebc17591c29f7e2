"""The benchmarks put timers around functions by name: a name that is gone is noticed here."""

import pytest

from benchmarks import batch_worker, stages

TIMED = dict.fromkeys((owner, name) for owner, name, _ in (*stages.INSIDE, *batch_worker.INSIDE))


@pytest.mark.parametrize(("owner", "attribute"), TIMED)
def test_every_stage_that_is_timed_is_there(owner: object, attribute: str) -> None:
    assert callable(getattr(owner, attribute))
