"""Keeping the trees of all logs signed, and refusing the logs that must not be."""

import logging
from collections.abc import Iterable
from typing import Final

from credhub.errors import LedgerIntegrityError, SecondStoreUnavailableError, StoreError
from credhub.ledger.checkpoint import Checkpoint
from credhub.store.admission import Admission
from credhub.store.read_back import LogName
from credhub.store.second_store.protocol import SecondStore
from credhub.store.signing import CheckpointSigner, Clock, LogSigner, SignedTree
from credhub.store.standing import LogStanding, Trouble
from credhub.store.start_order import audited, examine, standing_after
from credhub.store.store import Store

_logger: Final = logging.getLogger(__name__)


class LogSigning:
    """Signs trees, remembers those that could not be signed, and tries them again.

    Used by the sequencer's thread, and by the start before it.
    """

    def __init__(  # noqa: PLR0913 - what it works on and with
        self,
        store: Store,
        admission: Admission,
        *,
        second_store: SecondStore,
        clock: Clock,
        log_signer: LogSigner,
        witnessed: tuple[Checkpoint, ...],
    ) -> None:
        self._store = store
        self._admission = admission
        self._second_store = second_store
        self._clock = clock
        self._witnessed = witnessed
        self._signer = CheckpointSigner(
            store,
            second_store=second_store,
            clock=clock,
            log_signer=log_signer,
            witnessed=witnessed,
        )
        self._unsigned = set[LogName]()
        self._may_be_more = True

    @property
    def has_leftovers(self) -> bool:
        """Whether there are trees that are not signed, or may be."""
        return bool(self._unsigned) or self._may_be_more

    def begin(self, *, audit_first: bool) -> None:
        """Refuse the logs that break the order, and find what a crash left of the others.

        Raises:
            StoreUnavailableError: The database cannot be used.
        """
        standings = self._examine(self._witnessed)
        if audit_first:
            standings = audited(self._store, standings)
        for standing in standings:
            self._begin_one(standing)

    def hold_against(self, witnessed: Checkpoint) -> None:
        """Refuse the log of a checkpoint that a witness holds, unless it is part of what is here.

        Any thread may ask for it.

        Raises:
            StoreUnavailableError: The database cannot be used.
        """
        for standing in self._examine((witnessed,)):
            if standing.trouble in {Trouble.ROLLED_BACK, Trouble.CONTRADICTED}:
                _logger.error("%s takes no more entries: %s", standing.origin, standing.message)
                self._refuse(standing)

    def expect_more(self) -> None:
        """Look for entries that may have been written though nobody said so."""
        self._may_be_more = True

    def sign(self, name: LogName) -> SignedTree | None:
        """Publish and sign the tree of one log; none when that cannot be done now or ever."""
        self._unsigned.add(name)
        try:
            tree = self._signer.sign(name)
        except LedgerIntegrityError as error:
            _logger.exception("hub %d, log %s takes no more entries", name.hub, name.log)
            self._refuse(standing_after(self._store, self._second_store, name, error))
            self._settle(name)
            return None
        except SecondStoreUnavailableError:
            _logger.warning("hub %d, log %s cannot be published now", name.hub, name.log)
            self._admission.block(name)
            return None
        except Exception:
            # A signer is somebody else's code. The entries stand, so this is tried again.
            _logger.exception("hub %d, log %s cannot be signed now", name.hub, name.log)
            return None
        self._settle(name)
        return tree

    def sign_leftovers(self) -> None:
        """Try again what could not be signed."""
        if self._may_be_more:
            self._look_for_more()
        for name in tuple(self._unsigned):
            self.sign(name)

    def _examine(self, witnessed: Iterable[Checkpoint]) -> tuple[LogStanding, ...]:
        return examine(self._store, self._second_store, witnessed, now=self._clock())

    def _begin_one(self, standing: LogStanding) -> None:
        name = LogName(hub=standing.hub, log=standing.log)
        if standing.trouble is Trouble.UNREACHABLE:
            self._admission.block(name)
        elif standing.trouble is not None:
            _logger.error("%s takes no entries: %s", standing.origin, standing.message)
            self._refuse(standing)
            return
        if not standing.is_settled:
            self._unsigned.add(name)

    def _look_for_more(self) -> None:
        try:
            found = set(self._signer.unsigned())
        except StoreError:
            return
        self._unsigned |= {name for name in found if not self._admission.is_refused(name)}
        self._may_be_more = False

    def _refuse(self, standing: LogStanding | None) -> None:
        if standing is not None:
            self._admission.refuse(standing)

    def _settle(self, name: LogName) -> None:
        self._unsigned.remove(name)
        self._admission.unblock(name)
