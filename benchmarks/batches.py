"""Batches end to end: files are sent, tried out, taken in, and issued by ``credhub worker``."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from sys import executable
from typing import Final

from benchmarks import engines, processes
from benchmarks.batch_files import ROWS_OF_A_FILE, check, files, send
from benchmarks.batch_worker import ALL, INSIDE, START
from benchmarks.database_server import cpu_of_server
from benchmarks.deployed import COMMAND, Deployed, deployed
from benchmarks.effort import Effort
from benchmarks.figures import Row, Table, quantile, ratio
from benchmarks.processes import Watched, watched
from benchmarks.signing import signed_credential
from credhub.bundled import read_schema_file
from credhub.credentials.document import VARYING
from credhub.keys.ed25519 import Ed25519Signer
from credhub.proofs import eddsa_rdfc_2022
from credhub.proofs.contexts import Contexts
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.shaped import ShapedCanonicalizer

WORKERS: Final = (1, 2)
ROWS_WATCHED: Final = 10_000

_IDLE: Final = ("--idle", "0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One batch, or several files of it.

    Attributes:
        receiving: Seconds until all rows were in.
        issuing: Seconds from the start of the workers until the last of them had ended.
        service: The process that took the rows in.
        database: Processor seconds of the database server while rows were issued.
    """

    rows: int
    receiving: float
    issuing: float
    service: Watched
    workers: Watched
    database: float


def batches(effort: Effort) -> Iterator[Table]:
    """Measure on both engines, with one worker and with two; growth with two only."""
    alone, start = _signed_per_second(effort.seconds), _idle_seconds()
    numbers = WORKERS if len(effort.batches) == 1 else WORKERS[-1:]
    rows = [
        _row(engine, number, _measured(engine, number, size), alone)
        for engine in engines.NAMES
        for number in numbers
        for size in effort.batches
    ]
    yield Table(
        title="Issue batches",
        columns=(
            *("engine", "workers", "rows", "taken in/s", "issued/s", "end to end/s"),
            *("of signing", "worker ms/row", "database ms/row", "service MiB", "worker MiB"),
        ),
        rows=tuple(rows),
        note=(
            f"Files of at most {ROWS_OF_A_FILE:,} rows over HTTP, with a new learner in each row. "
            "Issued: from the start of the worker processes until the last has ended; with nothing "
            f"to do one takes {start:.1f} s. End to end: both, one after the other. Of signing: "
            "issued, as a multiple of signing alone with "
            f"eddsa-rdfc-2022 in one thread, {alone:,.0f} per second. Per row: of the processor. "
            "MiB: the most that one process had."
        ),
    )
    yield _tried(min(effort.batches[0], ROWS_OF_A_FILE))
    yield _shares(min(effort.batches[0], ROWS_WATCHED))


def _row(engine: str, number: int, measured: Measured, alone: float) -> Row:
    rows, issued = measured.rows, measured.rows / measured.issuing
    return (
        engine,
        str(number),
        f"{rows:,}",
        f"{rows / measured.receiving:,.0f}",
        f"{issued:,.0f}",
        f"{rows / (measured.receiving + measured.issuing):,.0f}",
        ratio(issued, alone),
        f"{measured.workers.cpu * 1000 / rows:.3f}",
        f"{measured.database * 1000 / rows:.3f}",
        f"{measured.service.peak:.0f}",
        f"{measured.workers.peak:.0f}",
    )


def _measured(engine: str, number: int, rows: int) -> Measured:
    with engines.migrated(engine) as url, _without_workers(url) as service:
        sending = tuple(files(rows))
        with watched([service.pid]) as receiving:
            started = time.perf_counter()
            sent = [send(service, file)["id"] for file in sending]
            received = time.perf_counter() - started
        before = cpu_of_server(url)
        started = time.perf_counter()
        command = (COMMAND, "worker", *_IDLE)
        working = processes.run_all([command] * number, service.environment)
        issued = time.perf_counter() - started
        database = cpu_of_server(url) - before
        check(service, sent, rows)
    return Measured(
        rows=rows,
        receiving=received,
        issuing=issued,
        service=receiving,
        workers=working,
        database=database,
    )


def _idle_seconds() -> float:
    """Start a worker that has nothing to do."""
    with engines.migrated("sqlite") as url, _without_workers(url) as service:
        started = time.perf_counter()
        processes.run_all([(COMMAND, "worker", *_IDLE)], service.environment)
        return time.perf_counter() - started


def _tried(rows: int) -> Table:
    """Try a file out that nobody has sent before."""
    made: list[Row] = []
    for engine in engines.NAMES:
        with engines.migrated(engine) as url, _without_workers(url) as service:
            (file,) = files(rows)
            with watched([service.pid]) as trying:
                started = time.perf_counter()
                answer = send(service, file, dry_run=True)
                taken = time.perf_counter() - started
            if answer["new"] != rows:
                raise RuntimeError(answer)
        made.append((engine, f"{rows:,}", f"{rows / taken:,.0f}", f"{trying.peak:.0f}"))
    return Table(
        title="Try a batch out",
        columns=("engine", "rows", "rows per second", "service MiB"),
        rows=tuple(made),
        note="Over HTTP: each row is read, checked, and looked for among all that was issued.",
    )


def _shares(rows: int) -> Table:
    """Show where a worker spends its processor time."""
    taken = {engine: _watched_worker(engine, rows) for engine in engines.NAMES}
    names = (ALL, START, *(name for _, _, name in INSIDE))
    return Table(
        title="Stages of a batch, in one worker",
        columns=("stage", *(f"{engine} ms/row" for engine in taken), *("share",) * len(taken)),
        rows=tuple(
            (
                name.replace("  ", "· "),
                *(f"{times[name] * 1000 / rows:.4f}" for times in taken.values()),
                *(ratio(times[name], times[ALL]) for times in taken.values()),
            )
            for name in names
        ),
        note=(
            f"{rows:,} rows. Processor time of the worker, with the timers; indented "
            "stages are parts of others. What the database server takes is in the table above."
        ),
    )


def _watched_worker(engine: str, rows: int) -> Mapping[str, float]:
    with (
        engines.migrated(engine) as url,
        _without_workers(url) as service,
        tempfile.TemporaryDirectory(prefix="credhub-bench-") as folder,
    ):
        sent = [send(service, file)["id"] for file in files(rows)]
        told = Path(folder) / "stages.json"
        command = (executable, "-m", "benchmarks.batch_worker", told, *_IDLE)
        processes.run_all([command], service.environment)
        check(service, sent, rows)
        times: dict[str, float] = json.loads(told.read_text("utf-8"))
    return times


def _without_workers(url: str) -> AbstractContextManager[Deployed]:
    return deployed(url, CREDHUB_BATCH_WORKERS="0")


def _signed_per_second(seconds: float) -> float:
    """Sign credentials of one shape in one thread, as a worker does."""
    full = SafeCanonicalizer(Contexts.load(read_schema_file))
    suite = eddsa_rdfc_2022.suite(ShapedCanonicalizer(full, VARYING))
    signer = Ed25519Signer.generate()
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() < begun + seconds:
        started = time.perf_counter()
        signed_credential(suite, signer, f"Learner {len(times)}")
        times.append(time.perf_counter() - started)
    return 1 / quantile(times, 0.5)
