"""A service in a process of its own that may ask one site on this machine, which never answers."""

import multiprocessing
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Final

import uvicorn

from benchmarks import engines
from benchmarks.directly import issue, publish
from credhub.cli import logs, processor
from credhub.config import Settings
from credhub.services import certificates
from tests.egress.certificates import self_signed
from tests.running import Service, running
from tests.sites import HOST, Site, leading_to, serving

CREDENTIALS: Final = 50
CERTIFICATES: Final = 5
_DRAWING: Final = "drawing_seconds_per_minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Besieged:
    """Where it listens, the credentials that it holds, and the DID of those who never answer.

    Attributes:
        codes: The code of each credential.
        documents: Each as it was signed.
        certificates: Some of them as certificates, which take long to make.
    """

    port: int
    codes: tuple[str, ...]
    documents: tuple[bytes, ...]
    certificates: tuple[bytes, ...]
    silent: str


@contextmanager
def besieged() -> Iterator[Besieged]:
    """Run the service."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_run, args=(there,))
    process.start()
    try:
        yield here.recv()
    finally:
        here.send("end")
        process.join()


def _run(there: Connection) -> None:
    with tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder:
        certificate = self_signed(Path(folder) / "site.pem", HOST)
        os.environ["SSL_CERT_FILE"] = str(certificate)
        with (
            serving(certificate) as site,
            engines.migrated("sqlite") as url,
            processor.only_one(),
            running(
                url,
                Path(folder) / "data",
                strangers=leading_to(site),
                drawing_seconds_per_minute=Settings.model_fields[_DRAWING].default,
            ) as service,
        ):
            logs.configure("WARNING")
            _serve(service, site, there)


def _serve(service: Service, site: Site, there: Connection) -> None:
    going = Event()

    def silent(_path: str, _accept: str) -> tuple[int, str, bytes]:
        going.wait()
        return 404, "text/plain", b""

    site.behind = silent
    achievement = publish(service)
    issued = [issue(service, achievement, str(n)) for n in range(CREDENTIALS)]
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(service.app, access_log=False, log_config=None)
    server = uvicorn.Server(config)

    def end() -> None:
        there.recv()
        going.set()
        server.should_exit = True

    Thread(target=end, daemon=True).start()
    there.send(
        Besieged(
            port=listener.getsockname()[1],
            codes=tuple(one.credential.code for one in issued),
            documents=tuple(one.signed for one in issued),
            certificates=tuple(
                certificates.render(service.resources, one) for one in issued[:CERTIFICATES]
            ),
            silent=site.did,
        )
    )
    server.run(sockets=[listener])
