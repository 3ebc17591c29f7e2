"""One hub sends ten times as many files as it may: what is left for another hub."""

import multiprocessing
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from itertools import count
from typing import Final

from benchmarks import besieging, engines
from benchmarks.batch_files import files, send, sending
from benchmarks.client import measure
from benchmarks.deployed import ACHIEVEMENT, COMMAND, Deployed, deployed
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table, ratio
from benchmarks.load import Load

CONNECTIONS: Final = (1, 8)
SENDERS: Final = 20
BATCHES: Final = 20
ROWS_OF_A_BATCH: Final = 5_000

_MOST_PER_SECOND: Final = 1500
_numbers = count(1)


def noisy(effort: Effort) -> Iterator[Table]:
    """Measure a hub alone, and beside another one that tries files out or has many issued."""
    rows = [row for engine in engines.NAMES for row in _rows(engine, effort)]
    yield Table(
        title="Issue one credential while another hub is noisy",
        columns=(
            *("the other hub", "connections", "p50 ms", "p99 ms", "p50 of quiet", "p99 of quiet"),
        ),
        rows=tuple(rows),
        note=(
            f"Tries out: {SENDERS} clients send files of 50,000 rows, again a second after each "
            f"answer. Has issued: {BATCHES} batches of {ROWS_OF_A_BATCH:,} rows wait for one "
            "worker, and as many clients send more."
        ),
    )


def _rows(engine: str, effort: Effort) -> Iterator[Row]:
    with engines.migrated(engine) as url, deployed(url, CREDHUB_BATCH_WORKERS="0") as service:
        other = _other_hub(service)
        for file in files(BATCHES * ROWS_OF_A_BATCH, of_a_file=ROWS_OF_A_BATCH):
            send(other, file)
        quiet = _issued(service, effort)
        yield from _told(f"is quiet, {engine}", quiet, quiet)
        with _siege(other, dry_run=True):
            yield from _told(f"tries out, {engine}", _issued(service, effort), quiet)
        with _siege(other, dry_run=False), _worker(service):
            yield from _told(f"has issued, {engine}", _issued(service, effort), quiet)


def _other_hub(service: Deployed) -> Deployed:
    name = f"noisy-{next(_numbers)}"
    said = subprocess.run(  # noqa: S603 - our own command
        [COMMAND, "hub", "create", name, "--name", f"The {name} hub"],
        env=service.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    token = next(line.split()[-1] for line in said.splitlines() if "API key" in line)
    other = replace(service, token=token)
    made = other.post("/v1/achievements", ACHIEVEMENT)
    return replace(other, achievement=made["id"])


def _issued(service: Deployed, effort: Effort) -> Mapping[int, Figures]:
    return {
        connections: measure(
            Load(
                port=service.port,
                requests=_requests(service, effort),
                connections=connections,
                warm_up=effort.warm_up,
                seconds=effort.seconds,
                repeat=False,
                expected=HTTPStatus.CREATED,
            )
        ).figures
        for connections in CONNECTIONS
    }


def _requests(service: Deployed, effort: Effort) -> list[bytes]:
    most = int((effort.warm_up + effort.seconds) * _MOST_PER_SECOND)
    return [service.issue_request() for _ in range(most)]


def _told(what: str, found: Mapping[int, Figures], quiet: Mapping[int, Figures]) -> Iterator[Row]:
    for connections, figures in found.items():
        beside = quiet[connections]
        of_quiet = (ratio(figures.p50, beside.p50), ratio(figures.p99, beside.p99))
        yield (what, str(connections), *figures.cells()[1:], *of_quiet)


@contextmanager
def _worker(service: Deployed) -> Iterator[None]:
    """Have the other hub's batches issued, as long as there are any."""
    process = subprocess.Popen([COMMAND, "worker"], env=service.environment)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


@contextmanager
def _siege(other: Deployed, *, dry_run: bool) -> Iterator[None]:
    """Keep files coming from another process."""
    context = multiprocessing.get_context("spawn")
    begun, ended = context.Event(), context.Event()
    (file,) = files(50_000)
    sent = [sending(other, file, dry_run=dry_run) for _ in range(SENDERS)]
    process = context.Process(target=besieging.besiege, args=(other.port, sent, begun, ended))
    process.start()
    try:
        begun.wait()
        yield
    finally:
        ended.set()
        process.join()
