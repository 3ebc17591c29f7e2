"""A service that publishes and is watched by a witness, and what both must agree on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.order import check_published
from credhub.store.ledger import LedgerLog
from credhub.store.second_store.opening import open_second_store
from credhub.store.store import Store
from tests.crash.deployment import HOST, Deployment, Server, free_port, run_command
from tests.engines import SqliteDatabases


@dataclass(slots=True, kw_only=True)
class Watched:
    """A deployment, the witness that it asks, and the folder that it publishes to.

    Attributes:
        logs: The policy file of the witness, which names the logs of the deployment.
    """

    deployment: Deployment
    witness: Deployment
    witness_port: int
    logs: Path
    _witness: ExitStack = field(default_factory=ExitStack, repr=False)
    _server: Server | None = None

    @property
    def published(self) -> Path:
        """Where the ledgers are published."""
        return self.deployment.folder / "published"

    def start_witness(self) -> None:
        """Start the witness, after killing it if it runs."""
        self._witness.close()
        self._server = self._witness.enter_context(self.witness.server(self.witness_port))

    def kill_witness(self) -> None:
        """Kill -9 of the witness."""
        if self._server is not None:
            self._server.kill()

    def close(self) -> None:
        """Stop the witness."""
        self._witness.close()

    def check(self, database_url: str) -> dict[str, int]:
        """Check that nobody saw anything but how the ledger began; give how much they saw."""
        store = Store.open(database_url)
        try:
            with store.read() as tx:
                (log,) = tx.ledger.all_logs()
                here = tx.ledger.tree(log)
                tiles = tx.ledger.tiles(log.hub, log.log)
                seen = dict(self._elsewhere(log))
                check_published(
                    seen.values(), here, lambda old, new: consistency_proof(old, new, tiles)
                )
        finally:
            store.close()
        return {name: checkpoint.size for name, checkpoint in seen.items()} | {"here": here.size}

    def check_published(self) -> None:
        """Rebuild the ledger from its files by the command, and compare it with the database."""
        (checkpoint,) = self.published.glob("ledger/*/*/checkpoint")
        run_command(
            self.deployment.environment,
            *("audit", "--from-tiles", str(checkpoint.parent)),
            *("--policy", str(self.logs), "--compare"),
        )

    def _elsewhere(self, log: LedgerLog) -> Iterator[tuple[str, Checkpoint]]:
        yield from _kept("second store", self.deployment, f"log/{log.vkey}")
        yield from _kept("witness", self.witness, f"witness/{log.origin}")
        for path in self.published.glob("ledger/*/*/checkpoint"):
            yield "published", _checkpoint_in(path.read_text())


def _kept(name: str, whose: Deployment, key: str) -> Iterator[tuple[str, Checkpoint]]:
    second_store = open_second_store(whose.environment["CREDHUB_SECOND_STORE"])
    try:
        text = second_store.read(key)
    finally:
        second_store.close()
    if text is not None:
        yield name, _checkpoint_in(text)


def _checkpoint_in(note: str) -> Checkpoint:
    """Read what a note says; the signatures are checked by whoever cosigned or published it."""
    return Checkpoint.parse(note.partition("\n\n")[0].rstrip("\n") + "\n")


@contextmanager
def watched(deployment: Deployment, databases: SqliteDatabases) -> Iterator[Watched]:
    """Have a deployment publish, and ask a witness that is a service of its own."""
    folder, port = deployment.folder / "witness", free_port()
    folder.mkdir()
    logs, asked = folder / "logs", folder / "asked"
    logs.write_text(run_command(deployment.environment, "ledger", "policy"))
    with databases.migrated() as url:
        made = Deployment.make(folder, url)
        witness = replace(made, environment={**made.environment, "CREDHUB_WITNESS_LOGS": str(logs)})
        key = run_command(witness.environment, "ledger", "witness-key").strip()
        asked.write_text(f"witness w {key} http://{HOST}:{port}/witness\nquorum w\n")
        environment = {
            **deployment.environment,
            "CREDHUB_WITNESS_POLICY": str(asked),
            "CREDHUB_PUBLISH_TO": str(deployment.folder / "published"),
        }
        both = Watched(
            deployment=replace(deployment, environment=environment),
            witness=witness,
            witness_port=port,
            logs=logs,
        )
        both.start_witness()
        try:
            yield both
        finally:
            both.close()
