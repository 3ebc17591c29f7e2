"""How a log begins and ends, in the transaction of the entries with which it does.

A log ends once; a hub has one open log at most. Both are constraints of the database, so of two
processes that begin a log at once, one is refused and finds that of the other.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from credhub.errors import ConflictError
from credhub.ledger.entry import NO_HASH
from credhub.store.hubs import HubNumber
from credhub.store.ledger import LedgerLog
from credhub.store.milliseconds import to_ms
from credhub.store.tables import ledger_head, ledger_log
from credhub.store.unit import Change

_LAST_MS: Final = select(func.coalesce(func.max(ledger_head.c.last_ms), 0)).where(
    ledger_head.c.hub_id == bindparam("hub")
)
_HAS_ENDED: Final = select(
    exists().where(
        ledger_log.c.hub_id == bindparam("hub"),
        ledger_log.c.log == bindparam("log"),
        ledger_log.c.frozen_ms.is_not(None),
    )
)


def begin(connection: Connection, log: LedgerLog) -> None:
    """Begin a log. Its time goes on from the logs before it, so the clock of a hub never goes back.

    Raises:
        ConflictError: The hub has an open log, or had one of this label.
    """
    last_ms = connection.execute(_LAST_MS, {"hub": log.hub}).scalar_one()
    place = {"hub_id": log.hub, "log": log.log}
    values = {"origin": log.origin, "vkey": log.vkey, "created_ms": to_ms(log.created_at)}
    head = {"size": 0, "chain_hash": NO_HASH, "frontier": b"", "last_ms": last_ms}
    try:
        connection.execute(insert(ledger_log), place | values)
    except IntegrityError as error:
        raise ConflictError(ledger_log.name) from error
    connection.execute(insert(ledger_head), place | head)


def has_ended(connection: Connection, hub: HubNumber, label: str) -> bool:
    """Say whether a log takes no more entries."""
    return bool(connection.execute(_HAS_ENDED, {"hub": hub, "log": label}).scalar_one())


def freezing_of(hub: HubNumber, label: str, at: datetime) -> Change:
    """End a log that is open."""
    statement = (
        update(ledger_log)
        .where(
            ledger_log.c.hub_id == hub,
            ledger_log.c.log == label,
            ledger_log.c.frozen_ms.is_(None),
        )
        .values(frozen_ms=to_ms(at))
    )
    return Change(hub=hub, table=ledger_log, statement=statement)
