"""How often the disk is flushed for one batch, counted by ``strace`` and by PostgreSQL itself.

Run as a program it is the process that is counted: ``flushing URL SECOND HUB CALLERS UNITS FIRST``.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from benchmarks import engines
from benchmarks.effort import Effort
from benchmarks.figures import Row, Table
from credhub.store.hubs import HubNumber
from credhub.store.second_store.opening import open_second_store
from credhub.store.store import Store
from credhub.store.tables import ledger_checkpoint
from tests.store.samples import (
    Signers,
    achievement_unit,
    issue_unit,
    ledger_signer,
    make_hub,
    sequencer,
)

CALLERS: Final = (1, 16, 128)
BATCHES: Final = 150
"""At least about so many, beside which what a start and an end flush is little."""

_FLUSH: Final = re.compile(r"^.*\b(?:fsync|fdatasync|sync_file_range|msync)\(", re.MULTILINE)
_WAL_FLUSHES: Final = """
    SELECT coalesce(sum(fsyncs) FILTER (WHERE backend_type = 'client backend'), 0),
           coalesce(sum(fsyncs) FILTER (WHERE backend_type <> 'client backend'), 0)
    FROM pg_stat_io WHERE object = 'wal'
"""


def flushing(effort: Effort) -> Iterator[Table]:
    """Measure on both engines; without strace there is nothing to say."""
    rows: list[Row] = []
    if shutil.which("strace") is not None:
        for engine in engines.NAMES:
            with (
                engines.migrated(engine) as url,
                tempfile.TemporaryDirectory(prefix="credhub-second-") as folder,
            ):
                rows += _rows(engine, url, f"sqlite:///{folder}/second.db", effort)
    yield Table(
        title="Flushes for one batch",
        columns=(
            "engine",
            "callers",
            "batches",
            "units per batch",
            "flushes per batch",
            "beside them, waited for by nobody",
        ),
        rows=tuple(rows),
        note="The database and the second store, from the start to the end of a process; "
        "PostgreSQL's writer of the WAL flushes on its own account, every 200 ms under load.",
    )


def _rows(engine: str, url: str, second: str, effort: Effort) -> Iterator[Row]:
    store = Store.open(url)
    try:
        signers = Signers()
        hub = make_hub(store, signers)
        with sequencer(store, signers) as running:
            running.submit(achievement_unit(hub))
        first = 1
        for callers in CALLERS:
            units = max(effort.repetitions, BATCHES * callers)
            before, wal = _batches(store), _wal_flushes(store)
            flushes = _counted(url, second, *map(str, (hub, callers, units, first)))
            batches = _batches(store) - before
            waited, alone = (now - then for now, then in zip(_wal_flushes(store), wal, strict=True))
            first += units
            each = (units / batches, (flushes + waited) / batches, alone / batches)
            yield (engine, str(callers), str(batches), *(f"{number:.2f}" for number in each))
    finally:
        store.close()


def _counted(*arguments: str) -> int:
    with tempfile.TemporaryDirectory(prefix="credhub-strace-") as folder:
        trace = Path(folder) / "trace"
        program = [sys.executable, "-m", "benchmarks.flushing", *arguments]
        watch = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range,msync"]
        subprocess.run([*watch, "-o", str(trace), *program], check=True)  # noqa: S603 - a tool and ourselves
        return len(_FLUSH.findall(trace.read_text()))


def _batches(store: Store) -> int:
    with store.connect_to_read() as connection:
        return int(
            connection.execute(select(func.count()).select_from(ledger_checkpoint)).scalar_one()
        )


def _wal_flushes(store: Store) -> tuple[int, int]:
    """Count PostgreSQL's own: those that a commit waited for, and those that nobody did."""
    if store.mixes_hubs:
        return 0, 0
    with store.connect_to_newest() as connection:
        waited, alone = connection.exec_driver_sql(_WAL_FLUSHES).one()
    return int(waited), int(alone)


def _submit(url: str, second: str, hub: HubNumber, callers: int, marks: range) -> None:
    store, second_store = Store.open(url), open_second_store(second)
    signers = Signers()
    signers.of[hub] = ledger_signer(hub)
    try:
        with (
            sequencer(store, signers, second_store=second_store) as running,
            ThreadPoolExecutor(callers) as pool,
        ):
            list(pool.map(lambda mark: running.submit(issue_unit(hub, mark)), marks))
    finally:
        second_store.close()
        store.close()


if __name__ == "__main__":
    _url, _second = sys.argv[1:3]
    _hub, _callers, _units, _first = (int(word) for word in sys.argv[3:])
    _submit(_url, _second, HubNumber(_hub), _callers, range(_first, _first + _units))
