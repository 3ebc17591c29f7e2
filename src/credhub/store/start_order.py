"""The order that must hold before a log takes entries: witnesses, second store, database.

What each holds is part of what the next one holds. A log that breaks the order takes no entries;
what it proves goes on being proved.

A hub can be between two logs: one has ended, the next has not begun. When the next one was
published all the same, the database has lost it whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from credhub.errors import (
    LedgerError,
    LedgerIntegrityError,
    RollbackDetectedError,
    SecondStoreUnavailableError,
    StoreError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.merkle import Frontier
from credhub.ledger.merkle_proofs import consistency_proof
from credhub.ledger.order import check_published
from credhub.store import claimed_origins
from credhub.store.ledger import LedgerLog
from credhub.store.published import Published
from credhub.store.read_back import LogName
from credhub.store.second_store.protocol import SecondStore
from credhub.store.standing import REFUSING, LogStanding, Trouble
from credhub.store.store import Store, Transaction

_UNREACHABLE: Final = "The second store of checkpoints cannot be asked."


def examine(
    store: Store,
    second_store: SecondStore,
    witnessed: Iterable[Checkpoint] = (),
    *,
    now: datetime,
) -> tuple[LogStanding, ...]:
    """Compare every open log, and every lost one, with what was published. Nothing is written.

    Args:
        store: The database.
        second_store: Where the last checkpoints are.
        witnessed: Checkpoints that witnesses hold, of any log.
        now: No log is of a later year.

    Raises:
        StoreUnavailableError: The database cannot be used.
    """
    published = Published(second_store, witnessed)
    with store.read() as tx:
        newest = {log.hub: log for log in tx.ledger.all_logs()}
    standings = (
        _examine_one(store, published, log)
        if log.frozen_at is None
        else _examine_end(store, second_store, published, log, now)
        for log in newest.values()
    )
    return tuple(standing for standing in standings if standing is not None)


def audited(store: Store, standings: Iterable[LogStanding]) -> tuple[LogStanding, ...]:
    """Audit all logs of the hubs of these, frozen ones too, and say which are not sound."""
    return tuple(_audited_one(store, standing) for standing in standings)


def standing_after(
    store: Store, second_store: SecondStore, name: LogName, error: LedgerIntegrityError
) -> LogStanding | None:
    """Say how a log stands that could not be signed; none when it has ended anyway."""
    standing = LogStanding(hub=name.hub, log=name.log, origin="", size=0, signed_size=0)
    try:
        with store.read() as tx:
            row = tx.ledger.log(name.hub, name.log)
        if row is not None and row.frozen_at is not None:
            return None
        if row is not None:
            standing = _examine_one(store, Published(second_store), row)
    except StoreError:
        pass  # Why it is refused is known, and that is enough.
    return standing if standing.trouble in REFUSING else _in_trouble(standing, error)


def _examine_one(store: Store, published: Published, row: LedgerLog) -> LogStanding:
    """Ask the second store first: who swaps has committed before."""
    standing = LogStanding(
        hub=row.hub,
        log=row.log,
        origin=row.origin,
        size=0,
        signed_size=0,
        witnessed=published.witnessed(row),
    )
    try:
        standing = replace(standing, published=published.last(row))
    except SecondStoreUnavailableError:
        standing = replace(standing, trouble=Trouble.UNREACHABLE, message=_UNREACHABLE)
    except LedgerIntegrityError as error:
        standing = _in_trouble(standing, error)
    with store.read() as tx:
        return _compared(tx, standing)


def _examine_end(
    store: Store, second_store: SecondStore, published: Published, row: LedgerLog, now: datetime
) -> LogStanding | None:
    """Look for a log after one that ended; none when the next one has yet to begin."""
    try:
        lost = claimed_origins.lost_after(store, second_store, row, now=now)
    except SecondStoreUnavailableError:
        return _examine_one(store, published, row)
    except LedgerIntegrityError as error:
        return _in_trouble(_examine_one(store, published, row), error)
    if lost is None:
        return None
    log, last = lost
    standing = LogStanding(
        hub=log.hub, log=log.log, origin=log.origin, size=0, signed_size=0, published=last
    )
    return _in_trouble(standing, RollbackDetectedError(log.origin, published=last.size, here=0))


def _compared(tx: Transaction, standing: LogStanding) -> LogStanding:
    elsewhere = [it for it in (standing.published, *standing.witnessed) if it is not None]
    tiles = tx.ledger.tiles(standing.hub, standing.log)
    try:
        head = tx.ledger.head(standing.hub, standing.log)
        latest = tx.ledger.latest_checkpoint(standing.hub, standing.log)
        root = Frontier.decode(head.size, head.frontier).root()
        here = Checkpoint(origin=standing.origin, size=head.size, root=root)
        standing = replace(
            standing, size=head.size, signed_size=0 if latest is None else latest.size
        )
        check_published(elsewhere, here, partial(consistency_proof, source=tiles))
    except LedgerError as error:
        return _in_trouble(standing, error)
    return standing


def _audited_one(store: Store, standing: LogStanding) -> LogStanding:
    try:
        with store.read() as tx:
            for row in tx.ledger.logs(standing.hub):
                tx.ledger.audit(row)
    except LedgerError as error:
        return _in_trouble(standing, error)
    return standing


def _in_trouble(standing: LogStanding, error: LedgerError) -> LogStanding:
    if not isinstance(error, RollbackDetectedError):
        return replace(standing, trouble=Trouble.UNSOUND, message=str(error))
    ahead = error.published > error.here
    return replace(
        standing,
        trouble=Trouble.ROLLED_BACK if ahead else Trouble.CONTRADICTED,
        size=error.here,
        contrary_size=error.published,
        message=str(error),
    )
