"""Own credentials while hostile files and slow strangers hang: what is left for everybody else.

Everything happens on this machine: the service and the site of a stranger who never answers, those
who mean harm, and those who do not, each in a process of its own.
"""

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from benchmarks import besieging
from benchmarks.client import measure
from benchmarks.deployed import request
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Table, ratio
from benchmarks.hostile_service import Besieged, besieged
from benchmarks.load import Load
from tests.did_sites import SIGNER
from tests.hostile import pdfs, pngs
from tests.services.test_foreign_issuers import plain, signed
from tests.web.test_hostile_bodies import clique, with_parents

HANGING: Final = 16
CONNECTIONS: Final = (1, 8)


def hostile(effort: Effort) -> Iterator[Table]:
    """Measure quietly, and then with 16 hostile uploads and 16 slow fetches under way."""
    with besieged() as service:
        rows = tuple(
            (f"own, {way}", str(connections), *_row(service, sent, connections, effort))
            for way, sent in _ways(service).items()
            for connections in CONNECTIONS
        )
    yield Table(
        title="Own credentials while others hang",
        columns=(
            *("what", "connections", "quiet p50 ms", "p99 ms"),
            *("besieged p50 ms", "p99 ms", "p50 ratio", "p99 ratio"),
        ),
        rows=rows,
        note=(
            f"Besieged: {HANGING} small PDFs that take minutes to draw, {HANGING // 2} credentials "
            f"that are slow to canonicalize and {HANGING} of a site that never answers. Each comes "
            "from an address of its own, again a second after it was answered."
        ),
    )


def _ways(service: Besieged) -> dict[str, list[bytes]]:
    """Make the requests for each way to have an own credential verified."""
    port = service.port
    return {
        "report": [request(port, f"GET /c/{code}?format=report") for code in service.codes],
        "html": [request(port, f"GET /c/{code}?format=html") for code in service.codes],
        "uploaded": [_posted(port, json.loads(one)) for one in service.documents],
        "uploaded as a file": [_upload(port, one) for one in service.documents],
        "uploaded certificate": [_upload(port, one) for one in service.certificates],
        "uploaded PNG badge": [
            _upload(port, pngs.image(pngs.international(one))) for one in service.documents
        ],
    }


def _row(service: Besieged, sent: list[bytes], connections: int, effort: Effort) -> tuple[str, ...]:
    load = Load(
        port=service.port,
        requests=sent,
        connections=connections,
        warm_up=effort.warm_up,
        seconds=effort.short,
    )
    quiet = measure(load).figures
    with _siege(service):
        busy = measure(load).figures
    return (*_times(quiet), *_times(busy), ratio(busy.p50, quiet.p50), ratio(busy.p99, quiet.p99))


def _times(figures: Figures) -> tuple[str, ...]:
    return figures.cells()[1:]


@contextmanager
def _siege(service: Besieged) -> Iterator[None]:
    """Keep the hostile ones coming from another process."""
    context = multiprocessing.get_context("spawn")
    begun, ended = context.Event(), context.Event()
    arguments = (service.port, list(_requests(service)), begun, ended)
    process = context.Process(target=besieging.besiege, args=arguments)
    process.start()
    try:
        begun.wait()
        yield
    finally:
        ended.set()
        process.join()


def _requests(service: Besieged) -> Iterator[bytes]:
    graph = with_parents(signed(plain(SIGNER.did), SIGNER.method), clique(6))
    heavy = pdfs.heavy()
    for number in range(HANGING):
        yield _upload(service.port, heavy)
        if number % 2:
            yield _posted(service.port, graph)
        yield _posted(service.port, signed(plain(f"{service.silent}:slow{number}")))


def _posted(port: int, credential: object) -> bytes:
    return request(port, "POST /v1/verify", {"credential": credential})


def _upload(port: int, file: bytes) -> bytes:
    part = b'--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n'
    body = part + file + b"\r\n--x--\r\n"
    head = (
        f"POST /v1/verify HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"content-type: multipart/form-data; boundary=x\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
