"""A service as an operator runs it: settings, a database, and server processes that can be killed.

Servers are forked from a process that has imported everything, so that many rounds take little
time. All that a start does to settings, keys, database and ledger is done each time.
"""

import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coverage import Coverage

from credhub.cli import serve  # noqa: F401 - imported before servers are forked
from credhub.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST: Final = "127.0.0.1"
COMMAND: Final = Path(sys.executable).with_name("credhub")

_PROMISED_START_SECONDS: Final = 5
GENEROUS_START_SECONDS: Final = 10 * _PROMISED_START_SECONDS
_POLL_SECONDS: Final = 0.01

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The settings of a service with one hub and one achievement.

    Attributes:
        folder: Where its files and the logs of its servers are.
        environment: ``CREDHUB_*``.
        token: An API key of the hub.
    """

    folder: Path
    environment: Mapping[str, str]
    token: str = field(repr=False)

    @classmethod
    def make(cls, folder: Path, database_url: str) -> "Deployment":
        """Make a hub in an empty, migrated database."""
        environment = {
            "CREDHUB_DATA": str(folder / "data"),
            "CREDHUB_DATABASE_URL": database_url,
            "CREDHUB_SECOND_STORE": f"sqlite:///{folder / 'second' / 'second.db'}",
            # Fixed, whichever port a server of it listens on.
            "CREDHUB_BASE_URL": "http://127.0.0.1:8000",
        }
        said = run_command(environment, "hub", "create", "riverside", "--name", "Riverside Hub")
        tokens = [line.split()[-1] for line in said.splitlines() if line.startswith("API key")]
        return cls(folder=folder, environment=environment, token=tokens[0])

    @contextmanager
    def server(self, port: int | None = None) -> "Iterator[Server]":
        """Start a server, and kill it when it is not killed already."""
        chosen = port or free_port()
        log = self.folder / f"server-{chosen}.log"
        environment = {**self.environment, "CREDHUB_PORT": str(chosen)}
        process = _forking.Process(target=_serve, args=(environment, log), daemon=True)
        started = time.perf_counter()
        process.start()
        server = Server(port=chosen, process=process)
        try:
            server.wait_until_ready()
            server.start_seconds = time.perf_counter() - started
            yield server
        finally:
            server.kill()

    def start_cold(self, port: int) -> float:
        """Start a server by the command, kill it once it answers, and tell how long that took."""
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [COMMAND, "serve"],
            env={**os.environ, **self.environment, "CREDHUB_PORT": str(port)},
            stdout=subprocess.DEVNULL,
        )
        try:
            while not _answers(port):
                assert process.poll() is None, "the server ended by itself"
                time.sleep(_POLL_SECONDS)
            return time.perf_counter() - started
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    def audit(self) -> None:
        """Check all ledgers by the command."""
        results = json.loads(run_command(self.environment, "audit", "--json"))
        assert results, "there is no ledger"
        assert all(result["sound"] for result in results), results


@dataclass(slots=True, kw_only=True)
class Server:
    """One server process."""

    port: int
    process: BaseProcess
    start_seconds: float = 0.0

    def wait_until_ready(self) -> None:
        while not _answers(self.port):
            assert self.process.is_alive(), "the server ended by itself"
            time.sleep(_POLL_SECONDS)

    def kill(self) -> None:
        """Kill -9."""
        if self.process.is_alive():
            assert self.process.pid is not None
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _serve(environment: dict[str, str], log: Path) -> None:
    if (measuring := Coverage.current()) is not None:
        measuring.stop()  # Whoever is killed leaves no figures, and is slower for them.
    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    cli(["serve"], standalone_mode=False)


def run_command(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a command of ours, and give what it says."""
    done = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
