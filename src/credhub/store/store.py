"""The store: one database, and transactions on it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from credhub.errors import (
    RecordOutcomeUnknownError,
    StoreContendedError,
    StoreDeniedError,
    StoreError,
    StoreUnavailableError,
)
from credhub.store.achievements import Achievements
from credhub.store.api_keys import ApiKeys
from credhub.store.batch_load import BatchLoads
from credhub.store.batch_pruning import BatchPruning
from credhub.store.batch_queue import BatchQueue
from credhub.store.batch_results import BatchResults
from credhub.store.batches import Batches
from credhub.store.claim_links import ClaimLinks
from credhub.store.cohort_learners import CohortLearners
from credhub.store.cohorts import Cohorts
from credhub.store.cosignatures import Cosignatures
from credhub.store.covered import Covered
from credhub.store.credential_records import CredentialRecords
from credhub.store.credentials import Credentials
from credhub.store.disk_faults import OnDiskFault, watch
from credhub.store.endorsements import Endorsements
from credhub.store.engine import (
    POOL_SIZE,
    check_settings,
    make_engine,
    make_note_engine,
    newest,
    reading,
    writing,
)
from credhub.store.happenings import Happenings
from credhub.store.hubs import Hubs
from credhub.store.idempotency import Idempotency
from credhub.store.key_events import KeyEvents
from credhub.store.learner_choices import LearnerChoices
from credhub.store.learner_requests import LearnerRequests
from credhub.store.learners import Learners
from credhub.store.ledger import Ledger
from credhub.store.partners import Partners
from credhub.store.pictures import Pictures
from credhub.store.programs import Programs
from credhub.store.receipt_rows import ReceiptRows
from credhub.store.signing_keys import SigningKeys
from credhub.store.sqlite_log import SqliteLog
from credhub.store.standings import Standings
from credhub.store.status import Status
from credhub.store.streaming import close_streams
from credhub.store.tiles import RecentTiles
from credhub.store.unspoken import Claimed
from credhub.store.webhook_waiting import WebhookWaiting
from credhub.store.webhooks import Webhooks
from credhub.store.witness_keys import WitnessKeys

_CONTENDED: Final = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and a deadlock."""
_DENIED: Final = "42501"
"""PostgreSQL's code for what a role may not do."""

_REMEMBERED_TILES: Final = 256
"""Nine megabytes at most; a log of 10^7 entries has fewer tiles above level 0."""


class Transaction:
    """All repositories, on one transaction."""

    def __init__(self, connection: Connection, recent: RecentTiles | None = None) -> None:
        self.hubs = Hubs(connection)
        self.signing_keys = SigningKeys(connection)
        self.api_keys = ApiKeys(connection)
        self.learners = Learners(connection)
        self.learner_choices = LearnerChoices(connection)
        self.learner_requests = LearnerRequests(connection)
        self.claim_links = ClaimLinks(connection)
        self.achievements = Achievements(connection)
        self.credentials = Credentials(connection)
        self.credential_records = CredentialRecords(connection)
        self.status = Status(connection)
        self.standings = Standings(connection)
        self.ledger = Ledger(connection, recent)
        self.receipt_rows = ReceiptRows(connection)
        self.key_events = KeyEvents(connection)
        self.idempotency = Idempotency(connection)
        self.partners = Partners(connection)
        self.endorsements = Endorsements(connection)
        self.pictures = Pictures(connection)
        self.programs = Programs(connection)
        self.cohorts = Cohorts(connection)
        self.cohort_learners = CohortLearners(connection)
        self.batches = Batches(connection)
        self.batch_loads = BatchLoads(connection)
        self.batch_pruning = BatchPruning(connection)
        self.batch_queue = BatchQueue(connection)
        self.batch_results = BatchResults(connection)
        self.covered = Covered(connection)
        self.claimed = Claimed(connection)
        self.cosignatures = Cosignatures(connection)
        self.witness_keys = WitnessKeys(connection)
        self.happenings = Happenings(connection)
        self.webhooks = Webhooks(connection)
        self.webhook_waiting = WebhookWaiting(connection)


class Store:
    """One database. Made once per process, used by all threads."""

    def __init__(self, engine: Engine, notes: Engine) -> None:
        self._engine = engine
        self._notes = notes
        self._writing = writing(engine)
        self._reading = reading(engine)
        self._newest = newest(engine)
        self._log = SqliteLog(engine)
        self._recent_tiles = RecentTiles(_REMEMBERED_TILES)
        self.mixes_hubs = engine.dialect.name == "sqlite"
        """Whether one transaction may write to several hubs (PostgreSQL may be distributed)."""

    @classmethod
    def open(
        cls, url: str, *, pool_size: int = POOL_SIZE, on_disk_fault: OnDiskFault | None = None
    ) -> Self:
        """Connect to a database and make sure that it keeps what it acknowledges.

        Args:
            url: Where it is.
            pool_size: How many connections to keep.
            on_disk_fault: Called when the disk fails under SQLite.

        Raises:
            UnsafeSettingsError: It does not.
            StoreUnavailableError: It cannot be reached.
        """
        engine, notes = make_engine(url, pool_size=pool_size), make_note_engine(url)
        if on_disk_fault is not None:
            watch(engine, on_disk_fault)
            watch(notes, on_disk_fault)
        store = cls(engine, notes)
        try:
            with store.connect_to_read() as connection:
                check_settings(connection)
        except StoreError:
            store.close()
            raise
        return store

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction that may write what is not ledgered; leaving it commits.

        Raises:
            StoreUnavailableError: The database cannot be reached, or is busy for too long.
        """
        with self.connect_to_write() as connection:
            yield Transaction(connection)
        self.move_long_log()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Open a transaction that reads one state of the database.

        Raises:
            StoreUnavailableError: The database cannot be reached.
        """
        with self.connect_to_read() as connection:
            yield Transaction(connection, self._recent_tiles)

    @contextmanager
    def read_newest(self) -> Iterator[Transaction]:
        """Read without a transaction: for rows that never change, however many are read.

        PostgreSQL saves two round trips by it.

        Raises:
            StoreUnavailableError: The database cannot be reached.
        """
        with self.connect_to_newest() as connection:
            yield Transaction(connection, self._recent_tiles)

    def connect_to_write(self) -> AbstractContextManager[Connection]:
        """Open a write transaction without repositories, for this package; leaving it commits.

        Raises:
            StoreUnavailableError: The database cannot be used. Nothing was recorded.
            StoreContendedError: Two transactions waited for one another. Nothing was recorded.
            RecordOutcomeUnknownError: The commit gave no answer.
        """
        return _committed(self._writing)

    def connect_to_note(self) -> AbstractContextManager[Connection]:
        """As ``connect_to_write``, for what can be made again after a power cut."""
        return _committed(self._notes)

    @contextmanager
    def connect_to_read(self) -> Iterator[Connection]:
        """Open a read transaction without repositories, for this package.

        Raises:
            StoreUnavailableError: The database cannot be used.
        """
        with _translated(), self._reading.connect() as connection:
            try:
                yield connection
            finally:
                close_streams(connection)

    @contextmanager
    def connect_to_newest(self) -> Iterator[Connection]:
        """Open a connection whose statements each see the newest state, for this package.

        Raises:
            StoreUnavailableError: The database cannot be used.
        """
        with _translated(), self._newest.connect() as connection:
            yield connection

    def move_long_log(self) -> None:
        """Move what SQLite wrote from its log to the database, when that is much.

        Raises:
            StoreUnavailableError: The disk failed, and nobody ended the process for it.
        """
        with _translated():
            self._log.move_when_long()

    def move_log(self) -> None:
        """Do that now, however little it is.

        Raises:
            StoreUnavailableError: As above.
        """
        with _translated():
            self._log.move()

    def close(self) -> None:
        """Move SQLite's log, and close all connections that are not in use.

        Raises:
            StoreUnavailableError: The disk failed, and nobody ended the process for it.
        """
        self._notes.dispose()
        with _translated():
            self._log.close()


@contextmanager
def _committed(engine: Engine) -> Iterator[Connection]:
    with _translated(), engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        try:
            transaction.commit()
        except OperationalError as error:
            raise RecordOutcomeUnknownError from error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, InternalError) as error:
        if getattr(error.orig, "sqlstate", None) in _CONTENDED:
            raise StoreContendedError from error
        raise StoreUnavailableError from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) == _DENIED:
            raise StoreDeniedError from error
        raise
    except PoolTimeoutError as error:
        raise StoreUnavailableError from error
