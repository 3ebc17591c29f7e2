"""Which hubs may add entries now: not those whose log is refused, or cannot be published."""

from threading import Lock

from credhub.errors import CredhubError, SecondStoreUnavailableError, StoreError
from credhub.store.hubs import HubNumber
from credhub.store.read_back import LogName
from credhub.store.standing import LogStanding
from credhub.store.store import Store
from credhub.store.unit import Unit


class Admission:
    """Written by the sequencer's thread, read by all; any thread may refuse a log.

    Attributes:
        refused: Logs that take no entries until somebody decides, by hub.
        blocked: Logs that take none until the second store can be asked.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changing = Lock()
        self.refused = dict[HubNumber, LogStanding]()
        self.blocked = frozenset[LogName]()

    def refuse(self, standing: LogStanding) -> None:
        """Take no more entries for this log."""
        with self._changing:
            self.refused = self.refused | {standing.hub: standing}

    def is_refused(self, name: LogName) -> bool:
        """Say whether this log is refused."""
        standing = self.refused.get(name.hub)
        return standing is not None and standing.log == name.log

    def block(self, name: LogName) -> None:
        """Take no entries for this log for the time being."""
        self.blocked |= {name}

    def unblock(self, name: LogName) -> None:
        """Take entries for this log again."""
        self.blocked -= {name}

    def refusal_of(self, unit: Unit) -> CredhubError | None:
        """Make the error that a unit is answered with, when it may not be written.

        A unit that begins another log may: it ends the one that is refused.
        """
        refusal = None if unit.begins_log is not None else self.refusal_for(unit.hub)
        if refusal is not None:
            return refusal
        if any(name.hub == unit.hub for name in self.blocked):
            return SecondStoreUnavailableError()
        return None

    def refusal_for(self, hub: HubNumber) -> CredhubError | None:
        """Make the error for whatever a hub adds to its log, until somebody has decided."""
        standing = self.refused.get(hub)
        if standing is None or self._has_moved_on(standing):
            return None
        return standing.refusal()

    def _has_moved_on(self, standing: LogStanding) -> bool:
        try:
            with self._store.read() as tx:
                row = tx.ledger.open_log(standing.hub)
        except StoreError:
            return False
        if row is None or row.log == standing.log:
            return False
        with self._changing:
            self.refused = {hub: it for hub, it in self.refused.items() if hub != standing.hub}
        return True
