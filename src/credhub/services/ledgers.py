"""Read the ledgers for the public."""

from credhub.errors import LogNotFoundError
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.log_events import LogEnd, PreviousLog
from credhub.services import quorums
from credhub.store.hubs import Hub, HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store, Transaction


def logs(store: Store) -> tuple[tuple[Hub, LedgerLog], ...]:
    """List every log with its hub."""
    with store.read() as tx:
        by_number = {hub.number: hub for hub in tx.hubs.all()}
        return tuple((by_number[log.hub], log) for log in tx.ledger.all_logs())


def newest_log(store: Store, hub: Hub) -> LedgerLog:
    """Find the log of a hub that takes entries; between two logs, the one that ended last.

    Raises:
        LogNotFoundError: There is none.
    """
    with store.read() as tx:
        logs = tx.ledger.logs(hub.number)
    if not logs:
        raise LogNotFoundError
    return logs[-1]


def checkpoint(store: Store, hub: Hub, log: str) -> str:
    """Read the newest signed checkpoint of a log, with the lines of witnesses that saw it.

    Raises:
        LogNotFoundError: The hub has no such log, or it is empty.
    """
    with store.read() as tx:
        row = tx.ledger.latest_checkpoint(hub.number, log)
        if row is None:
            raise LogNotFoundError
        return quorums.cosigned(tx, hub.number, log, row)


def sizes(store: Store) -> dict[tuple[HubNumber, str], int]:
    """Count the entries of every log, also those that are not signed yet."""
    with store.read() as tx:
        return tx.ledger.sizes()


def size(store: Store, log: LedgerLog) -> int:
    """Count the entries under the newest signed checkpoint of a log."""
    with store.read() as tx:
        row = tx.ledger.latest_checkpoint(log.hub, log.log)
    return 0 if row is None else row.size


def previous_of(tx: Transaction, log: LedgerLog) -> PreviousLog:
    """Read what a log says of the one before it; the first log of a hub says nothing.

    Raises:
        EntryError: Its first entry says something else, or is missing.
    """
    row = tx.ledger.entry(log.hub, log.log, 0)
    return PreviousLog.parse(LedgerEntry.parse(row.entry if row else b"").public)


def lost_entries(tx: Transaction, log: LedgerLog) -> bool:
    """Say whether a log lost entries that were published, and a rollback to it was accepted."""
    logs = tx.ledger.logs(log.hub)
    after = logs[[one.log for one in logs].index(log.log) + 1 :]
    return bool(after) and previous_of(tx, after[0]).why is LogEnd.ROLLBACK
