"""While everything that is drawn hangs, files with a credential in them are read (T26, T40)."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Semaphore

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from credhub import worker_tasks
from credhub.jsontypes import canonical
from credhub.sandbox.pool import Sandbox
from credhub.services import uploads
from credhub.web.app import create_app
from tests.hostile import pdfs, photos, pngs
from tests.hostile.besieged import said
from tests.running import Service, code_of, issue

WORKERS = 2
SAFETY = 60.0
"""Seconds after which a test that would hang fails instead."""
HEAVY = pdfs.heavy(1)


class Watched(Sandbox):
    """A sandbox that tells when something is given to a worker to be drawn."""

    begun: Semaphore

    def run(self, task: str, payload: bytes, *, seconds: float) -> bytes:
        """Run one request in a worker."""
        if task == uploads.DRAWING:
            self.begun.release()
        return super().run(task, payload, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A service with two places for drawing, where every PDF that is drawn waits at a gate.

    Attributes:
        own: Files with a credential of ours in them.
        photo: One of its QR code.
    """

    app: FastAPI
    origin: str
    begun: Semaphore = field(repr=False)
    own: dict[str, bytes] = field(repr=False)
    photo: bytes = field(repr=False)
    threads: ThreadPoolExecutor = field(repr=False)

    def send(self, address: str, file: bytes) -> Response:
        client = TestClient(self.app, base_url=self.origin, client=(address, 4711))
        return client.post("/v1/verify", files={"file": file})

    def hang(self, address: str) -> Future[Response]:
        """Have something drawn that does not end; return when it is drawn."""
        sent = self.threads.submit(self.send, address, HEAVY)
        assert self.begun.acquire(timeout=SAFETY)
        return sent


@pytest.fixture
def drawing(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawing]:
    monkeypatch.setattr(uploads, "DRAWING_SECONDS", SAFETY)
    made = issue(service.client())
    own = canonical(made["credential"])
    page = service.public().get(f"/c/{code_of(made)}", params={"format": "pdf"})
    gate = tmp_path / "gate"
    tasks = worker_tasks.of_a_service()
    tasks[uploads.DRAWING] = replace(
        tasks[uploads.DRAWING],
        function="tests.services.tasks:drawn_behind_a_gate",
        initial=bytes(gate),
    )
    settings = service.runtime.settings.model_copy(update={"workers": WORKERS})
    with Watched(tasks, workers=WORKERS) as sandbox, ThreadPoolExecutor(4 * WORKERS) as threads:
        sandbox.begun = Semaphore(0)
        resources = service.with_resources(sandbox=sandbox)
        runtime = replace(service.runtime, resources=resources, settings=settings)
        try:
            yield Drawing(
                app=create_app(runtime),
                origin=service.origin,
                begun=sandbox.begun,
                own={
                    "a certificate": page.content,
                    "a PDF of others": pdfs.with_files(b"notes", own),
                    "a PNG badge": pngs.image(pngs.international(own)),
                },
                photo=photos.jpeg(photos.rows_of(str(made["url"]))),
                threads=threads,
            )
        finally:
            gate.touch()


def test_t26_files_with_a_credential_are_read_while_every_drawing_hangs(drawing: Drawing) -> None:
    hanging = [drawing.hang(f"192.0.2.{n}") for n in range(WORKERS)]

    for _ in range(3):
        for name, file in drawing.own.items():
            assert said(drawing.send("198.51.100.1", file)) == "valid", name
    assert not drawing.begun.acquire(blocking=False)  # None of them was drawn.
    assert not any(one.done() for one in hanging)


def test_t40_one_client_takes_one_place_of_drawing_however_much_it_sends(drawing: Drawing) -> None:
    hanging = [drawing.hang("192.0.2.1")]
    hanging += [drawing.threads.submit(drawing.send, "192.0.2.1", HEAVY) for _ in range(3)]

    for _ in range(3):
        assert said(drawing.send("198.51.100.1", drawing.photo)) == "valid"
        assert drawing.begun.acquire(blocking=False)
    assert not drawing.begun.acquire(blocking=False)
    assert not any(one.done() for one in hanging)


def test_t40_a_client_that_had_its_share_of_drawing_is_told_and_others_are_not(
    drawing: Drawing,
) -> None:
    assert said(drawing.send("192.0.2.1", drawing.photo)) == "valid"
    limits = drawing.app.state.limits
    limits._drawings._share = 1e-9  # noqa: SLF001 - smaller than any setting

    refused = drawing.send("192.0.2.1", drawing.photo)

    assert said(refused) == "429 rate-limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert said(drawing.send("198.51.100.1", drawing.photo)) == "valid"
    for name, file in drawing.own.items():
        assert said(drawing.send("192.0.2.1", file)) == "valid", name


def test_what_is_drawn_has_workers_of_its_own_that_go_last_and_less_time() -> None:
    tasks = worker_tasks.of_a_service()
    drawings = tasks.pop(uploads.DRAWING)

    waited_for = {task.kind for task in tasks.values() if not task.last}
    assert drawings.last
    assert drawings.kind not in waited_for
    assert waited_for >= {"uploads", "certificates"}
    assert uploads.DRAWING_SECONDS < uploads.SECONDS
