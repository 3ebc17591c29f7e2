"""What must be true of a batch after kills, asked by SQL of the tests' own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, text

from credhub.ledger.checkpoint import Checkpoint
from credhub.services import ledgers
from credhub.store.engine import make_engine
from tests.crash.deployment import Deployment
from tests.crash.working import runtime_of

_ONE_EACH: Final = ("credential", "credential_form", "learner", "learner_key", "status_entry")
_WAITING: Final = tuple(
    f"SELECT count(*) FROM {table} JOIN batch USING (hub_id, batch_id)"  # noqa: S608 - names of our own
    " WHERE queued_ms IS NOT NULL"
    for table in ("batch_row", "batch_chunk")
)
_INDEXES_TWICE: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM status_entry GROUP BY hub_id, list, idx"
    " HAVING count(*) > 1) AS twice"
)
_LEARNERS_TWICE: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM credential GROUP BY hub_id, learner_id"
    " HAVING count(*) > 1) AS twice"
)
_TAKEN_IN: Final = "SELECT count(*) FROM batch WHERE queued_ms IS NOT NULL"
_DONE: Final = "SELECT count(*) FROM batch_result"
_ROWS_THAT_SHARE: Final = (
    "SELECT count(*) FROM (SELECT 1 FROM batch_result WHERE outcome = 'issued'"
    " GROUP BY hub_id, credential_id HAVING count(*) > 1) AS shared"
)
_GAPS: Final = (
    "SELECT count(*) FROM (SELECT log FROM ledger_entry GROUP BY hub_id, log"
    " HAVING max(seq) + 1 <> count(*)) AS gaps"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """Looks into the database of a deployment."""

    deployment: Deployment
    engine: Engine

    def count(self, query: str) -> int:
        """Ask for one number."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def batches_taken_in(self) -> int:
        """Count the batches whose rows may be issued."""
        return self.count(_TAKEN_IN)

    def rows_waiting(self) -> int:
        """Count the rows that were written down, whether all of their file have arrived or not."""
        return self.count("SELECT count(*) FROM batch_row")

    def rows_done(self) -> int:
        """Count the rows of which something has become."""
        return self.count(_DONE)

    def check_nothing_was_issued(self) -> None:
        """Nothing of what arrived in part has become anything."""
        assert self.count("SELECT count(*) FROM credential") == 0
        assert self.rows_done() == 0

    def check_exact(self, rows: int) -> None:
        """Compare the rows of the database with what was to be issued; audit the ledger."""
        for table in _ONE_EACH:
            assert self.count(f"SELECT count(*) FROM {table}") == rows, table  # noqa: S608 - names of our own
        for none in (*_WAITING, _INDEXES_TWICE, _LEARNERS_TWICE, _ROWS_THAT_SHARE, _GAPS):
            assert self.count(none) == 0, none
        self.deployment.audit()
        self._check_second_store()

    def _check_second_store(self) -> None:
        """What was promised elsewhere is what is here: nothing more, and after a start no less."""
        with runtime_of(self.deployment) as runtime:
            resources = runtime.resources
            assert resources.sequencer.refused == ()
            for _, log in ledgers.logs(resources.store):
                elsewhere = resources.second_store.read(f"log/{log.vkey}")
                assert elsewhere is not None
                with resources.store.read() as tx:
                    head = tx.ledger.head(log.hub, log.log)
                assert Checkpoint.parse(elsewhere).size == head.size


@contextmanager
def aftermath_of(deployment: Deployment, database_url: str) -> Iterator[Aftermath]:
    """Look into the database of a deployment, whatever runs."""
    engine = make_engine(database_url, pool_size=1)
    try:
        yield Aftermath(deployment=deployment, engine=engine)
    finally:
        engine.dispose()
