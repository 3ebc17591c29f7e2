"""R20: the corpus again, with each limit of the sandbox so low that everything hits it."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import pytest
from httpx2 import Response

from credhub.bundled import read_schema_file
from credhub.errors import SandboxBusyError, SandboxCrashedError, SandboxTimeoutError
from credhub.proofs import isolated
from credhub.proofs.suites import suites
from credhub.sandbox import channel
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import certificates, guarded, uploads
from credhub.services.guarded import GuardedCanonicalizer
from tests.hostile.besieged import Besieged, as_body, as_file, besieged, said
from tests.hostile.case import Case
from tests.hostile.sent import TextCase, honest, own
from tests.hostile.table import texts
from tests.running import Service
from tests.sites import certificate

__all__ = ["besieged", "certificate"]

NOTHING: Final = 1e-6
PLENTY: Final = 60.0
TINY: Final = 64
EVERY: Final = {"time": 4, "memory": 1, "answer": 2, "places": 1}
"""Whatever hits a limit costs a new worker, so of those that everything hits not all are tried."""
# What hits the limit of processor time takes a second of it: few do (``test_hostile_limits``).
LIMITS: Final = ("time", "memory", "answer", "places")
LIMITED = (SandboxTimeoutError, SandboxCrashedError, SandboxBusyError)
BELIEVED: Final = {"valid", "unknownIssuer"}
# What a limit makes of a file, and of a text.
OF_FILES: Final = {
    "time": "422 file-too-complex",
    "memory": "422 file-not-read",
    "answer": "422 file-not-read",
    "places": "503 sandbox-busy",
}
OF_TEXTS: Final = {
    "time": "invalid too-complex",
    "memory": "indeterminate not-checked-now",
    "answer": "indeterminate not-checked-now",
    "places": "indeterminate not-checked-now",
}


class Lowered(Sandbox):
    """A sandbox that counts which tasks hit a limit."""

    hits: Counter[str]
    spared: Collection[str] = ()
    little: float = PLENTY

    def run(self, task: str, payload: bytes, *, seconds: float) -> bytes:
        """Run one request in a worker."""
        seconds = PLENTY if task in self.spared else self.little
        try:
            return super().run(task, payload, seconds=seconds)
        except LIMITED:
            self.hits[task] += 1
            raise


FUNCTIONS: Final = {
    guarded.TASK: "credhub.proofs.isolated:canonicalizer",
    uploads.TASK: "credhub.uploads.reading:read",
    uploads.DRAWING: "credhub.uploads.reading:draw",
    certificates.TASK: "credhub.documents.certificate:render_bytes",
}
IN_NO_MEMORY: Final = {
    guarded.TASK: "tests.hostile.tight:canonicalizer_of_whatever_in_no_memory",
    uploads.TASK: "tests.hostile.tight:read_whatever_in_no_memory",
    uploads.DRAWING: "tests.hostile.tight:draw_whatever_in_no_memory",
    certificates.TASK: "tests.hostile.tight:render_in_no_memory",
}


def lowered(limit: str) -> Lowered:
    """Start a sandbox in which everything hits this limit."""
    functions = IN_NO_MEMORY if limit == "memory" else FUNCTIONS
    contexts = {guarded.TASK: isolated.pack(read_schema_file)}
    tasks = {
        name: Task(function=function, initial=contexts.get(name), kind=name)
        for name, function in functions.items()
    }
    made = Lowered(tasks, workers=1, max_waiting=-1 if limit == "places" else 4)
    made.hits = Counter()
    made.little = NOTHING if limit == "time" else PLENTY
    return made


@contextmanager
def limited(besieged: Besieged, sandbox: Lowered, *, tiny_answers: bool) -> Iterator[Service]:
    """Run the application on the same data in this sandbox."""
    service = besieged.service
    with pytest.MonkeyPatch.context() as patch, sandbox:
        if tiny_answers:
            patch.setattr(channel, "MAX_FRAME_BYTES", TINY)
        resources = service.with_resources(
            sandbox=sandbox, guarded_suites=suites(GuardedCanonicalizer(sandbox))
        )
        yield replace(service, runtime=replace(service.runtime, resources=resources))


def check_text(besieged: Besieged, service: Service, case: TextCase, limit: str) -> None:
    hostile = case.hostile(besieged.world)
    usual = said(as_body(besieged.service, hostile, case.asked))
    found = said(as_body(service, hostile, case.asked))

    assert found in {usual, OF_TEXTS[limit]}, case.name
    assert found.partition(" ")[0] not in BELIEVED


def check_file(service: Service, case: Case, limit: str) -> None:
    found = said(as_file(service, case.hostile))
    allowed = {f"422 {case.code}", OF_FILES[limit]}
    if limit == "memory":  # A library may take what it lacks for a fault of the file.
        kind = case.name.partition(":")[0]
        allowed.add(f"422 malformed-{'image' if kind == 'photo' else kind}")

    assert found in allowed, case.name


def printed(besieged: Besieged, service: Service) -> Response:
    """Have a certificate made."""
    headers = {"accept": "application/pdf"}
    return service.public().get(besieged.world.address, headers=headers)


@pytest.mark.parametrize("limit", LIMITS)
def test_corpus_nothing_is_believed_whatever_limit_it_hits(besieged: Besieged, limit: str) -> None:
    world = besieged.world
    sandbox = lowered(limit)
    step = EVERY[limit]
    photos = [case for case in besieged.files if case.name.startswith("photo:")]
    with limited(besieged, sandbox, tiny_answers=limit == "answer") as service:
        for text in texts()[::step]:
            check_text(besieged, service, text, limit)
        for file in besieged.files[::step]:
            check_file(service, file, limit)
            assert said(as_body(service, own(world))) == "valid"
        genuine = said(as_file(service, besieged.files[0].twin))
        refused = printed(besieged, service)
        sandbox.spared = {uploads.TASK}
        drawn = said(as_file(service, photos[0].twin))

    assert genuine in {"valid", OF_FILES[limit]}
    assert refused.status_code == 503
    assert refused.json()["code"].startswith("sandbox-")
    hit = {name for name, number in sandbox.hits.items() if number}
    if limit == "places":  # Whoever finds no place for reading is not drawn, so nothing hits it.
        assert hit == {guarded.TASK, uploads.TASK, certificates.TASK}
    else:
        assert hit == {guarded.TASK, uploads.TASK, uploads.DRAWING, certificates.TASK}
        assert drawn in {OF_FILES[limit], "422 malformed-image"}

    # The twin: with the limits of the service everything honest is read, drawn and printed.
    usual = besieged.service
    assert said(as_file(usual, photos[0].twin)) == "valid"
    assert said(as_file(usual, besieged.files[0].twin)) == "valid"
    assert said(as_file(usual, honest())) == "valid"
    assert printed(besieged, usual).status_code == 200
