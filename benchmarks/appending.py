"""What the ledger costs: batches of units beside the same credentials without a ledger."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Final

from sqlalchemy import select

from benchmarks import engines, without_ledger
from benchmarks.effort import Effort
from benchmarks.figures import Figures, Row, Table, ratio
from credhub.store.appending import append
from credhub.store.bulk import Rows
from credhub.store.hubs import HubNumber
from credhub.store.milliseconds import to_ms
from credhub.store.store import Store
from credhub.store.tables import (
    achievement,
    credential,
    credential_form,
    hub,
    learner,
    learner_key,
    status_entry,
    status_list,
)
from credhub.store.unit import Unit
from tests.store.samples import (
    LOG,
    Signers,
    achievement_unit,
    issue_unit,
    make_hub,
    sequencer,
)

BATCHES: Final = (1, 16, 100, 1000)
_ROUNDS: Final = 6
_CREDENTIALS: Final = (learner, learner_key, credential, credential_form, status_entry)

Way = Callable[[Sequence[Unit]], None]

_numbers = count(1)
_places = count()


def appending(effort: Effort) -> Iterator[Table]:
    """Measure on both engines; rounds of both kinds take turns."""
    rows = [row for engine in engines.NAMES for row in _rows(engine, effort)]
    yield Table(
        title="Append batches",
        columns=("what", "batch", "units per second", "p50 ms", "p99 ms", "of plain"),
        rows=tuple(rows),
        note=(
            "Plain: the rows of the credentials alone (learner and key, credential, signed form, "
            "status index), by the same driver calls, one commit per batch, in tables without "
            "keys to a ledger and without guards. Ledgered: with entry, opening, tile roots and "
            "head, under all guards. Both are the transaction alone: what a unit holds was signed "
            "before, and no checkpoint is signed or kept in a second store. p50 and p99 are of a "
            "unit, which takes as long as its batch."
        ),
    )


def _rows(engine: str, effort: Effort) -> Iterator[Row]:
    with ExitStack() as closing:
        ledgered, number = closing.enter_context(_ledgered(engine))
        ways: dict[str, Way] = {"plain": partial(_insert, closing.enter_context(_plain(ledgered)))}
        ways["ledgered"] = partial(_append, ledgered)
        for batch in BATCHES:
            taken = _take_turns(ways, number, batch, effort)
            for name, figures in taken.items():
                of_plain = ratio(figures.per_second, taken["plain"].per_second)
                yield (f"{name}, {engine}", str(batch), *figures.cells(), of_plain)


def _take_turns(
    ways: Mapping[str, Way], number: HubNumber, batch: int, effort: Effort
) -> dict[str, Figures]:
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_ROUNDS):
        for name, way in ways.items():
            times[name] += _timed(way, number, batch, effort.short / _ROUNDS)
    return {
        name: Figures.of([each for each in taken for _ in range(batch)], seconds=sum(taken))
        for name, taken in times.items()
    }


def _timed(way: Way, number: HubNumber, batch: int, seconds: float) -> list[float]:
    times: list[float] = []
    while sum(times) < seconds:
        units = [issue_unit(number, next(_numbers)) for _ in range(batch)]
        started = time.perf_counter()
        way(units)
        times.append(time.perf_counter() - started)
    return times


def _append(store: Store, units: Sequence[Unit]) -> None:
    with store.connect_to_write() as connection:
        append(connection, units, now_ms=to_ms(datetime.now(UTC)))
    store.move_long_log()


def _insert(store: Store, units: Sequence[Unit]) -> None:
    rows = Rows()
    for unit in units:
        for row in unit.inserts:
            placed = {} if row.entry is None else {"log": LOG, "seq": next(_places)}
            rows.add(row.table, {**row.values, **placed})
    with store.connect_to_write() as connection:
        for table in _CREDENTIALS:
            rows.insert(connection, table)
    store.move_long_log()


@contextmanager
def _ledgered(engine: str) -> Iterator[tuple[Store, HubNumber]]:
    with engines.migrated(engine) as url, _opened(url) as store:
        signers = Signers()
        number = make_hub(store, signers)
        with sequencer(store, signers) as running:
            running.submit(achievement_unit(number))
        yield store, number


@contextmanager
def _plain(filled: Store) -> Iterator[Store]:
    """Make the same tables, with the rows that credentials refer to, and nothing of a ledger."""
    engine = "sqlite" if filled.mixes_hubs else "postgresql"
    with engines.empty(engine) as url, _opened(url) as store:
        with filled.connect_to_read() as old, store.connect_to_write() as new:
            without_ledger.make(new)
            for table in (hub, achievement, status_list):
                rows = Rows()
                for row in old.execute(select(table)).mappings():
                    rows.add(table, dict(row))
                rows.insert(new, table)
        yield store


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    store = Store.open(url)
    try:
        yield store
    finally:
        store.close()
