"""Verifying: a credential of our own at its address, and a stranger's upload."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import engines
from benchmarks.client import measure
from benchmarks.deployed import Deployed, deployed
from benchmarks.directly import issue, publish
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table
from benchmarks.load import Load
from benchmarks.signing import signed_credential
from credhub.bundled import read_schema_file
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import eddsa_rdfc_2022
from credhub.proofs.contexts import Contexts
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.services import verifying as services
from tests.running import running

CONNECTIONS: Final = (1, 8)
DIFFERENT: Final = 200
"""So many credentials, that no cache of results helps."""


def verifying(effort: Effort) -> Iterator[Table]:
    """Measure on SQLite, through HTTP and without it."""
    with deployed() as service:
        rows = tuple(_http_rows(service, effort))
    yield Table(
        title="Verify",
        columns=("what", "connections", "per second", "p50 ms", "p99 ms"),
        rows=(("own, verify_own without HTTP", "1", *_direct(effort).cells()), *rows),
    )


def _http_rows(service: Deployed, effort: Effort) -> Iterator[Row]:
    own = [
        service.request(f"GET /c/{code}?format=json")
        for code in _codes(service, effort.repetitions)
    ]
    pages = [request.replace(b"?format=json", b"?format=html") for request in own]
    foreign = [service.request("POST /v1/verify", {"credential": it}) for it in _foreign(effort)]
    parts: tuple[tuple[str, Sequence[bytes]], ...] = (
        ("own, report as JSON", own),
        ("own, page", pages),
        ("foreign did:key, POST /v1/verify", foreign),
    )
    for name, requests in parts:
        for connections in CONNECTIONS:
            measured = measure(
                Load(
                    port=service.port,
                    requests=requests,
                    connections=connections,
                    warm_up=effort.warm_up,
                    seconds=effort.short,
                )
            )
            yield (name, str(connections), *measured.figures.cells())


def _codes(service: Deployed, count: int) -> list[str]:
    issued = (
        service.post(
            "/v1/credentials",
            {"achievement": service.achievement, "recipient": {"name": f"Learner {number}"}},
        )
        for number in range(min(count, DIFFERENT))
    )
    return [str(it["url"]).rpartition("/")[2] for it in issued]


def _foreign(effort: Effort) -> Iterator[object]:
    suite = eddsa_rdfc_2022.suite(SafeCanonicalizer(Contexts.load(read_schema_file)))
    signer = Ed25519Signer.generate()
    for number in range(min(effort.repetitions, DIFFERENT)):
        yield signed_credential(suite, signer, f"Learner {number}")


def _direct(effort: Effort) -> Figures:
    with (
        engines.migrated("sqlite") as url,
        tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder,
        running(url, Path(folder)) as service,
    ):
        achievement = publish(service)
        codes = [
            issue(service, achievement, str(number)).credential.code
            for number in range(min(effort.repetitions, DIFFERENT))
        ]
        times: list[float] = []
        begun = time.perf_counter()
        while time.perf_counter() < begun + effort.short:
            started = time.perf_counter()
            services.verify_own(service.resources, codes[len(times) % len(codes)])
            times.append(time.perf_counter() - started)
        return Figures.of(times, seconds=time.perf_counter() - begun)
