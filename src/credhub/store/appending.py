"""Writing a batch of units: one transaction's worth of statements."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, exists, select, update
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError, LedgerClockError, LedgerIntegrityError, NoOpenLogError
from credhub.ledger.merkle import Frontier
from credhub.store import held_keys, log_life
from credhub.store.bulk import Rows
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.placing import Placed, Tail
from credhub.store.tables import (
    idempotency,
    ledger_head,
    ledger_log,
    metadata,
)
from credhub.store.unit import Unit

MAX_CLOCK_STEP_MS: Final = 300_000
"""A clock further behind the last entry than this is wrong, and stops its log."""

# A repeated request must fail on its key, whatever else it repeats. The rest: parents first.
_ORDER: Final = (idempotency, *(t for t in metadata.sorted_tables if t is not idempotency))
_OPEN_HEAD: Final = (
    select(
        ledger_head.c.log,
        ledger_head.c.size,
        ledger_head.c.chain_hash,
        ledger_head.c.frontier,
        ledger_head.c.last_ms,
    )
    .join(
        ledger_log,
        (ledger_log.c.hub_id == ledger_head.c.hub_id) & (ledger_log.c.log == ledger_head.c.log),
    )
    .where(ledger_head.c.hub_id == bindparam("hub"), ledger_log.c.frozen_ms.is_(None))
    .with_for_update(of=ledger_head)
)
_MOVE_HEAD: Final = (
    update(ledger_head)
    .where(
        ledger_head.c.hub_id == bindparam("hub"),
        ledger_head.c.log == bindparam("of_log"),
        ledger_head.c.size == bindparam("old_size"),
        # On PostgreSQL a statement that waited for the head still sees the log as it was before.
        exists().where(
            ledger_log.c.hub_id == ledger_head.c.hub_id,
            ledger_log.c.log == ledger_head.c.log,
            ledger_log.c.frozen_ms.is_(None),
        ),
    )
    .values(
        size=bindparam("new_size"),
        chain_hash=bindparam("new_chain"),
        frontier=bindparam("new_frontier"),
        last_ms=bindparam("new_ms"),
    )
)


def append(connection: Connection, units: Sequence[Unit], *, now_ms: int) -> tuple[Placed, ...]:
    """Write units into the transaction of a connection.

    (1) Hold the keys of learners, and write the rows that need no place in the ledger, so every
        wait for others is here. A unit that begins a log begins it here.
    (2) Lock the heads of the hubs, lowest hub first: from here on nobody is waited for.
    (3) Number, date and hash the entries.
    (4) Write them, and the rows that name their places.
    (5) Move the heads. A unit that ends a log ends it here.

    Raises:
        ConflictError: A row is there already, or a row to change is not as expected; or a learner
            was erased; or another process ended or began a log before.
        LedgerClockError: The clock is far behind the last entry of a hub.
        NoOpenLogError: A hub has no log that takes entries.
        LedgerIntegrityError: The ledger in the database does not fit together.
    """
    # (1): keys, and rows without a place
    held_keys.hold(connection, units)
    _insert_all(connection, _rows_without_place(units))
    _change_all(connection, units)
    for unit in units:
        if unit.begins_log is not None:
            log_life.begin(connection, unit.begins_log)
    # (2): heads
    tails = {hub: _lock(connection, hub, now_ms) for hub in sorted({unit.hub for unit in units})}
    # (3): places
    rows = Rows()
    placed = tuple(tails[unit.hub].place(unit, rows) for unit in units)
    # (4): entries and placed rows
    _insert_all(connection, rows)
    # (5): heads again
    for tail in tails.values():
        _move(connection, tail)
    for unit in units:
        if unit.ends_log is not None:
            _end(connection, tails[unit.hub], unit.ends_log)
    return placed


def _rows_without_place(units: Iterable[Unit]) -> Rows:
    rows = Rows()
    for unit in units:
        for row in unit.inserts:
            if row.entry is None:
                rows.add(row.table, row.values)
    return rows


def _insert_all(connection: Connection, rows: Rows) -> None:
    for table in _ORDER:
        try:
            rows.insert(connection, table)
        except IntegrityError as error:
            if table.name.startswith("ledger_"):
                raise LedgerIntegrityError(f"{table.name} refuses the next entry.") from error
            raise ConflictError(table.name) from error


def _change_all(connection: Connection, units: Iterable[Unit]) -> None:
    for unit in units:
        for change in unit.changes:
            if connection.execute(change.statement).rowcount != 1:
                raise ConflictError(change.table.name)


def _lock(connection: Connection, hub: HubNumber, now_ms: int) -> Tail:
    head = connection.execute(_OPEN_HEAD, {"hub": hub}).one_or_none()
    if head is None:
        raise NoOpenLogError(hub)
    if now_ms < head.last_ms - MAX_CLOCK_STEP_MS:
        raise LedgerClockError(head.last_ms - now_ms)
    return Tail(
        hub=hub,
        log=head.log,
        old_size=head.size,
        chain=head.chain_hash,
        time_ms=max(now_ms, head.last_ms),
        frontier=Frontier.decode(head.size, head.frontier),
    )


def _move(connection: Connection, tail: Tail) -> None:
    values = {
        "hub": tail.hub,
        "of_log": tail.log,
        "old_size": tail.old_size,
        "new_size": tail.frontier.size,
        "new_chain": tail.chain,
        "new_frontier": tail.frontier.encode(),
        "new_ms": tail.time_ms,
    }
    try:
        moved = connection.execute(_MOVE_HEAD, values).rowcount
    except IntegrityError as error:
        raise LedgerIntegrityError(f"The head of log {tail.log} refuses to move.") from error
    if moved != 1:
        if log_life.has_ended(connection, tail.hub, tail.log):
            raise NoOpenLogError(tail.hub)
        raise LedgerIntegrityError(f"The head of log {tail.log} is not where it was.")


def _end(connection: Connection, tail: Tail, log: LedgerLog) -> None:
    if tail.log != log.log or log.frozen_at is None:
        raise ConflictError(ledger_log.name)  # Another process ended that one before.
    connection.execute(log_life.freezing_of(log.hub, log.log, log.frozen_at).statement)
