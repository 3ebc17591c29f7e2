"""Every limit of the sandbox is hit by something heavy; the next good one is verified."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from credhub.bundled import read_schema_file
from credhub.jsontypes import JsonValue, canonical
from credhub.proofs import isolated
from credhub.proofs.suites import suites
from credhub.sandbox import channel
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import guarded, uploads
from credhub.services.guarded import GuardedCanonicalizer
from credhub.web.app import create_app
from tests.hostile import corpus, pdfs, pngs, svgs
from tests.hostile.besieged import said
from tests.hostile.tight import HEAVY
from tests.running import Service, issue
from tests.services.sinks import badge
from tests.unit import factories

PLENTY = 60.0
LITTLE = 1e-6
LIMITS = ("processor", "memory", "time", "answer", "places")
TIGHT = {"processor": "for_ever", "memory": "in_no_memory"}


class Hurried(Sandbox):
    """A sandbox that has no time for anything heavy, and enough for the rest."""

    def run(self, task: str, payload: bytes, *, seconds: float) -> bytes:
        """Run one request in a worker."""
        return super().run(task, payload, seconds=LITTLE if len(payload) > HEAVY else seconds)


def sandbox_of(limit: str) -> Sandbox:
    """Start a sandbox in which whatever is heavy hits this limit."""
    contexts = isolated.pack(read_schema_file)
    if (tight := TIGHT.get(limit)) is None:
        read, draw = "credhub.uploads.reading:read", "credhub.uploads.reading:draw"
        canonicalize = "credhub.proofs.isolated:canonicalizer"
    else:
        read, draw = f"tests.hostile.tight:read_{tight}", f"tests.hostile.tight:draw_{tight}"
        canonicalize = f"tests.hostile.tight:canonicalizer_{tight}"
    tasks = {
        uploads.TASK: Task(function=read, kind="uploads"),
        uploads.DRAWING: Task(function=draw, kind="drawings"),
        guarded.TASK: Task(function=canonicalize, initial=contexts),
    }
    kind = Hurried if limit == "time" else Sandbox
    return kind(tasks, workers=1, max_waiting=-1 if limit == "places" else 4)


@contextmanager
def limited(service: Service, limit: str) -> Iterator[TestClient]:
    """Run the application with one limit so low that it is hit."""
    with pytest.MonkeyPatch.context() as patch, sandbox_of(limit) as sandbox:
        for module in (guarded, uploads):
            patch.setattr(module, "SECONDS", PLENTY)
        patch.setattr(uploads, "DRAWING_SECONDS", PLENTY)
        if limit == "answer":
            patch.setattr(channel, "MAX_FRAME_BYTES", HEAVY)
        resources = service.with_resources(
            sandbox=sandbox, guarded_suites=suites(GuardedCanonicalizer(sandbox))
        )
        app = create_app(replace(service.runtime, resources=resources))
        with service.public(app) as client:
            yield client


def heavy_document() -> bytes:
    """Give a badge of a stranger that is genuine, and takes some work."""
    evidence: list[JsonValue] = [
        {"id": f"https://school.example/{n}", "type": ["Evidence"], "narrative": "x" * 60}
        for n in range(400)
    ]
    made = canonical(factories.signed(badge(evidence=evidence)))
    assert len(made) > HEAVY
    return made


def light_document() -> bytes:
    return canonical(factories.signed(badge()))


OF_DOCUMENTS = {
    "processor": "invalid too-complex",
    "time": "invalid too-complex",
    "memory": "indeterminate not-checked-now",
    "answer": "indeterminate not-checked-now",
    "places": "indeterminate not-checked-now",
}
OF_FILES = {
    "processor": "422 file-too-complex",
    "time": "422 file-too-complex",
    "memory": "422 file-not-read",
    "answer": "422 file-not-read",
    "places": "503 sandbox-busy",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_t31_a_document_that_hits_a_limit_is_not_believed_and_the_next_is(
    service: Service, limit: str
) -> None:
    own = canonical(issue(service.client())["credential"])
    heavy, light = heavy_document(), light_document()
    with limited(service, limit) as client:
        for _ in range(2):
            assert said(client.post("/v1/verify", files={"file": heavy})) == OF_DOCUMENTS[limit]
            assert said(client.post("/v1/verify", files={"file": own})) == "valid"
            if limit != "places":
                good = client.post("/v1/verify", files={"file": light})
                assert said(good) == "unknownIssuer issuer-not-known"

    # The twin: with the limits of the service it is genuine.
    unlimited = service.public().post("/v1/verify", files={"file": heavy})
    assert said(unlimited) == "unknownIssuer issuer-not-known"


@pytest.mark.parametrize("limit", LIMITS)
def test_t38_t39_t44_a_file_that_hits_a_limit_is_refused_and_the_next_is_read(
    service: Service, limit: str
) -> None:
    own = canonical(issue(service.client())["credential"])
    heavy = {
        "a PNG": pngs.image(pngs.international(heavy_document())),
        "an SVG": svgs.image(svgs.element(heavy_document().decode())),
        "a PDF": pdfs.with_files(heavy_document()),
    }
    with limited(service, limit) as client:
        for name, file in heavy.items():
            answer = client.post("/v1/verify", files={"file": file})
            assert said(answer) == OF_FILES[limit], name
            assert said(client.post("/v1/verify", files={"file": own})) == "valid"
            if limit != "places":
                light = pngs.image(pngs.international(own))
                assert said(client.post("/v1/verify", files={"file": light})) == "valid"

        page = client.post("/verify", files={"file": heavy["a PNG"]})
        assert page.status_code == int(OF_FILES[limit][:3])
        assert 'id="verdict"' not in page.text

    for name, file in heavy.items():
        unlimited = service.public().post("/v1/verify", files={"file": file})
        assert said(unlimited) == "unknownIssuer issuer-not-known", name


@pytest.mark.parametrize("limit", LIMITS)
def test_t38_t39_t40_t44_no_hostile_file_is_believed_whatever_limit_it_hits(
    service: Service, limit: str
) -> None:
    made = issue(service.client())
    own = canonical(made["credential"])
    files = corpus.files(own, str(made["url"]))
    heavy = [case for case in files if len(case.hostile) > HEAVY]
    assert len(heavy) >= 15

    with limited(service, limit) as client:
        for case in heavy[:: 6 if limit == "processor" else 2]:
            found = said(client.post("/v1/verify", files={"file": case.hostile}))
            allowed = {OF_FILES[limit], f"422 {case.code}"}
            if limit == "memory":  # A library may take what it lacks for a fault of the file.
                kind = case.name.partition(":")[0]
                allowed.add(f"422 malformed-{'image' if kind == 'photo' else kind}")
            assert found in allowed, case.name
            assert said(client.post("/v1/verify", files={"file": own})) == "valid"
