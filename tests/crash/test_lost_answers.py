"""An answer that never arrives: the same request with the same key gives what was made."""

import json
import select
import socket
from typing import Final

import pytest

from tests.crash.deployment import HOST, Deployment
from tests.crash.recorded import check_recorded
from tests.crash.traffic import Journal

pytestmark = pytest.mark.slow

REQUESTS: Final = 100
PATIENCE_SECONDS: Final = 60


def test_requests_whose_answers_are_lost_are_made_once(
    deployment: Deployment, database_url: str
) -> None:
    with deployment.server() as server:
        journal = Journal.begin(server.port, deployment.token)
        for number in range(REQUESTS):
            lose_answer(journal, server.port, wait=number % 2 == 0)
        assert not journal.acknowledged

        journal.send_all_again(server.port, threads=4)
        journal.send_all_again(server.port, threads=4)

    assert len(journal.acknowledged) == REQUESTS
    check_recorded(database_url, journal)
    deployment.audit()


def lose_answer(journal: Journal, port: int, *, wait: bool) -> None:
    """Send a request and hang up: at once, or when the answer is there but not read."""
    key = journal.new_request()
    body = json.dumps(journal.sent[key]).encode()
    head = (
        f"POST /v1/credentials HTTP/1.1\r\nhost: {HOST}:{port}\r\n"
        f"authorization: Bearer {journal.token}\r\nidempotency-key: {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((HOST, port)) as connection:
        connection.sendall(head.encode() + body)
        if wait:
            assert select.select([connection], [], [], PATIENCE_SECONDS)[0]
