"""The sequencer: the one way that a ledgered change gets into the database.

The committer thread takes what waits, writes it in one transaction, reads it back, signs the
tree, and answers. The commit before is the timer: whoever arrives meanwhile shares the next one,
and who was answered together is given a moment to come again together.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from threading import Thread
from time import sleep
from typing import Final

from credhub.errors import (
    ConflictError,
    CredhubError,
    NoOpenLogError,
    RecordOutcomeUnknownError,
    StoreUnavailableError,
)
from credhub.ledger.checkpoint import Checkpoint
from credhub.store.admission import Admission
from credhub.store.appending import append
from credhub.store.hubs import HubNumber
from credhub.store.late_units import late_among
from credhub.store.log_signing import LogSigning
from credhub.store.milliseconds import to_ms
from credhub.store.placing import Placed
from credhub.store.read_back import LogName
from credhub.store.second_store.protocol import SecondStore
from credhub.store.signing import Clock, LogSigner
from credhub.store.standing import LogStanding, Standstill
from credhub.store.store import Store
from credhub.store.tables import status_entry
from credhub.store.unit import Placement, Unit
from credhub.store.waiting import Waiting, WaitingUnits

MAX_BATCH: Final = 500
CAPACITY: Final = 10_000
LOG_WAITS: Final = 400

_LOG_PAUSE_SECONDS: Final = 0.025
"""How often a unit without a log looks for one; so many times, it waits ten seconds."""

_RETRY_SECONDS: Final = 1.0
"""How soon a tree that could not be signed is tried again when nothing else is to do."""

CLOCK_ALARM_MS: Final = 60_000
"""How far the clock may be behind the last entry without a word in the log."""

_Written = tuple[Waiting, Placed]

_logger: Final = logging.getLogger(__name__)


class Sequencer:
    """Writes units in batches, in a thread of its own.

    (1) Write the batch and commit, without units that come too late. A batch that fails is written
        again by halves, down to single units, so a bad unit harms nobody else.
    (2) Read the new rows back and hash them again.
    (3) Publish the tree in the second store, sign its checkpoint and record it.
    (4) Answer the callers.

    After (1) the entries stay whatever happens. A crash before (3) is repaired at start by the
    same steps (2) and (3). What becomes of an error or a crash at each step is decided in
    docs/adr/0011.

    Args:
        store: The database.
        second_store: Where the last checkpoints are.
        clock: Now, in UTC.
        log_signer: Gives the key of a log.
        capacity: How many units may wait.
        log_waits: How often a unit looks for a log before it is refused.
        witnessed: What witnesses hold of any log.
        audit_first: Whether to audit all logs before they take entries.
        standstill: Why nothing can be recorded at all. Then nothing is signed or published either:
            what such a disk shows now need not be what it holds.
    """

    def __init__(  # noqa: PLR0913 - what it works on and with, and its limits
        self,
        store: Store,
        *,
        second_store: SecondStore,
        clock: Clock,
        log_signer: LogSigner,
        capacity: int = CAPACITY,
        log_waits: int = LOG_WAITS,
        witnessed: Iterable[Checkpoint] = (),
        audit_first: bool = False,
        standstill: Standstill | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._waiting = WaitingUnits(capacity)
        self._log_waits = log_waits
        self._admission = Admission(store)
        self._signing = LogSigning(
            store,
            self._admission,
            second_store=second_store,
            clock=clock,
            log_signer=log_signer,
            witnessed=tuple(witnessed),
        )
        self._standstill = standstill
        self._signing.begin(audit_first=audit_first)
        self._thread = Thread(target=self._run, name="credhub-sequencer", daemon=True)
        if standstill is None:
            self._signing.sign_leftovers()
            self._thread.start()
        else:
            _logger.warning(standstill.sentence)

    @property
    def waiting(self) -> int:
        """How many units wait, without those that are being written."""
        return len(self._waiting)

    @property
    def standstill(self) -> Standstill | None:
        """Why nothing can be recorded as long as this process runs; none when it can."""
        return self._standstill

    @property
    def refused(self) -> tuple[LogStanding, ...]:
        """The logs that take no entries until somebody decides."""
        return tuple(self._admission.refused.values())

    @property
    def blocked(self) -> tuple[LogName, ...]:
        """The logs that take no entries until the second store can be asked."""
        return tuple(self._admission.blocked)

    def submit(self, unit: Unit) -> Placement:
        """Record a unit, and return when it is durable and under a signed checkpoint.

        Between two logs of a hub there is none for a moment. A unit waits for the next one.

        Raises:
            ConflictError: A row is there already, or a row to change is not as expected.
            QueueFullError, SequencerClosedError, StoreUnavailableError,
            SecondStoreUnavailableError: Nothing was recorded.
            RecordOutcomeUnknownError: It may have been recorded, now or a little later.
            LedgerClockError, NoOpenLogError: The hub has no log that takes entries now.
            LedgerIntegrityError, RollbackDetectedError: The hub's log takes no entries until
                somebody decides.
        """
        self.check_can_record()
        for _ in range(0 if unit.is_alone else self._log_waits):
            try:
                return self._waiting.put(unit).result()
            except NoOpenLogError:
                sleep(_LOG_PAUSE_SECONDS)
        return self._waiting.put(unit).result()

    def check_can_record(self) -> None:
        """Refuse what would be refused anyway, before anything is claimed or signed for it.

        Raises:
            StoreUnavailableError, SecondStoreUnavailableError: Nothing can be recorded.
        """
        if self._standstill is not None:
            raise self._standstill.refusal()

    def check_hub(self, hub: HubNumber) -> None:
        """Refuse what would be refused anyway, of a hub whose log waits for somebody to decide.

        Raises:
            LedgerIntegrityError, RollbackDetectedError: It does.
        """
        refusal = self._admission.refusal_for(hub)
        if refusal is not None:
            raise refusal

    def submit_all(self, units: Iterable[Unit]) -> tuple[Placement | CredhubError, ...]:
        """Record many units, all handed in before the first is waited for.

        Returns:
            For each unit in the same order what ``submit`` returns, or the error that it raises.

        Raises:
            QueueFullError, SequencerClosedError, StoreUnavailableError,
            SecondStoreUnavailableError: Nothing was recorded.
        """
        self.check_can_record()
        return tuple(self._answer(waiting) for waiting in self._waiting.put_all(units))

    def hold_against(self, witnessed: Checkpoint) -> None:
        """Take no more entries for a log of which a witness holds a checkpoint that we have not.

        Raises:
            StoreUnavailableError: The database cannot be used.
        """
        self._signing.hold_against(witnessed)

    def close(self) -> None:
        """Take no more units, record those that wait, and stop."""
        self._waiting.close()
        if self._thread.ident is not None:
            self._thread.join()

    def _answer(self, waiting: Waiting) -> Placement | CredhubError:
        try:
            return waiting.result()
        except NoOpenLogError:
            pass  # Between two logs: it waits for the next one as a single unit does.
        except CredhubError as error:
            return error
        try:
            return self.submit(waiting.unit)
        except CredhubError as error:
            return error

    def _run(self) -> None:
        one_hub = not self._store.mixes_hubs
        while True:
            patience = _RETRY_SECONDS if self._signing.has_leftovers else None
            batch = self._waiting.take(MAX_BATCH, one_hub=one_hub, patience=patience)
            if batch is None:
                return
            if batch:
                self._record(batch)
            else:
                self._signing.sign_leftovers()

    def _record(self, batch: tuple[Waiting, ...]) -> None:
        try:
            self._settle(self._write(batch))
            self._store.move_long_log()  # Nobody waits for it.
        except Exception:
            # The outermost handler of this thread: whatever happens, callers get an answer.
            _logger.exception("a batch of %d units failed", len(batch))
            _refuse((it for it in batch if not it.is_answered), RecordOutcomeUnknownError)

    def _write(self, batch: tuple[Waiting, ...]) -> list[_Written]:
        """Do step (1). Who is refused has an answer; the others are returned."""
        live = self._admitted(batch)
        if not live:
            return []
        try:
            return self._commit(live)
        except StoreUnavailableError:
            _logger.warning("the database cannot be used; %d units are refused", len(live))
            _refuse(live, StoreUnavailableError)
        except RecordOutcomeUnknownError:
            _logger.warning("a commit of %d units gave no answer", len(live))
            self._signing.expect_more()
            _refuse(live, RecordOutcomeUnknownError)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one unit
            if len(live) > 1:
                half = len(live) // 2
                return self._write(live[:half]) + self._write(live[half:])
            live[0].answer(error)
        return []

    def _admitted(self, batch: tuple[Waiting, ...]) -> tuple[Waiting, ...]:
        """Answer those who may not add entries now, and give the others."""
        hubs = {waiting.unit.hub for waiting in batch}
        for name in self._admission.blocked:
            if name.hub in hubs:
                self._signing.sign(name)
        refusals = [self._admission.refusal_of(waiting.unit) for waiting in batch]
        for waiting, refusal in zip(batch, refusals, strict=True):
            if refusal is not None:
                waiting.answer(refusal)
        return tuple(
            waiting for waiting, refusal in zip(batch, refusals, strict=True) if refusal is None
        )

    def _commit(self, batch: tuple[Waiting, ...]) -> list[_Written]:
        now_ms = to_ms(self._clock())
        with self._store.connect_to_write() as connection:
            late = late_among(connection, [waiting.unit for waiting in batch])
            live = [waiting for position, waiting in enumerate(batch) if position not in late]
            placed = append(connection, [waiting.unit for waiting in live], now_ms=now_ms)
        for position in late:
            batch[position].answer(ConflictError(status_entry.name))
        behind_ms = max((it.time_ms for it in placed), default=now_ms) - now_ms
        if behind_ms > CLOCK_ALARM_MS:
            _logger.error("the clock is %d seconds behind the ledger", behind_ms // 1000)
        return list(zip(live, placed, strict=True))

    def _settle(self, written: Iterable[_Written]) -> None:
        """Do steps (2) to (4), log by log."""
        logs: defaultdict[LogName, list[_Written]] = defaultdict(list)
        for waiting, placed in written:
            logs[LogName(hub=placed.hub, log=placed.log)].append((waiting, placed))
        for name, group in logs.items():
            tree = self._signing.sign(name)
            for waiting, placed in group:
                if tree is not None:
                    waiting.answer(
                        Placement(
                            log=placed.log,
                            seqs=placed.seqs,
                            time_ms=placed.time_ms,
                            checkpoint_size=tree.size,
                            signed=tree.signed,
                        )
                    )
                else:
                    standing = self._admission.refused.get(name.hub)
                    refusal = RecordOutcomeUnknownError if standing is None else standing.refusal
                    _refuse((waiting,), refusal)


def _refuse(group: Iterable[Waiting], make: Callable[[], CredhubError]) -> None:
    for waiting in group:
        waiting.answer(make())
