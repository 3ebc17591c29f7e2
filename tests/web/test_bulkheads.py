"""T26: what strangers let us wait for keeps nobody from what is ours. No test looks at a clock."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Semaphore

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credhub.jsontypes import JsonObject
from credhub.proofs.suites import suites
from credhub.runtime import Runtime
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import fetching, guarded, verifying
from credhub.services.guarded import GuardedCanonicalizer
from credhub.web.app import create_app
from tests.did_sites import SIGNER
from tests.engines import SqliteDatabases
from tests.running import Service, code_of, issue, running, unique
from tests.services.test_foreign_issuers import plain, signed
from tests.sites import Site, certificate, leading_to, saying, site

__all__ = ["certificate", "site"]

THREADS = 4
HOSTILE = 16
SAFETY = 60
"""Seconds after which a test that would hang fails instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Besieged:
    """A service whose strangers all let it wait, until they are let go."""

    service: Service
    client: TestClient
    issued: JsonObject
    uploads: Sequence[Future[Response]]
    fetches: Sequence[Future[Response]]

    def own(self, form: str) -> Response:
        return self.client.get(f"/c/{code_of(self.issued)}", params={"format": form})

    @property
    def waiting(self) -> int:
        return sum(not one.done() for one in (*self.uploads, *self.fetches))


@pytest.fixture
def besieged(
    sqlite: SqliteDatabases, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Besieged]:
    for module in (guarded, fetching):
        monkeypatch.setattr(module, "SECONDS", float(SAFETY))
    asked, gate = Semaphore(0), Event()

    def silent(handler: object) -> None:
        asked.release()
        gate.wait(SAFETY)
        saying(b"{}")(handler)  # type: ignore[arg-type]  # it is what the server gives

    with (
        sqlite.migrated() as url,
        running(url, tmp_path / "data", strangers=leading_to(site), threads=THREADS) as service,
        gated(service, tmp_path / "gate") as (behind, entered),
        service.public(create_app(behind)) as client,
        ThreadPoolExecutor(2 * HOSTILE) as threads,
    ):
        issued = issue(service.client())
        try:
            slow = []
            for _ in range(HOSTILE):
                name = unique("slow")
                site.pages[f"/{name}/did.json"] = silent
                document = signed(plain(f"{site.did}:{name}"))
                slow.append(verified(threads, client, document))
            for _ in range(THREADS // 2):
                assert asked.acquire(timeout=SAFETY)
            stranger = signed(plain(SIGNER.did), SIGNER.method)
            uploads = [verified(threads, client, stranger) for _ in range(HOSTILE)]
            for _ in uploads:
                assert entered.acquire(timeout=SAFETY)
            yield Besieged(
                service=service, client=client, issued=issued, uploads=uploads, fetches=slow
            )
        finally:
            gate.set()
            (tmp_path / "gate").touch()


@contextmanager
def gated(service: Service, gate: Path) -> Iterator[tuple[Runtime, Semaphore]]:
    """Give the runtime with workers that wait at a gate, and count who waits for one."""
    entered, lending = Semaphore(0), service.runtime.lending

    @contextmanager
    def counted() -> Iterator[None]:
        with lending.waiting():
            entered.release()
            yield

    tasks = {
        guarded.TASK: Task(function="tests.sandbox.tasks:gated", initial=bytes(gate)),
        "certificate": Task(
            function="credhub.documents.certificate:render_bytes", kind="certificates"
        ),
    }
    with Sandbox(tasks, workers=1, wait_seconds=SAFETY, while_waiting=counted) as sandbox:
        resources = service.with_resources(
            sandbox=sandbox, guarded_suites=suites(GuardedCanonicalizer(sandbox))
        )
        yield replace(service.runtime, resources=resources), entered


def verified(
    threads: ThreadPoolExecutor, client: TestClient, document: JsonObject
) -> Future[Response]:
    return threads.submit(client.post, "/v1/verify", json={"credential": document})


def test_t26_own_credentials_are_verified_while_all_hostile_places_are_taken(
    besieged: Besieged,
) -> None:
    for _ in range(3 * THREADS):
        report = besieged.own("report")
        assert (report.status_code, report.json()["verdict"]) == (200, "valid")
    assert besieged.own("html").status_code == 200
    assert besieged.own("pdf").content.startswith(b"%PDF")

    assert besieged.waiting >= HOSTILE + THREADS // 2


def test_t26_an_own_credential_that_is_uploaded_needs_no_worker(besieged: Besieged) -> None:
    for document in (besieged.issued["credential"], bundle_of(besieged)):
        answer = besieged.client.post("/v1/verify", json={"credential": document})
        assert (answer.status_code, answer.json()["verdict"]) == (200, "valid")

    assert besieged.waiting >= HOSTILE + THREADS // 2


def test_t26_who_finds_no_place_with_the_slow_ones_is_told_at_once(besieged: Besieged) -> None:
    told = [one.result(SAFETY).json() for one in besieged.fetches if one.done()]

    assert all(report["verdict"] == "indeterminate" for report in told)
    assert {check["code"] for report in told for check in report["checks"]} >= {"not-checked-now"}
    assert besieged.waiting < 2 * HOSTILE


def test_an_upload_that_is_not_quite_ours_is_guarded(service: Service) -> None:
    document = issue(service.client())["credential"]
    assert isinstance(document, dict)
    used: list[bytes] = []

    class Watching(GuardedCanonicalizer):
        def canonical(self, document: JsonObject) -> bytes:
            used.append(b"")
            return super().canonical(document)

    watching = suites(Watching(service.resources.sandbox))
    resources = service.with_resources(guarded_suites=watching)

    assert verifying.verify_uploaded(resources, document).verdict.value == "valid"
    assert not used
    for other in (
        document | {"name": "Somebody else's"},
        document | {"id": "https://elsewhere.example/credential"},
        document | {"id": f"{document['id']}x"},
        {name: document[name] for name in document if name != "id"},
    ):
        assert verifying.verify_uploaded(resources, other).verdict.value == "invalid"
    assert used


def bundle_of(besieged: Besieged) -> object:
    return besieged.own("bundle").json()
