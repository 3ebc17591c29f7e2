"""Kill -9 of the service and of its witness while it issues, publishes and asks for cosignatures.

What was acknowledged stays, nothing is twice, and nobody sees another history.

Power cuts are another matter: a killed process leaves what the operating system holds for it.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from random import SystemRandom
from typing import Final

import pytest

from tests.crash.deployment import GENEROUS_START_SECONDS, Deployment, Server, free_port
from tests.crash.recorded import check_recorded
from tests.crash.traffic import Journal
from tests.crash.watched import Watched, watched
from tests.engines import SqliteDatabases

pytestmark = pytest.mark.slow

KILLS: Final = int(os.environ.get("CREDHUB_KILLS", "100"))
CLIENTS: Final = 6
LONGEST_SECONDS: Final = 0.3
AUDIT_EVERY: Final = 25
WITNESS_EVERY: Final = 4
PLACES: Final = 4
"""Here, the second store, the witness, and what is published."""

EARLY_EVERY: Final = 5
POLL_SECONDS: Final = 0.001


def test_kills_lose_nothing_double_nothing_and_fork_nothing(
    deployment: Deployment, database_url: str, sqlite: SqliteDatabases
) -> None:
    port = free_port()
    with watched(deployment, sqlite) as both:
        with both.deployment.server(port):
            journal = Journal.begin(port, deployment.token)

        starts = [kill_once(both, journal, port, kill, database_url) for kill in range(KILLS)]

        promised = len(journal.acknowledged)
        with both.deployment.server(port):
            journal.send_all_again(port, threads=CLIENTS)
            seen = wait_for_everybody(both, database_url)
        check_recorded(database_url, journal)
        both.deployment.audit()
        both.check_published()
    print(  # noqa: T201 - shown with pytest -rP
        f"{KILLS} kills of the service and {KILLS // WITNESS_EVERY} of its witness, "
        f"{len(journal.sent)} requests, {promised} acknowledged before them; in the end {seen}; "
        f"starts took {min(starts):.2f} to {max(starts):.2f} s"
    )
    assert max(starts) < GENEROUS_START_SECONDS


def test_the_command_serves_again_soon_after_a_kill(deployment: Deployment) -> None:
    port = free_port()
    with deployment.server(port) as server:
        journal = Journal.begin(port, deployment.token)
        issue_until_killed(journal, server)

    seconds = [deployment.start_cold(port) for _ in range(3)]

    print(  # noqa: T201 - shown with pytest -rP
        f"starts of the command took {min(seconds):.2f} to {max(seconds):.2f} s"
    )
    assert max(seconds) < GENEROUS_START_SECONDS


def kill_once(both: Watched, journal: Journal, port: int, kill: int, database_url: str) -> float:
    """Start, issue, kill; give how many seconds the start took."""
    with both.deployment.server(port) as server:
        if kill % WITNESS_EVERY == 0:
            both.kill_witness()
        issue_until_killed(journal, server, early=kill % EARLY_EVERY == 0)
    if kill % WITNESS_EVERY == 0:
        both.start_witness()
    both.check(database_url)
    if kill % AUDIT_EVERY == 0:
        both.deployment.audit()
    return server.start_seconds


def wait_for_everybody(both: Watched, database_url: str) -> dict[str, int]:
    """Wait until the witness and the published files have seen all, which needs no word of ours."""
    while len(set((seen := both.check(database_url)).values())) > 1 or len(seen) < PLACES:
        time.sleep(LONGEST_SECONDS)
    return seen


def issue_until_killed(journal: Journal, server: Server, *, early: bool = False) -> None:
    """Kill at a random moment after the first request, or else after the first answer."""
    never, before = threading.Event(), len(journal.acknowledged)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(journal.issue_until, never, server.port) for _ in range(CLIENTS)]
        while not early and len(journal.acknowledged) == before:
            assert not any(client.done() for client in clients), "nothing was answered"
            time.sleep(POLL_SECONDS)
        time.sleep(SystemRandom().uniform(0, LONGEST_SECONDS))
        server.kill()
    for client in clients:
        assert client.result() <= {HTTPStatus.CREATED}
