"""The one set of living things of a process: made from settings, closed at the end."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from credhub.config import Settings
from credhub.credentials.document import VARYING
from credhub.credentials.schema import Schemas
from credhub.egress.client import Egress
from credhub.egress.opening import open_objects
from credhub.errors import AddressRefusedError, DatabaseMissingError, PolicyError
from credhub.jobs.publishing import LedgerPublisher
from credhub.jobs.rolling_over import LogRoller
from credhub.jobs.status_publishing import StatusPublisher
from credhub.jobs.witnessing import WitnessAsker
from credhub.keys.master import MasterKey
from credhub.ledger.checkpoint import Checkpoint
from credhub.ledger.policy import Policy
from credhub.proofs import data_integrity, isolated
from credhub.proofs.contexts import Contexts
from credhub.proofs.ecdsa_sd_2023.grouping import LocalGrouping
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite
from credhub.proofs.rdfc import SafeCanonicalizer
from credhub.proofs.shaped import ShapedCanonicalizer
from credhub.proofs.suite import Suite
from credhub.proofs.suites import issuing_suites, suites
from credhub.recent import Recent
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import guarded, trust_files, uploads, witnessing, workshop
from credhub.services.cosigning import Cosigner
from credhub.services.fetching import MOST_AT_ONCE, Fetcher
from credhub.services.foreign_dids import ForeignDids
from credhub.services.foreign_lists import ForeignLists
from credhub.services.guarded import GuardedCanonicalizer, GuardedGrouping
from credhub.services.keyring import Keyring
from credhub.services.lending import Lending
from credhub.services.resources import Clock, Resources
from credhub.services.unmet_quorums import UnmetQuorums
from credhub.services.witnessing import WitnessDesk
from credhub.services.workshop import Workshop
from credhub.store.disk_faults import MARK, AuditMark, Ending, OnDiskFault
from credhub.store.migrating import check_up_to_date
from credhub.store.second_store.opening import file_of, open_second_store
from credhub.store.second_store.protocol import SecondStore
from credhub.store.sequencer import Sequencer
from credhub.store.store import Store

_PACKAGE: Final = Path(__file__).parent
_REMEMBERED_CHECKPOINTS: Final = 1_000
"""A megabyte."""
# In a wheel the folder is inside the package; in a checkout it is at the top.
_SCHEMA_FOLDERS: Final = (_PACKAGE / "schemas", _PACKAGE.parent.parent / "schemas")


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
    lending: Lending


@contextmanager
def open_runtime(
    settings: Settings,
    *,
    clock: Callable[[], datetime] | None = None,
    on_disk_fault: OnDiskFault | None = None,
    strangers: Egress | None = None,
) -> Iterator[Runtime]:
    """Start everything, and end it in the reverse order.

    Args:
        settings: What the operator decided.
        clock: Now, in UTC.
        on_disk_fault: Called when the disk fails under SQLite. Without it the process ends.
        strangers: Asks those whose addresses are in credentials; else public ones only.

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
    schemas = Schemas.load(read_schema_file)
    master = master_key(settings)
    check_up_to_date(settings.database)
    now = clock or _utc_now
    trust_lists = trust_files.read(settings.trust)
    with ExitStack() as closing:
        mark = audit_mark(settings)
        on_fault = on_disk_fault or Ending(mark, os._exit)
        store = Store.open(settings.database, on_disk_fault=on_fault)
        closing.callback(store.close)
        second_store = open_second_store(settings.second_store_url, on_disk_fault=on_fault)
        closing.callback(second_store.close)
        lending = Lending()
        sandbox = closing.enter_context(
            Sandbox(_tasks(), workers=settings.workers, while_waiting=lending.waiting)
        )
        keyring = Keyring(store, master)
        keyring.check_logs()
        policy = read_witness_policy(settings)
        desks = witnessing.desks(store, _egress(policy), policy)
        sequencer = Sequencer(
            store,
            second_store=second_store,
            clock=now,
            log_signer=keyring.ledger_signer,
            witnessed=_witnessed(store, desks),
            audit_first=mark.found(),
        )
        closing.callback(sequencer.close)
        mark.settle(sequencer.refused)
        fetcher = Fetcher(
            strangers or Egress(),
            at_once=min(MOST_AT_ONCE, settings.threads // 2),
            while_waiting=lending.waiting,
        )
        resources = Resources(
            store=store,
            second_store=second_store,
            sequencer=sequencer,
            keyring=keyring,
            suites=issuing_suites(
                ShapedCanonicalizer(canonicalizer, {**VARYING, **data_integrity.VARYING}),
                LocalGrouping(canonicalizer),
                random=secrets.token_bytes,
            ),
            guarded_suites=suites(GuardedCanonicalizer(sandbox)),
            schemas=schemas,
            sandbox=sandbox,
            witness_policy=policy,
            checkpoints=Recent(_REMEMBERED_CHECKPOINTS),
            unmet_quorums=UnmetQuorums(now),
            cosigner=Cosigner(
                store,
                second_store=second_store,
                keyring=keyring,
                name=settings.witness_name,
                logs=read_policy(settings.witness_logs),
                clock=now,
                random=secrets.token_bytes,
            ),
            trust_lists=trust_lists,
            fetcher=fetcher,
            foreign_dids=ForeignDids(clock=now),
            foreign_lists=ForeignLists(clock=now),
            new_key_wait=timedelta(seconds=settings.new_key_wait),
            clock=now,
            random=secrets.token_bytes,
        )
        log_roller = LogRoller(resources)
        log_roller.repair()
        yield Runtime(
            settings=settings,
            resources=resources,
            status_publisher=StatusPublisher(resources),
            witness_asker=WitnessAsker(store, desks, clock=now, on_evidence=sequencer.hold_against),
            ledger_publisher=_ledger_publisher(settings, store, now),
            log_roller=log_roller,
            lending=lending,
        )


def _ledger_publisher(settings: Settings, store: Store, clock: Clock) -> LedgerPublisher | None:
    if not settings.publish_to:
        return None
    return LedgerPublisher(store, lambda: open_objects(settings.publish_to), clock=clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline:
    """What judges bundles: neither a store nor a key, and no folder of ours.

    Attributes:
        suites: Every cryptosuite by name; their work is done in a worker process with limits.
        schemas: The JSON Schemas that we know.
        sandbox: Where files are looked into.
        clock: Now, in UTC.
    """

    suites: Mapping[str, Suite]
    schemas: Schemas
    sandbox: Sandbox
    clock: Clock


@contextmanager
def open_offline() -> Iterator[Offline]:
    """Start what verifies bundles on any machine. No setting is read.

    Raises:
        TamperedFileError: A bundled context or schema was changed.
    """
    schemas = Schemas.load(read_schema_file)
    with Sandbox(_tasks(), workers=1) as sandbox:
        guarded_suites = suites(GuardedCanonicalizer(sandbox))
        yield Offline(suites=guarded_suites, schemas=schemas, sandbox=sandbox, clock=_utc_now)


@contextmanager
def open_workshop() -> Iterator[Workshop]:
    """Start issuers and a verifier for the W3C's test suites. Nothing is kept, nobody is asked.

    Raises:
        TamperedFileError: A bundled context was changed.
    """
    contexts = isolated.pack(read_schema_file)
    tasks = _tasks() | {
        guarded.TASK: Task(function="credhub.proofs.own_words:canonicalizer", initial=contexts),
        guarded.GROUPING_TASK: Task(
            function="credhub.proofs.ecdsa_sd_2023.isolated:own_words_grouping", initial=contexts
        ),
    }
    with Sandbox(tasks, workers=2) as sandbox:
        canonicalizer, grouping = GuardedCanonicalizer(sandbox), GuardedGrouping(sandbox)
        issuing = issuing_suites(canonicalizer, grouping, random=secrets.token_bytes)
        selective = IssuingSuite(canonicalizer, grouping, random=secrets.token_bytes)
        verifying = suites(canonicalizer)
        yield workshop.make(
            issuing,
            selective,
            verifying,
            canonicalizer,
            clock=_utc_now,
            random=secrets.token_bytes,
        )


@contextmanager
def open_to_audit(
    settings: Settings, *, public_only: bool
) -> Iterator[tuple[Store, Keyring | None]]:
    """Open the database and the keys, and nothing that writes.

    Raises:
        DatabaseMissingError: There is no database where the settings say.
        KeyStoreError: The master key is missing, weak or readable by others.
        SchemaNotCurrentError: The database is of another version.
    """
    _check_database(settings)
    store = Store.open(settings.database)
    try:
        keyring = None if public_only else Keyring(store, master_key(settings, create=False))
        yield store, keyring
    finally:
        store.close()


@contextmanager
def open_to_examine(
    settings: Settings,
) -> Iterator[tuple[Store, SecondStore, tuple[Checkpoint, ...]]]:
    """Open the database and the second store, ask the witnesses, and start nothing that writes.

    Raises:
        DatabaseMissingError: There is no database where the settings say.
        SchemaNotCurrentError: The database is of another version.
        SecondStoreUnavailableError: The second store of checkpoints cannot be opened.
    """
    _check_database(settings)
    with ExitStack() as closing:
        store = Store.open(settings.database)
        closing.callback(store.close)
        second_store = open_second_store(settings.second_store_url)
        closing.callback(second_store.close)
        yield store, second_store, _witnessed(store, witness_desks(settings, store))


def _check_database(settings: Settings) -> None:
    """Check that there is a database of this version; one that is not there is not made."""
    file = file_of(settings.database)
    if file is not None and not file.exists():
        raise DatabaseMissingError(str(file))
    check_up_to_date(settings.database)


def audit_mark(settings: Settings) -> AuditMark:
    """Find where a process that a failing disk ended says so, for the next start."""
    second = file_of(settings.second_store_url)
    beside = () if second is None else (second.with_name(f"{second.name}.{MARK}"),)
    return AuditMark((settings.data / MARK, *beside))


def master_key(settings: Settings, *, create: bool = True) -> MasterKey:
    """Find the master key, or make it at first start.

    Raises:
        KeyStoreError: It is weak, or its file is not safe.
    """
    if settings.master_key is not None:
        return MasterKey.from_text(settings.master_key.get_secret_value())
    return MasterKey.from_file(settings.master_key_file, create=create)


def _egress(policy: Policy) -> Egress:
    try:
        return Egress(configured=witnessing.addresses(policy))
    except AddressRefusedError as error:
        raise PolicyError("A witness of the policy has a URL that is none.") from error


def witness_desks(settings: Settings, store: Store) -> tuple[WitnessDesk, ...]:
    """Prepare to ask the witnesses that the operator chose.

    Raises:
        PolicyError: The file that names them is not a policy, or names too many.
    """
    policy = read_witness_policy(settings)
    return witnessing.desks(store, _egress(policy), policy)


def _witnessed(store: Store, desks: Sequence[WitnessDesk]) -> tuple[Checkpoint, ...]:
    with store.read() as tx:
        logs = [log for log in tx.ledger.all_logs() if log.frozen_at is None]
    return witnessing.positions(desks, logs)


def read_witness_policy(settings: Settings) -> Policy:
    """Read which witnesses to ask; without a file there are none.

    Raises:
        PolicyError: There is no such file, it is not a policy, or names too many.
    """
    policy = read_policy(settings.witness_policy)
    try:
        witnessing.check_number(policy)
    except PolicyError as error:
        raise PolicyError(f"CREDHUB_WITNESS_POLICY: {settings.witness_policy}: {error}") from error
    return policy


def read_policy(path: Path | None) -> Policy:
    """Read a policy file; without one there are no logs and no witnesses.

    Raises:
        PolicyError: There is no such file, or it is not a policy.
    """
    if path is None:
        return Policy()
    try:
        return Policy.parse(path.read_bytes())
    except OSError as error:
        raise PolicyError(f"The policy {path} cannot be read.") from error
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from error


def read_schema_file(name: str) -> bytes:
    """Read a bundled file by its name below ``schemas/``."""
    folder = next(folder for folder in _SCHEMA_FOLDERS if folder.is_dir())
    return (folder / name).read_bytes()


def _tasks() -> dict[str, Task]:
    contexts = isolated.pack(read_schema_file)
    return {
        guarded.TASK: Task(function="credhub.proofs.isolated:canonicalizer", initial=contexts),
        guarded.GROUPING_TASK: Task(
            function="credhub.proofs.ecdsa_sd_2023.isolated:grouping", initial=contexts
        ),
        # Certificates are our own work: what strangers send takes no worker from them.
        "certificate": Task(
            function="credhub.documents.certificate:render_bytes", kind="certificates"
        ),
        uploads.TASK: Task(function="credhub.uploads.reading:read", kind="uploads"),
    }


def _utc_now() -> datetime:
    return datetime.now(UTC)
