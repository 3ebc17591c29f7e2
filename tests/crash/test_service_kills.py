"""Kill -9 of the service while it issues: what was acknowledged stays, and nothing is twice.

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

pytestmark = pytest.mark.slow

KILLS: Final = int(os.environ.get("CREDHUB_KILLS", "50"))
CLIENTS: Final = 6
LONGEST_SECONDS: Final = 0.3
AUDIT_EVERY: Final = 10
EARLY_EVERY: Final = 5
POLL_SECONDS: Final = 0.001


def test_kills_while_issuing_lose_nothing_and_double_nothing(
    deployment: Deployment, database_url: str
) -> None:
    port = free_port()
    with deployment.server(port):
        journal = Journal.begin(port, deployment.token)

    starts = [kill_while_issuing(deployment, journal, port, kill) for kill in range(KILLS)]

    promised = len(journal.acknowledged)
    with deployment.server(port):
        journal.send_all_again(port, threads=CLIENTS)
    check_recorded(database_url, journal)
    deployment.audit()
    print(  # noqa: T201 - shown with pytest -rP
        f"{KILLS} kills, {len(journal.sent)} requests, {promised} acknowledged before them; "
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


def kill_while_issuing(deployment: Deployment, journal: Journal, port: int, kill: int) -> float:
    """Start, issue, kill; give how many seconds the start took."""
    with deployment.server(port) as server:
        issue_until_killed(journal, server, early=kill % EARLY_EVERY == 0)
    if kill % AUDIT_EVERY == 0:
        deployment.audit()
    return server.start_seconds


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
