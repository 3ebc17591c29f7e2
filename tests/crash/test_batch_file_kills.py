"""Kill -9 of a service that takes a file in, and of service and workers while they issue it."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from random import SystemRandom
from typing import Final

import pytest

from tests.crash.batch_aftermath import Aftermath, aftermath_of
from tests.crash.deployment import Deployment, free_port
from tests.crash.sending import Sender
from tests.crash.traffic import ACHIEVEMENT, Client
from tests.crash.working import start_worker

pytestmark = pytest.mark.slow

ROWS: Final = int(os.environ.get("CREDHUB_BATCH_ROWS", "2000"))
KILLS: Final = int(os.environ.get("CREDHUB_BATCH_KILLS", "20"))

TAKING_IN: Final = KILLS // 5
"""So many kills while the file is taken in; of the others one in five is of the service."""

SERVICE_EVERY: Final = 5
EARLY_EVERY: Final = 4
LONGEST_SECONDS: Final = 0.4
POLL_SECONDS: Final = 0.02
SHORT_POLL_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Siege:
    """A service, whoever sends it a file, and whoever looks into its database."""

    deployment: Deployment
    sender: Sender
    aftermath: Aftermath

    @classmethod
    def begin(cls, deployment: Deployment, aftermath: Aftermath) -> "Siege":
        port = free_port()
        with deployment.server(port), closing(Client(port, deployment.token)) as client:
            answer = client.post("/v1/achievements", ACHIEVEMENT, key="achievement")
        sender = Sender(
            port=port,
            token=deployment.token,
            achievement=str(answer.document["id"]),
            file=table_of(ROWS),
        )
        return cls(deployment=deployment, sender=sender, aftermath=aftermath)

    @property
    def without_workers(self) -> Deployment:
        environment = {**self.deployment.environment, "CREDHUB_BATCH_WORKERS": "0"}
        return replace(self.deployment, environment=environment)

    def kill_while_taking_in(self, rows: int) -> bool:
        """Kill the service when so many rows of the file have arrived; was it taken in?"""
        before = self.aftermath.rows_waiting()
        with (
            self.without_workers.server(self.sender.port) as server,
            ThreadPoolExecutor(1) as pool,
        ):
            sent = pool.submit(self.sender.send_or_be_cut_off)
            while self.aftermath.rows_waiting() - before < rows and not sent.done():
                time.sleep(SHORT_POLL_SECONDS)
            server.kill()
            answer = sent.result()
        assert answer is None or answer.status == HTTPStatus.ACCEPTED
        return self.aftermath.batches_taken_in() == 1

    def kill_while_issuing(self, kill: int, row: int) -> None:
        """Kill once so many rows are done, at a random moment, whoever issues them."""
        if kill % SERVICE_EVERY == 0:
            with self.deployment.server(self.sender.port) as server:
                self._wait_for(row)
                server.kill()
            return
        worker = start_worker(self.deployment)
        if kill % EARLY_EVERY:
            self._wait_for(row)
        time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
        worker.kill()

    def _wait_for(self, row: int) -> None:
        while self.aftermath.rows_done() < row:
            time.sleep(POLL_SECONDS)

    def work_to_the_end(self) -> None:
        start_worker(self.deployment).wait()


def table_of(rows: int) -> bytes:
    """Write a table of learners, each with a key of its own."""
    lines = (
        f"student-{row},Learner {row},learner-{row}@mail.example" for row in range(1, rows + 1)
    )
    return "\r\n".join(("key,name,email", *lines)).encode()


@pytest.fixture
def siege(deployment: Deployment, database_url: str) -> Iterator[Siege]:
    with aftermath_of(deployment, database_url) as aftermath:
        yield Siege.begin(deployment, aftermath)


def test_t69_a_file_that_is_killed_from_its_arrival_to_its_end_gives_exactly_its_set(
    siege: Siege,
) -> None:
    arrived = sorted(SystemRandom().sample(range(ROWS), TAKING_IN))

    taken = [siege.kill_while_taking_in(rows) for rows in arrived]
    if not any(taken):
        siege.work_to_the_end()
        siege.aftermath.check_nothing_was_issued()
    with siege.without_workers.server(siege.sender.port):
        (batch,) = {str(siege.sender.send().document["id"]) for _ in range(2)}
        assert [it["id"] for it in siege.sender.all()] == [batch]
    rows = sorted(SystemRandom().sample(range(ROWS), KILLS - TAKING_IN))
    for kill, row in enumerate(rows):
        siege.kill_while_issuing(kill, row)
    done = siege.aftermath.rows_done()
    siege.work_to_the_end()

    print(  # noqa: T201 - shown with pytest -rP
        f"{ROWS} rows, {TAKING_IN} kills while they were taken in ({sum(taken)} after that),"
        f" {len(rows)} while they were issued; {done} rows were done after these"
    )
    siege.aftermath.check_exact(ROWS)
    with siege.without_workers.server(siege.sender.port):
        assert siege.sender.send().document["id"] == batch
        again = str(siege.sender.send(key="again").document["id"])
        siege.work_to_the_end()
        assert siege.sender.read(again)["skipped"] == ROWS
    siege.aftermath.check_exact(ROWS)
