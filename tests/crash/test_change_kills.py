"""Kill -9 of workers while they revoke: in the end each credential was revoked once."""

import time
from random import SystemRandom
from typing import Final

import pytest
from sqlalchemy import text

from credhub.services import hubs
from credhub.store.batch_results import Outcome
from credhub.store.batches import BatchKind, Ending
from credhub.store.engine import make_engine
from tests.crash.deployment import Deployment
from tests.crash.working import runtime_of, start_worker
from tests.services.batching import counts, read, results
from tests.services.changing_many import change_many, issue_many
from tests.services.ordering import publish

pytestmark = pytest.mark.slow

ROWS: Final = 400
KILLS: Final = 8
PART: Final = 20
LONGEST_SECONDS: Final = 0.2
POLL_SECONDS: Final = 0.01


def test_t69_revocations_whose_workers_are_killed_are_done_once_each(
    deployment: Deployment, database_url: str
) -> None:
    with runtime_of(deployment) as runtime:
        resources = runtime.resources
        hub = hubs.find(resources, "riverside").number
        ids = issue_many(resources, hub, publish(resources, hub).achievement_id, ROWS)
        batch = change_many(resources, hub, BatchKind.REVOCATION, ids, rows_at_once=PART)

        for _ in range(KILLS):
            before = sum(counts(resources, batch).values())
            worker = start_worker(deployment)
            while sum(counts(resources, batch).values()) == before and not worker.has_ended:
                time.sleep(POLL_SECONDS)
            time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
            worker.kill()
        while read(resources, batch).is_open:
            start_worker(deployment).wait()

        told = [it.result for it in results(resources, batch)]
        assert read(resources, batch).ending is Ending.FINISHED
        assert [it.credential_id for it in told] == ids
        assert {it.outcome for it in told} == {Outcome.CHANGED}
    engine = make_engine(database_url, pool_size=1)
    with engine.connect() as connection:
        revoked = text(
            "SELECT count(*), count(DISTINCT credential_id) FROM status_change"
            " WHERE new_state = 'revoked'"
        )
        assert connection.execute(revoked).one() == (ROWS, ROWS)
        assert connection.execute(text("SELECT count(*) FROM batch_row")).scalar_one() == 0
    engine.dispose()
    deployment.audit()
