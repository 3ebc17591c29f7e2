"""The sequencer alone, and the same rows written directly."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import Final

from benchmarks import engines
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table, ratio
from credhub.cli import processor
from credhub.store.appending import append
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.second_store.opening import open_second_store
from credhub.store.sequencer import Sequencer
from credhub.store.store import Store
from tests.store.samples import Signers, achievement_unit, issue_unit, make_hub, sequencer

CALLERS: Final = (1, 16, 128)

_numbers = count(1)


def sequencing(effort: Effort) -> Iterator[Table]:
    """Measure on both engines, with batches of as many units as there are callers beside it."""
    rows: list[Row] = []
    for engine in engines.NAMES:
        with engines.migrated(engine) as url:
            store = Store.open(url)
            try:
                with processor.only_one():  # as the service does
                    rows += _rows(engine, store, effort)
            finally:
                store.close()
    yield Table(
        title="Record prepared units",
        columns=("what", "callers", "units per second", "p50 ms", "p99 ms", "of direct"),
        rows=tuple(rows),
        note=(
            "A unit is a credential with its form, learner, status index and ledger entry. "
            "Directly: the same rows in one transaction for as many units as there are callers; "
            "not read back, no checkpoint. On one processor, as the service is."
        ),
    )


def _rows(engine: str, store: Store, effort: Effort) -> Iterator[Row]:
    signers = Signers()
    hub = make_hub(store, signers)
    with (
        tempfile.TemporaryDirectory(prefix="credhub-second-") as folder,
        closing(open_second_store(f"sqlite:///{folder}/second.db")) as second_store,
        sequencer(store, signers, second_store=second_store) as running,
    ):
        running.submit(achievement_unit(hub))
        submitted = {callers: _submit(running, hub, callers, effort.short) for callers in CALLERS}
    for callers in CALLERS:
        direct = _write(store, hub, callers, effort.short / 2)
        figures = submitted[callers]
        of_direct = ratio(figures.per_second, direct.per_second)
        yield (f"sequencer, {engine}", str(callers), *figures.cells(), of_direct)
        yield (f"directly, {engine}", str(callers), *direct.cells(), "1.00")


def _submit(running: Sequencer, hub: HubNumber, callers: int, seconds: float) -> Figures:
    end = time.perf_counter() + seconds

    def call() -> list[float]:
        times = []
        while time.perf_counter() < end:
            unit = issue_unit(hub, next(_numbers))
            started = time.perf_counter()
            running.submit(unit)
            times.append(time.perf_counter() - started)
        return times

    started = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        parts = [pool.submit(call) for _ in range(callers)]
        times = [each for part in parts for each in part.result()]
    return Figures.of(times, seconds=time.perf_counter() - started)


def _write(store: Store, hub: HubNumber, callers: int, seconds: float) -> Figures:
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() < begun + seconds:
        units = [issue_unit(hub, next(_numbers)) for _ in range(callers)]
        started = time.perf_counter()
        with store.connect_to_write() as connection:
            append(connection, units, now_ms=to_ms(datetime.now(UTC)))
        times += [time.perf_counter() - started] * callers
    return Figures.of(times, seconds=time.perf_counter() - begun)
