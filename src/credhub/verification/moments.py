"""When the ledger says that something happened."""

from datetime import UTC, datetime, timedelta
from typing import Final

from credhub.ledger.entry import LedgerEntry

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(entry: LedgerEntry) -> datetime:
    """Give the time of an entry, which the ledger set and no document."""
    return _EPOCH + timedelta(milliseconds=entry.time_ms)


def is_later(moment: datetime, other: datetime) -> bool:
    """Say whether a moment is in a later second than another: documents know no smaller part."""
    return moment.replace(microsecond=0) > other
