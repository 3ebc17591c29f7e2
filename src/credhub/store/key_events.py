"""The events of keys, as the ledger has them."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, literal_column, select

from credhub.ledger.entry import Kind
from credhub.store.hubs import HubNumber
from credhub.store.tables import ledger_entry, ledger_log


class KeyEventRow(NamedTuple):
    """Where one event is, and the bytes of its entry."""

    log: str
    seq: int
    entry: bytes


# The kind stands in the text, so that the index of these few rows serves.
_OF_HUB: Final = (
    select(ledger_entry.c.log, ledger_entry.c.seq, ledger_entry.c.entry)
    .join(
        ledger_log,
        (ledger_log.c.hub_id == ledger_entry.c.hub_id) & (ledger_log.c.log == ledger_entry.c.log),
    )
    .where(
        ledger_entry.c.hub_id == bindparam("hub"),
        ledger_entry.c.kind == literal_column(str(int(Kind.KEY))),
    )
    .order_by(ledger_log.c.created_ms, ledger_entry.c.log, ledger_entry.c.seq)
)


class KeyEvents:
    """The entries of the table ``ledger_entry`` that are about keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_hub(self, hub: HubNumber) -> tuple[KeyEventRow, ...]:
        """List the events of a hub's keys, oldest first."""
        return tuple(map(KeyEventRow._make, self._connection.execute(_OF_HUB, {"hub": hub})))
