"""A service whose log is watched by a witness that is another process."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from credhub.egress.client import Egress
from credhub.jobs.witnessing import WitnessAsker
from credhub.ledger.cosignature import WitnessKey
from credhub.ledger.policy import Policy
from credhub.services import policies, witnessing
from credhub.services.witnessing import Target
from tests.crash.deployment import HOST, Deployment, Server, free_port, run_command
from tests.engines import ENGINES, Databases, SqliteDatabases
from tests.running import Service, running
from tests.service_fixtures import service

__all__ = ["service", "watched"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The service, the witness, and the policy that asks for it.

    Attributes:
        service: The service with the logs.
        policy: One witness, which is the quorum.
        deployment: The witness, to start it again.
        witness: Its process.
        port: Where the witness answers.
    """

    service: Service
    policy: Policy
    deployment: Deployment
    witness: Server
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/witness"

    @property
    def egress(self) -> Egress:
        return Egress(configured=[self.url])

    def asker(self) -> WitnessAsker:
        """Make a loop that remembers nothing; its rounds are called by the test."""
        store = self.service.resources.store
        desks = witnessing.desks(store, self.egress, self.policy)
        held = self.service.resources.sequencer.hold_against
        return WitnessAsker(store, desks, clock=self.service.clock, on_evidence=held)

    def target(self) -> Target:
        """Give the newest checkpoint of the first hub."""
        hub = self.service.one.hub.number
        store = self.service.resources.store
        return next(one for one in witnessing.targets(store) if one.log.hub == hub)


@pytest.fixture(scope="module", params=ENGINES)
def watched(
    request: pytest.FixtureRequest,
    sqlite: SqliteDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    """A service on each engine in turn, and a witness of it."""
    databases: Databases = request.getfixturevalue(request.param)
    folder, port = tmp_path_factory.mktemp("witness"), free_port()
    asked, logs = folder / "asked", folder / "logs"
    with sqlite.migrated() as witness_url, databases.migrated() as url:
        witness = witness_in(folder, witness_url, logs)
        asked.write_text(f"witness w {key_of(witness)} http://{HOST}:{port}/witness\nquorum w\n")
        with running(url, folder / "service", witness_policy=asked) as service:
            logs.write_text(policies.of_hubs(service.resources.store, witnesses=Policy()).text())
            with witness.server(port) as process:
                yield Watched(
                    service=service,
                    policy=service.resources.witness_policy,
                    deployment=witness,
                    witness=process,
                    port=port,
                )


def witness_in(folder: Path, database_url: str, logs: Path) -> Deployment:
    """Make a witness that watches the logs of a policy file; nothing of it runs yet."""
    logs.write_text("quorum none\n")
    made = Deployment.make(folder, database_url)
    return replace(made, environment={**made.environment, "CREDHUB_WITNESS_LOGS": str(logs)})


def key_of(witness: Deployment) -> str:
    """Ask a witness for its key, by the command."""
    text = run_command(witness.environment, "ledger", "witness-key").strip()
    assert WitnessKey.parse(text).text() == text
    return text
