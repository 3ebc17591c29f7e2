"""The one set of living things of a process: made from settings, closed at the end."""

import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from credhub import witnesses, worker_tasks
from credhub.bundled import read_schema_file
from credhub.config import Settings
from credhub.credentials.document import VARYING
from credhub.credentials.schema import Schemas
from credhub.egress.client import Egress
from credhub.egress.opening import open_objects
from credhub.jobs.batch_processes import BatchProcesses
from credhub.jobs.batch_pruning import BatchPruner
from credhub.jobs.publishing import LedgerPublisher
from credhub.jobs.rolling_over import LogRoller
from credhub.jobs.status_publishing import StatusPublisher
from credhub.jobs.webhook_telling import WebhookTeller
from credhub.jobs.witnessing import WitnessAsker
from credhub.keys.master import MasterKey
from credhub.ledger.policy import Policy
from credhub.operator_files import (
    audit_mark,
    ending,
    master_key,
    read_policy,
    read_witness_policy,
)
from credhub.proofs import data_integrity
from credhub.proofs.contexts import Contexts
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.suites import issuing_suites, suites
from credhub.recent import Recent
from credhub.sandbox.pool import Sandbox
from credhub.services.cosigning import Cosigner
from credhub.services.fetching import MOST_AT_ONCE, Fetcher
from credhub.services.foreign_dids import ForeignDids
from credhub.services.foreign_lists import ForeignLists
from credhub.services.guarded import GuardedCanonicalizer
from credhub.services.keyring import Keyring
from credhub.services.lending import Lending
from credhub.services.resources import Clock, Resources
from credhub.services.trust import trust_files
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.services.witnessing import WitnessDesk
from credhub.store.disk_faults import OnDiskFault
from credhub.store.migrating import check_up_to_date
from credhub.store.read_only import is_read_only
from credhub.store.second_store.opening import open_second_store
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import Sequencer
from credhub.store.standing import Standstill
from credhub.store.store import Store

_REMEMBERED_CHECKPOINTS: Final = 1_000
"""A megabyte."""

_WORKER: Final = (
    *(sys.executable, "-m", "credhub.cli.main", "worker"),
    *("--idle", "10", "--until-eof"),
)
"""It reads the same settings from the same environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Everything that entry points hand to services.

    ``ledger_publisher`` is none where the operator named no place to publish to.
    """

    settings: Settings
    resources: Resources
    status_publisher: StatusPublisher
    witness_asker: WitnessAsker
    ledger_publisher: LedgerPublisher | None
    log_roller: LogRoller
    batch_processes: BatchProcesses
    batch_pruner: BatchPruner
    webhook_teller: WebhookTeller
    lending: Lending


@contextmanager
def open_runtime(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    on_disk_fault: OnDiskFault | None = None,
    strangers: Egress | None = None,
    receivers: Egress | None = None,
) -> Iterator[Runtime]:
    """Start everything, and end it in the reverse order.

    Args:
        settings: What the operator decided.
        clock: Now, in UTC.
        on_disk_fault: Called when the disk fails under SQLite. Without it the process ends.
        strangers: Asks those whose addresses are in credentials; else public ones only.
        receivers: Sends to webhooks; else to public addresses, and where the settings say.

    Raises:
        TamperedFileError: A bundled context or schema was changed.
        KeyStoreError: The master key is missing, weak or readable by others.
        SchemaNotCurrentError: The database needs ``credhub db upgrade``.
        UnsafeSettingsError: The database may lose what it acknowledges.
        SecondStoreUnavailableError: The second store of checkpoints cannot be opened.
        PolicyError: A file that names witnesses or logs is not a policy, or names too many.
        TrustListError: A file that names issuers is not such a list.
    """
    canonicalizer = SafeCanonicalizer(Contexts.load(read_schema_file))
    shapes = ShapedCanonicalizer(canonicalizer, {**VARYING, **data_integrity.VARYING})
    schemas = Schemas.load(read_schema_file)
    master = master_key(settings)
    on_fault = on_disk_fault or ending(settings)
    check_up_to_date(settings.database, on_disk_fault=on_fault)
    trust_lists = trust_files.read(settings.trust)
    now = clock or _utc_now
    with ExitStack() as closing:
        opened = _open(settings, master, closing, clock=now, on_fault=on_fault)
        resources = Resources(
            store=opened.store,
            second_store=opened.second_store,
            sequencer=opened.sequencer,
            keyring=opened.keyring,
            suites=issuing_suites(shapes, LocalGrouping(canonicalizer), random=secrets.token_bytes),
            guarded_suites=suites(GuardedCanonicalizer(opened.sandbox)),
            shapes=shapes,
            schemas=schemas,
            sandbox=opened.sandbox,
            witness_policy=opened.policy,
            checkpoints=Recent(_REMEMBERED_CHECKPOINTS),
            unmet_quorums=UnmetQuorums(now),
            cosigner=_cosigner(settings, opened, now),
            trust_lists=trust_lists,
            fetcher=_fetcher(settings, opened.lending, strangers or Egress()),
            receivers=receivers or Egress(configured=settings.receivers),
            foreign_dids=ForeignDids(clock=now),
            foreign_lists=ForeignLists(clock=now),
            new_key_wait=timedelta(seconds=settings.new_key_wait),
            batch_results_kept=timedelta(days=settings.batch_results_days),
            clock=now,
            random=secrets.token_bytes,
        )
        yield _with_jobs(settings, opened, resources)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What a process holds open while it runs."""

    store: Store
    second_store: SecondStore
    sequencer: Sequencer
    keyring: Keyring
    sandbox: Sandbox
    policy: Policy
    desks: Sequence[WitnessDesk]
    lending: Lending


def _open(
    settings: Settings,
    master: MasterKey,
    closing: ExitStack,
    *,
    clock: Clock,
    on_fault: OnDiskFault,
) -> _Opened:
    mark, standstill = audit_mark(settings), _standstill(settings)
    store = Store.open(settings.database, on_disk_fault=on_fault)
    closing.callback(store.close)
    second_store = open_second_store(settings.second_store_url, on_disk_fault=on_fault)
    closing.callback(second_store.close)
    lending = Lending()
    sandbox = closing.enter_context(
        Sandbox(
            worker_tasks.of_a_service(), workers=settings.workers, while_waiting=lending.waiting
        )
    )
    keyring = Keyring(store, master)
    keyring.check_logs()
    policy = read_witness_policy(settings)
    desks = witnesses.desks_of(policy, store)
    sequencer = Sequencer(
        store,
        second_store=second_store,
        clock=clock,
        log_signer=keyring.ledger_signer,
        witnessed=witnesses.seen_by(desks, store),
        # A disk that turned read-only may have taken no mark.
        audit_first=mark.found() or standstill is not None,
        standstill=standstill,
    )
    closing.callback(sequencer.close)
    if standstill is None:
        mark.settle(sequencer.refused)
    return _Opened(
        store=store,
        second_store=second_store,
        sequencer=sequencer,
        keyring=keyring,
        sandbox=sandbox,
        policy=policy,
        desks=desks,
        lending=lending,
    )


def _standstill(settings: Settings) -> Standstill | None:
    if is_read_only(settings.database):
        return Standstill.DATABASE
    return Standstill.SECOND_STORE if is_read_only(settings.second_store_url) else None


def _cosigner(settings: Settings, opened: _Opened, clock: Clock) -> Cosigner:
    return Cosigner(
        opened.store,
        second_store=opened.second_store,
        keyring=opened.keyring,
        name=settings.witness_name,
        logs=read_policy(settings.witness_logs),
        clock=clock,
        random=secrets.token_bytes,
    )


def _fetcher(settings: Settings, lending: Lending, strangers: Egress) -> Fetcher:
    at_once = min(MOST_AT_ONCE, settings.threads // 2)
    return Fetcher(strangers, at_once=at_once, while_waiting=lending.waiting)


def _with_jobs(settings: Settings, opened: _Opened, resources: Resources) -> Runtime:
    log_roller = LogRoller(resources)
    if opened.sequencer.standstill is None:
        log_roller.repair()
    return Runtime(
        settings=settings,
        resources=resources,
        status_publisher=StatusPublisher(resources),
        witness_asker=WitnessAsker(
            opened.store,
            opened.desks,
            clock=resources.clock,
            on_evidence=opened.sequencer.hold_against,
        ),
        ledger_publisher=_ledger_publisher(settings, opened.store, resources.clock),
        log_roller=log_roller,
        batch_processes=BatchProcesses(resources, _WORKER, number=settings.batch_workers),
        batch_pruner=BatchPruner(resources),
        webhook_teller=WebhookTeller(resources),
        lending=opened.lending,
    )


def _ledger_publisher(settings: Settings, store: Store, clock: Clock) -> LedgerPublisher | None:
    if not settings.publish_to:
        return None
    return LedgerPublisher(store, lambda: open_objects(settings.publish_to), clock=clock)


def _utc_now() -> datetime:
    return datetime.now(UTC)
