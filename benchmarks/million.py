"""A log of a million entries: what a receipt costs, and how fast all of it is audited."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Final

from sqlalchemy import insert, update

from benchmarks import engines
from benchmarks.effort import FULL, Effort
from benchmarks.figures import Figures, Row, Table, ratio
from credhub.ledger.checkpoint import Checkpoint, sign_checkpoint
from credhub.ledger.commitment import InnerKind
from credhub.ledger.entry import NO_HASH, Kind
from credhub.ledger.merkle import Frontier
from credhub.ledger.receipt import PrivateOpening, Receipt
from credhub.store.bulk import Rows
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.parallel_audit import Walkers
from credhub.store.placing import Tail
from credhub.store.store import Store
from credhub.store.tables import ledger_checkpoint, ledger_entry, ledger_head, ledger_node
from credhub.store.unit import PendingEntry, Unit
from tests.store.samples import LOG, Signers, make_hub

SIZE: Final = 1_000_000
_QUICK_SIZE: Final = 20_000
_CHUNK: Final = 20_000
_PAYLOAD: Final = b"{" + b"x" * 200 + b"}"
"""As long as what an issue commits to."""


def million(effort: Effort) -> Iterator[Table]:
    """Measure on both engines; a quick look has a smaller log."""
    size = SIZE if effort is FULL else _QUICK_SIZE
    receipts: list[Row] = []
    audits: list[Row] = []
    for engine in engines.NAMES:
        with engines.migrated(engine) as url:
            store = Store.open(url)
            try:
                log = _fill(store, size)
                receipts.append((engine, f"{size:,}", *_receipts(store, log, size, effort)))
                audits += _audits(engine, url, store, log)
            finally:
                store.close()
    yield Table(
        title="Receipts from a large log",
        columns=("engine", "entries", "per second", "p50 ms", "p99 ms", "bytes p50", "bytes most"),
        rows=tuple(receipts),
        note="From the database: entry, checkpoint, proof, and the text. No cosignatures.",
    )
    yield Table(
        title="Audit of all rows",
        columns=("engine", "processes", "entries per second", "of one"),
        rows=tuple(audits),
        note="Entries, chain, tiles, head and checkpoint; the processes are there already.",
    )


def _fill(store: Store, size: int) -> LedgerLog:
    """Write a log as the sequencer would, without reading it back in between."""
    signers = Signers()
    hub = make_hub(store, signers)
    now_ms = to_ms(datetime.now(UTC))
    tail = Tail(hub=hub, log=LOG, old_size=0, chain=NO_HASH, time_ms=now_ms, frontier=Frontier())
    random = Random(size)  # noqa: S311 - commitments of a benchmark
    for start in range(0, size, _CHUNK):
        entries = tuple(
            PendingEntry(kind=Kind.PRIVATE, commitment=random.randbytes(32))
            for _ in range(start, min(start + _CHUNK, size))
        )
        _write(store, tail, Unit(hub=hub, entries=entries))
    with store.read() as tx:
        log = tx.ledger.open_log(hub)
    if log is None:
        raise LookupError(LOG)
    _sign(store, signers, log, tail)
    return log


def _write(store: Store, tail: Tail, unit: Unit) -> None:
    rows = Rows()
    tail.place(unit, rows)
    moved = {
        "size": tail.frontier.size,
        "chain_hash": tail.chain,
        "frontier": tail.frontier.encode(),
        "last_ms": tail.time_ms,
    }
    with store.connect_to_write() as connection:
        rows.insert(connection, ledger_entry)
        rows.insert(connection, ledger_node)
        connection.execute(update(ledger_head), moved)


def _sign(store: Store, signers: Signers, log: LedgerLog, tail: Tail) -> None:
    signer = signers.of[log.hub]
    checkpoint = Checkpoint(origin=log.origin, size=tail.frontier.size, root=tail.frontier.root())
    row = {
        "hub_id": log.hub,
        "log": log.log,
        "size": checkpoint.size,
        "root": checkpoint.root,
        "note": sign_checkpoint(checkpoint, public_key=signer.public_key, sign=signer.sign),
        "signed_ms": tail.time_ms,
    }
    with store.connect_to_write() as connection:
        connection.execute(insert(ledger_checkpoint), row)


def _receipts(store: Store, log: LedgerLog, size: int, effort: Effort) -> Row:
    random = Random(1)  # noqa: S311 - places to look at
    times: list[float] = []
    lengths: list[int] = []
    end = time.perf_counter() + effort.short
    while time.perf_counter() < end:
        seq = random.randrange(size)
        started = time.perf_counter()
        text = _receipt(store, log.hub, log.log, seq)
        times.append(time.perf_counter() - started)
        lengths.append(len(text))
    lengths.sort()
    figures = Figures.of(times, seconds=sum(times))
    return (*figures.cells(), f"{lengths[len(lengths) // 2]:,}", f"{lengths[-1]:,}")


def _receipt(store: Store, hub: HubNumber, label: str, seq: int) -> str:
    with store.read_newest() as tx:
        row = tx.ledger.entry(hub, label, seq)
        checkpoint = tx.ledger.checkpoint_covering(hub, label, seq)
        if row is None or checkpoint is None:
            raise LookupError(seq)
        proof = tx.ledger.inclusion(hub, label, seq, checkpoint.size)
    extra = PrivateOpening(
        time_ms=row.time_ms, opening=NO_HASH, inner_kind=InnerKind.ISSUE, payload=_PAYLOAD
    )
    return Receipt(index=seq, proof=proof, checkpoint=checkpoint.note, extra=extra.encode()).text()


def _audits(engine: str, url: str, store: Store, log: LedgerLog) -> Iterator[Row]:
    alone = _audited_per_second(store, log, None)
    yield (engine, "1", f"{alone:,.0f}", "1.00")
    count = min(2, os.cpu_count() or 1)
    with Walkers.started(url, count) as walkers:
        _audited_per_second(store, log, walkers)  # They start when there is something to do.
        together = _audited_per_second(store, log, walkers)
    yield (engine, str(count), f"{together:,.0f}", ratio(together, alone))


def _audited_per_second(store: Store, log: LedgerLog, walkers: Walkers | None) -> float:
    started = time.perf_counter()
    with store.read() as tx:
        summary = tx.ledger.audit(log, ahead=None if walkers is None else walkers.ahead(log))
    return summary.size / (time.perf_counter() - started)
