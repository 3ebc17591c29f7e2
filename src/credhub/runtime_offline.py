"""What judges without a service: on any machine, and for the test suites of the W3C."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from credhub import worker_tasks
from credhub.bundled import read_schema_file
from credhub.credentials.schema import Schemas
from credhub.proofs import isolated
from credhub.proofs.ecdsa_sd_2023.suite import IssuingSuite
from credhub.proofs.suite import Suite
from credhub.proofs.suites import issuing_suites, suites
from credhub.sandbox.pool import Sandbox
from credhub.sandbox.process import Task
from credhub.services import guarded, workshop
from credhub.services.guarded import GuardedCanonicalizer, GuardedGrouping
from credhub.services.resources import Clock
from credhub.services.workshop import Workshop


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
    with Sandbox(worker_tasks.of_a_service(), workers=1) as sandbox:
        guarded_suites = suites(GuardedCanonicalizer(sandbox))
        yield Offline(suites=guarded_suites, schemas=schemas, sandbox=sandbox, clock=_utc_now)


@contextmanager
def open_workshop() -> Iterator[Workshop]:
    """Start issuers and a verifier for the W3C's test suites. Nothing is kept, nobody is asked.

    Raises:
        TamperedFileError: A bundled context was changed.
    """
    contexts = isolated.pack(read_schema_file)
    tasks = worker_tasks.of_a_service() | {
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


def _utc_now() -> datetime:
    return datetime.now(UTC)
