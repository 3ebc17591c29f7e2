"""What the service and an auditor may do with each table, once PostgreSQL keeps them to it.

Said of columns and derived from the tables: a table that nobody thought of may be read and added
to by the service, and nothing else. An auditor reads what the public audit reads, and no secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Table

from credhub.store.tables import (
    api_key,
    batch,
    batch_chunk,
    batch_result,
    batch_row,
    claim_link,
    cohort,
    cohort_learner,
    credential_form,
    hub,
    idempotency,
    learner,
    learner_choice,
    learner_key,
    learner_request,
    ledger_head,
    ledger_log,
    ledger_opening,
    metadata,
    program,
    signing_key,
    status_list,
    webhook_endpoint,
    webhook_waiting,
)

_CHANGING: Final[Mapping[Table, tuple[str, ...]]] = {
    hub: ("kdf_salt", "sealed_secret", "forms"),
    signing_key: ("sealed_private", "retired_ms", "compromised_ms"),
    api_key: ("last_used_ms", "revoked_ms"),
    # Erasure takes away what a learner could be found by.
    learner: ("sealed_profile", "external_id_hmac", "email_hmac"),
    # So that it may hold a key until what was sealed with it is recorded: PostgreSQL lets nobody
    # lock rows who may not change them. It may remove keys and add them anyway.
    learner_key: ("wrapped_key",),
    ledger_log: ("frozen_ms",),
    ledger_head: ("size", "chain_hash", "frontier", "last_ms"),
    ledger_opening: ("sealed",),
    credential_form: ("sealed",),
    status_list: ("closed_ms",),
    batch: (
        *("report", "rows", "queued_ms", "started_ms", "ended_ms", "ending"),
        *("issued", "changed", "skipped", "failed", "pruned_ms"),
    ),
    batch_chunk: ("leased_until_ms", "faults"),
    claim_link: ("ended_ms", "opened_ms", "session_hash", "session_until_ms", "claimed_ms"),
    learner_choice: ("shown", "until_ms", "chosen_ms"),
    learner_request: ("answered_ms", "answered_by"),
    program: ("version", "document", "changed_ms", "archived_ms"),
    cohort: ("version", "document", "changed_ms", "finished_ms"),
    cohort_learner: ("version", "sealed"),
    webhook_endpoint: (
        *("sealed_url", "sealed_secrets", "types", "log", "seq"),
        *("replay_log", "replay_seq", "replay_end_log", "replay_end_seq"),
        *("leased_until_ms", "failures", "failing_since_ms", "next_ms"),
        *("last_ms", "last_outcome", "last_status", "delivered_ms"),
        *("disabled_ms", "disabled_because"),
    ),
    webhook_waiting: (
        *("attempts", "next_ms", "last_ms", "last_outcome", "last_status", "dead_ms"),
    ),
}
"""The columns that the service changes in rows that are there; guards say how."""

_REMOVED: Final = frozenset(
    {
        *(learner_key, batch, batch_row, batch_chunk, batch_result),
        *(webhook_endpoint, webhook_waiting),
    }
)
"""Erasure is the removal of a learner's key. What waits in a queue goes when it was done; of
batches guards let only those go of which not all rows arrived, and of results only those of rows
that gave nothing new, after the end. A hub removes its webhooks."""

UNGUARDED: Final = frozenset(
    {
        *(api_key, idempotency, learner, learner_key, learner_choice, batch_row, batch_chunk),
        *(program, cohort, cohort_learner),
        *(webhook_endpoint, webhook_waiting),
    }
)
"""Rows that come, go and change; every other table has guards against removal and change."""

_PERSONAL: Final = frozenset(
    {
        *(api_key, idempotency, learner, learner_key, batch, batch_row, batch_chunk, batch_result),
        *(claim_link, learner_choice, learner_request),
        *(program, cohort, cohort_learner),
        *(webhook_endpoint, webhook_waiting),
    }
)
"""Tables of which an auditor sees nothing."""

_SECRET: Final = frozenset({"kdf_salt", "wrapped_key", "code"})
"""A public code leads to a person, so an auditor sees no list of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What two roles may do with one table.

    Attributes:
        changed: The columns that the service may change in rows that are there.
        removed: Whether the service may remove rows.
        audited: The columns that an auditor may read.
    """

    changed: tuple[str, ...]
    removed: bool
    audited: tuple[str, ...]


def rights_of(table: Table) -> Rights:
    """Say what the service and an auditor may do with a table."""
    names = table.columns.keys()
    seen = () if table in _PERSONAL else tuple(name for name in names if not _is_secret(name))
    return Rights(
        changed=_CHANGING.get(table, ()),
        removed=table in _REMOVED,
        audited=seen,
    )


def all_rights() -> Mapping[Table, Rights]:
    """Say it of all tables, those first that others refer to."""
    return {table: rights_of(table) for table in metadata.sorted_tables}


def _is_secret(column: str) -> bool:
    return (
        column in _SECRET
        or column.startswith("sealed")
        or column.endswith(("_hmac", "secret_hash"))
    )
