"""A database and a second store that were both put back: only the witness remembers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest
from starlette.testclient import TestClient

from credhub.config import Settings
from credhub.jsontypes import JsonObject
from credhub.ledger.policy import Policy
from credhub.runtime import Runtime, open_runtime
from credhub.services import policies
from credhub.web.app import create_app
from tests.crash.deployment import HOST, Deployment, free_port
from tests.engines import SqliteDatabases
from tests.running import issue, issue_body, make_member, publish, settings_for, unique
from tests.witnessing.conftest import key_of, witness_in


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """A service that issued once more than it remembers, and what the witness remembers."""

    settings: Settings
    token: str
    achievement: str
    lost: JsonObject
    witness: Deployment
    port: int

    @contextmanager
    def started(self) -> Iterator[tuple[Runtime, TestClient]]:
        with open_runtime(self.settings) as runtime:
            yield runtime, client_of(runtime, self.token)

    def issuing(self, client: TestClient) -> str:
        """Try to issue, and give the code of the answer."""
        headers = {"idempotency-key": unique("key")}
        answer = client.post("/v1/credentials", json=issue_body(self.achievement), headers=headers)
        assert answer.status_code == 503
        return str(answer.json()["type"]).rpartition("/")[2]


def client_of(runtime: Runtime, token: str) -> TestClient:
    return TestClient(
        create_app(runtime),
        base_url=runtime.settings.origin,
        headers={"authorization": f"Bearer {token}"},
    )


@pytest.fixture
def put_back(sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[PutBack]:
    folder, port = tmp_path / "witness", free_port()
    folder.mkdir()
    logs, asked, data = folder / "logs", tmp_path / "asked", tmp_path / "data"
    data.mkdir()
    with sqlite.migrated() as witness_url, sqlite.migrated() as url:
        witness = witness_in(folder, witness_url, logs)
        asked.write_text(f"witness w {key_of(witness)} http://{HOST}:{port}/witness\nquorum w\n")
        settings = settings_for(url, data, witness_policy=asked)
        with open_runtime(settings) as runtime:
            member = make_member(runtime, "riverside")
            logs.write_text(policies.of_hubs(runtime.resources.store, witnesses=Policy()).text())
            achievement = publish(client_of(runtime, member.token))
        files = (Path(url.removeprefix("sqlite:///")), data / "second.db")
        for file in files:
            copyfile(file, tmp_path / f"{file.name}.backup")
        with witness.server(port), open_runtime(settings) as runtime:
            lost = issue(client_of(runtime, member.token), achievement)
            runtime.witness_asker.round()
        for file in files:
            assert not Path(f"{file}-wal").exists()
            copyfile(tmp_path / f"{file.name}.backup", file)
        yield PutBack(
            settings=settings,
            token=member.token,
            achievement=achievement,
            lost=lost,
            witness=witness,
            port=port,
        )


def test_at_start_the_witness_stops_it(put_back: PutBack) -> None:
    with put_back.witness.server(put_back.port), put_back.started() as (runtime, client):
        (refused,) = runtime.resources.sequencer.refused

        assert refused.contrary_size > refused.size
        assert put_back.issuing(client) == "rollback-detected"
        assert "takes no entries" in client.get("/readyz").text


def test_a_witness_that_comes_back_later_stops_it_then(put_back: PutBack) -> None:
    with put_back.started() as (runtime, client):
        assert not runtime.resources.sequencer.refused
        with put_back.witness.server(put_back.port):
            runtime.witness_asker.round()

        assert len(runtime.resources.sequencer.refused) == 1
        (standing,) = runtime.witness_asker.standing()
        assert (standing.trouble, len(standing.ahead)) == ("witness-ahead", 1)
        assert put_back.issuing(client) == "rollback-detected"


def test_a_witness_of_another_tree_stops_a_log_that_has_outgrown_it(put_back: PutBack) -> None:
    with put_back.started() as (runtime, client):
        for _ in range(3):
            issue(client, put_back.achievement)
        with put_back.witness.server(put_back.port):
            runtime.witness_asker.round()

        (refused,) = runtime.resources.sequencer.refused
        assert refused.contrary_size < refused.size
        assert put_back.issuing(client) == "rollback-detected"
