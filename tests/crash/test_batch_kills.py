"""Kill -9 of workers while they issue a batch: in the end every row has its one credential."""

import os
import time
from random import SystemRandom
from typing import Final

import pytest
from sqlalchemy import text

from credhub.services import hubs
from credhub.services.resources import Resources
from credhub.store.batch_results import Outcome
from credhub.store.batches import Ending, StoredBatch
from credhub.store.engine import make_engine
from tests.crash.deployment import Deployment
from tests.crash.working import runtime_of, start_worker
from tests.services.batching import counts, read, results, row_of, rows_of, send
from tests.services.ordering import publish

pytestmark = pytest.mark.slow

ROWS: Final = int(os.environ.get("CREDHUB_BATCH_ROWS", "2000"))
KILLS: Final = int(os.environ.get("CREDHUB_BATCH_KILLS", "20"))
PART: Final = 40
"""Rows that a worker takes at once: few, so that it is killed between parts and inside them."""

LONGEST_SECONDS: Final = 0.2
EARLY_EVERY: Final = 5
POLL_SECONDS: Final = 0.01
WORKERS: Final = 4

_ONE_EACH: Final = ("credential", "credential_form", "learner", "learner_key", "status_entry")
_INDEXES_TWICE: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM status_entry GROUP BY hub_id, list, idx"
    " HAVING count(*) > 1) AS twice"
)


def begin(resources: Resources, rows: int) -> tuple[StoredBatch, str]:
    """Send a batch, which nobody issues yet."""
    hub = hubs.find(resources, "riverside").number
    achievement = publish(resources, hub).achievement_id
    return send(resources, hub, achievement, rows_of(rows), rows_at_once=PART), achievement


def kill_a_worker(
    deployment: Deployment, resources: Resources, batch: StoredBatch, *, early: bool
) -> None:
    """Kill a worker at a random moment after its first part, or else after its start."""
    before = sum(counts(resources, batch).values())
    worker = start_worker(deployment)
    while not early and sum(counts(resources, batch).values()) == before and not worker.has_ended:
        time.sleep(POLL_SECONDS)
    time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
    worker.kill()


def check_exact(deployment: Deployment, database_url: str, rows: int) -> None:
    """Compare the rows of the database with what was to be issued, by SQL of our own."""
    engine = make_engine(database_url, pool_size=1)
    with engine.connect() as connection:
        for table in _ONE_EACH:
            found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - names of our own
            assert found == rows, table
        assert connection.execute(text(_INDEXES_TWICE)).scalar_one() == 0
        for table in ("batch_row", "batch_chunk"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0  # noqa: S608 - as above
    engine.dispose()
    deployment.audit()


def check_told(resources: Resources, batch: StoredBatch, rows: int) -> None:
    """Every row has one outcome, and its own credential."""
    assert read(resources, batch).ending is Ending.FINISHED
    told = [it.result for it in results(resources, batch)]
    assert [it.row for it in told] == list(range(1, rows + 1))
    assert {it.outcome for it in told} <= {Outcome.ISSUED, Outcome.SKIPPED}
    assert len({it.credential_id for it in told}) == rows


def test_t69_a_batch_whose_workers_are_killed_ends_with_exactly_its_set(
    deployment: Deployment, database_url: str
) -> None:
    with runtime_of(deployment) as runtime:
        batch, achievement = begin(runtime.resources, ROWS)

        for kill in range(KILLS):
            kill_a_worker(deployment, runtime.resources, batch, early=kill % EARLY_EVERY == 0)
        done = sum(counts(runtime.resources, batch).values())
        while read(runtime.resources, batch).is_open:
            start_worker(deployment).wait()

        print(f"{done} of {ROWS} rows were done after {KILLS} kills")  # noqa: T201 - shown with pytest -rP
        check_told(runtime.resources, batch, ROWS)
        check_exact(deployment, database_url, ROWS)
        again = send(runtime.resources, batch.hub, achievement, rows_of(ROWS))
        start_worker(deployment).wait()
        assert counts(runtime.resources, again) == {Outcome.SKIPPED: ROWS}
        check_exact(deployment, database_url, ROWS)


def test_t69_a_batch_that_nobody_disturbs_ends_with_the_same_set(
    deployment: Deployment, database_url: str
) -> None:
    with runtime_of(deployment) as runtime:
        batch, _ = begin(runtime.resources, 200)

        start_worker(deployment).wait()

        check_told(runtime.resources, batch, 200)
        check_exact(deployment, database_url, 200)


def test_workers_share_a_batch(deployment: Deployment, database_url: str) -> None:
    with runtime_of(deployment) as runtime:
        batch, achievement = begin(runtime.resources, ROWS)
        other = send(
            runtime.resources, batch.hub, achievement, [row_of(n + ROWS) for n in range(1, 501)]
        )

        workers = [start_worker(deployment) for _ in range(WORKERS)]
        for worker in workers:
            worker.wait()

        check_told(runtime.resources, batch, ROWS)
        check_told(runtime.resources, other, 500)
        check_exact(deployment, database_url, ROWS + 500)
