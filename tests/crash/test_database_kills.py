"""Kill -9 of the database server while the service issues: 503 meanwhile, and then as before."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from random import SystemRandom
from typing import Final

import pytest

from tests.crash.database_server import DatabaseServer
from tests.crash.deployment import Deployment
from tests.crash.recorded import check_recorded
from tests.crash.traffic import Journal
from tests.engines import PostgresqlDatabases

pytestmark = pytest.mark.slow

ROUNDS: Final = 3
CLIENTS: Final = 4
OUTAGE_SECONDS: Final = 0.5
POLL_SECONDS: Final = 0.02


@pytest.fixture
def server() -> Iterator[DatabaseServer]:
    """A database server that no other test uses."""
    with DatabaseServer.started() as server:
        yield server


def test_a_killed_database_server_costs_nothing_that_was_acknowledged(
    server: DatabaseServer, tmp_path: Path
) -> None:
    with (
        PostgresqlDatabases(server).migrated() as url,
        service_of(url, tmp_path) as (deployment, port),
    ):
        journal = Journal.begin(port, deployment.token)

        for _ in range(ROUNDS):
            issue_through_an_outage(journal, port, server)

        journal.send_all_again(port, threads=CLIENTS)
        check_recorded(url, journal)
        deployment.audit()


@contextmanager
def service_of(database_url: str, folder: Path) -> Iterator[tuple[Deployment, int]]:
    deployment = Deployment.make(folder, database_url)
    with deployment.server() as running:
        yield deployment, running.port


def issue_through_an_outage(journal: Journal, port: int, server: DatabaseServer) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(journal.issue_until, stop, port) for _ in range(CLIENTS)]
        try:
            wait_for_another_answer(journal)
            time.sleep(SystemRandom().uniform(0, OUTAGE_SECONDS))
            server.kill()
            time.sleep(OUTAGE_SECONDS)
            server.start()
            wait_for_another_answer(journal)
        finally:
            stop.set()
    statuses = set[int]().union(*(client.result() for client in clients))
    assert statuses == {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}


def wait_for_another_answer(journal: Journal) -> None:
    before = len(journal.acknowledged)
    while len(journal.acknowledged) == before:
        time.sleep(POLL_SECONDS)
