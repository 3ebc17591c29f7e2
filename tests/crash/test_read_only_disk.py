"""R09: a disk turns read-only under a service that issues. It ends; the next one verifies on."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

import pytest

from credhub.jsontypes import JsonObject, parse_object
from credhub.store.disk_faults import EXIT_CODE
from tests.crash.aborting import AbortingDisk
from tests.crash.deployment import HOST, Deployment, Server
from tests.crash.recorded import check_recorded
from tests.crash.traffic import Client, Journal

pytestmark = pytest.mark.slow

CLIENTS: Final = 3
ENOUGH: Final = 10
POLL_SECONDS: Final = 0.01


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[AbortingDisk]:
    with AbortingDisk.mounted(tmp_path) as disk:
        yield disk


@pytest.fixture
def deployment(disk: AbortingDisk, tmp_path: Path) -> Deployment:
    """A service that has everything on that disk, but for what it says."""
    made = Deployment.make(disk.folder, f"sqlite:///{disk.folder / 'data' / 'credhub.db'}")
    return replace(made, folder=tmp_path)


def test_r09_a_disk_turns_read_only_and_credentials_are_verified_on(
    deployment: Deployment, disk: AbortingDisk
) -> None:
    with deployment.server() as server:
        journal = Journal.begin(server.port, deployment.token)
        shown = issue_one(journal, server.port)
        turn_read_only_while_it_issues(journal, server, disk)
        assert server.process.exitcode == EXIT_CODE

    with deployment.server() as server:
        assert get(server.port, shown)[0] == HTTPStatus.OK
        assert parse_object(get(server.port, shown)[1])["verdict"] == "valid"
        with closing(Client(server.port, deployment.token)) as client:
            statuses = {journal.send(client, journal.new_request()) for _ in range(ENOUGH)}
        ready = get(server.port, "/readyz")
        deployment.audit()
        said = (deployment.folder / f"server-{server.port}.log").read_text()
    assert statuses == {HTTPStatus.SERVICE_UNAVAILABLE}
    assert ready[0] == HTTPStatus.OK
    assert b"Nothing can be issued or changed, because the database is on a read" in ready[1]

    assert said.count("Nothing can be issued") == 1
    assert not any(f'"level": "{level}"' in said for level in ("warning", "error", "critical"))

    disk.mend()
    with deployment.server() as server:
        assert get(server.port, "/readyz") == (HTTPStatus.OK, b"ready\n")
        journal.send_all_again(server.port, threads=CLIENTS)
    check_recorded(deployment.environment["CREDHUB_DATABASE_URL"], journal)
    deployment.audit()


def issue_one(journal: Journal, port: int) -> str:
    """Issue a credential, and give the path at which it is shown."""
    key = journal.new_request()
    with closing(Client(port, journal.token)) as client:
        answer = client.post("/v1/credentials", journal.sent[key], key=key)
        assert journal.send(client, key) == HTTPStatus.CREATED
    return path_of(answer.document)


def path_of(document: JsonObject) -> str:
    return "/c/" + str(document["url"]).rpartition("/")[2]


def turn_read_only_while_it_issues(journal: Journal, server: Server, disk: AbortingDisk) -> None:
    never, before = threading.Event(), len(journal.acknowledged)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(journal.issue_until, never, server.port) for _ in range(CLIENTS)]
        while len(journal.acknowledged) < before + ENOUGH:
            assert not any(client.done() for client in clients), "it issues no more"
            time.sleep(POLL_SECONDS)
        disk.turn_read_only()
        server.process.join()
    for client in clients:
        assert client.result() <= {HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE}


def get(port: int, path: str) -> tuple[int, bytes]:
    with closing(HTTPConnection(HOST, port)) as connection:
        connection.request("GET", path, headers={"accept": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
