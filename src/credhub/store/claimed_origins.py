"""Origins of logs in the second store: each is claimed once, before its log begins.

The database can be put back to a time before a log began, and then does not know its label any
more. The second store does.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from credhub.errors import SecondStoreConflictError
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.log_labels import labels_of, year_of
from credhub.store.ledger import LedgerLog
from credhub.store.published import Published
from credhub.store.second_store.protocol import SecondStore
from credhub.store.store import Store

_PREFIX: Final = "origin/"


def claim(second_store: SecondStore, log: LedgerLog) -> bool:
    """Claim the origin of a log that is to begin; false when another log has it.

    Raises:
        SecondStoreUnavailableError: Nobody knows.
    """
    try:
        second_store.swap(_PREFIX + log.origin, old=None, new=log.vkey)
    except SecondStoreConflictError:
        # When the answer to our own swap was lost on the way, it is ours.
        return second_store.read(_PREFIX + log.origin) == log.vkey
    return True


def lost_after(
    store: Store, second_store: SecondStore, before: LedgerLog, *, now: datetime
) -> tuple[LedgerLog, Checkpoint] | None:
    """Find what was published of logs after this one that the database does not know any more.

    Whoever publishes has committed before. A label that was claimed and has nothing published is
    what a crash leaves, and no loss.

    Returns:
        The newest such log, as far as it is known, and its last checkpoint.

    Raises:
        SecondStoreUnavailableError: Nobody knows.
        LedgerIntegrityError: What the second store holds of such a log is no checkpoint.
    """
    published = Published(second_store)
    found = [(log, published.last(log)) for log in _claimed_after(second_store, before, now)]
    with store.read() as tx:
        known = {log.vkey for log in tx.ledger.logs(before.hub)}
    lost = [(log, last) for log, last in found if last is not None and log.vkey not in known]
    return lost[-1] if lost else None


def _claimed_after(
    second_store: SecondStore, before: LedgerLog, now: datetime
) -> Iterator[LedgerLog]:
    # The origins of a hub differ in their last part alone.
    place = before.origin.removesuffix(before.log)
    for year in range(year_of(before.log), now.year + 1):
        for label in labels_of(year, after=before.log):
            origin = place + label
            vkey = second_store.read(_PREFIX + origin)
            if vkey is None:
                break
            yield LedgerLog(hub=before.hub, log=label, origin=origin, vkey=vkey, created_at=now)
