"""64 threads in four processes issue at once, beside workers: no error, no gap, nothing twice."""

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import Final

import pytest

from credhub.credentials.draft import Recipient
from credhub.services import hubs, issuing
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Order
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from tests.crash.batch_aftermath import Aftermath, aftermath_of
from tests.crash.deployment import Deployment
from tests.crash.working import FORKING, runtime_of, start_worker
from tests.services.batching import rows_of, send
from tests.services.ordering import publish

pytestmark = pytest.mark.slow

CREDENTIALS: Final = int(os.environ.get("CREDHUB_MANY_CREDENTIALS", "2000"))
PROCESSES: Final = 4
THREADS: Final = 16
WORKERS: Final = 2
SINGLE: Final = CREDENTIALS // 2 // (PROCESSES * THREADS)
"""So many are issued by each thread, one by one; the others are rows of a batch."""

ROWS: Final = CREDENTIALS - SINGLE * PROCESSES * THREADS
ROWS_OF_A_FILE: Final = 50_000
PART: Final = 100


def issue_many(deployment: Deployment, achievement: str, process: int) -> list[str]:
    """Issue in many threads of one process."""
    with runtime_of(deployment) as runtime, ThreadPoolExecutor(THREADS) as pool:
        hub = hubs.find(runtime.resources, "riverside").number
        issue = partial(issue_some, runtime.resources, hub, achievement)
        marks = [f"{process}-{thread}" for thread in range(THREADS)]
        return [made for part in pool.map(issue, marks) for made in part]


def issue_some(resources: Resources, hub: HubNumber, achievement: str, mark: str) -> list[str]:
    """Issue one by one to new learners, as a route does."""
    made = []
    for number in range(SINGLE):
        name = f"single-{mark}-{number}"
        order = Order(
            achievement_id=achievement, recipient=Recipient(name="Anna", external_id=name)
        )
        once = Once(resources, hub, route="credentials", key=name, body={})
        made.append(issuing.issue(resources, hub, order, once).credential.credential_id)
    return made


def deadlocks(aftermath: Aftermath) -> int:
    """Ask how many the server has ended; SQLite has one writer at a time."""
    if aftermath.engine.dialect.name == "sqlite":
        return 0
    mine = "WHERE datname = current_database()"
    return aftermath.count(f"SELECT deadlocks FROM pg_stat_database {mine}")  # noqa: S608 - a name of our own


def test_t69_many_threads_processes_and_workers_issue_without_error_gap_or_double(
    deployment: Deployment, database_url: str
) -> None:
    with runtime_of(deployment) as runtime:
        resources = runtime.resources
        hub = hubs.find(resources, "riverside").number
        achievement = publish(resources, hub).achievement_id
        for start in range(0, ROWS, ROWS_OF_A_FILE):
            rows = rows_of(ROWS)[start : start + ROWS_OF_A_FILE]
            send(resources, hub, achievement, rows, rows_at_once=PART)

    workers = [start_worker(deployment) for _ in range(WORKERS)]
    with ProcessPoolExecutor(PROCESSES, mp_context=FORKING) as pool:
        issue = partial(issue_many, deployment, achievement)
        made = [it for part in pool.map(issue, range(PROCESSES)) for it in part]
    for worker in workers:
        worker.wait()

    assert len(set(made)) == len(made) == CREDENTIALS - ROWS
    # Nobody deadlocked, and no part had to be tried again.
    told = (deployment.folder / "worker.log").read_text().splitlines()
    assert [line for line in told if "CoverageWarning" not in line] == []
    with aftermath_of(deployment, database_url) as aftermath:
        assert aftermath.rows_done() == ROWS
        aftermath.check_exact(CREDENTIALS)
        assert deadlocks(aftermath) == 0
