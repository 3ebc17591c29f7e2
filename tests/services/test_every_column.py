"""Whatever is in the database: a test changes it and the audit says so, or here stands why not."""

from pathlib import Path
from typing import Final

import pytest

from credhub.store.tables import metadata
from tests.services.test_auditing import COVERED

ROOT: Final = Path(__file__).parents[1]

_AUDITING: Final = "services/test_auditing.py"
_LOGS: Final = "services/test_audited_logs.py"
_TAMPERING: Final = "store/test_tampering.py"
_MOVED_ENTRY: Final = f"{_TAMPERING}::test_t81_a_moved_entry_is_named"
_MOVED_HEAD: Final = f"{_TAMPERING}::test_t81_a_moved_head_is_named"
_CHANGED_NODE: Final = f"{_TAMPERING}::test_t81_a_changed_node_is_named"
_ENDED_KEY: Final = f"{_AUDITING}::test_t84_a_key_that_ended_without_an_entry_is_found"
# A row that is put under another hub is gone from its own.
_GONE: Final = f"{_AUDITING}::test_t81_a_removed_row_is_named"
_BELONGING_GONE: Final = (
    f"{_AUDITING}::test_t81_a_row_that_belongs_to_an_entry_and_is_gone_is_named"
)

BY_OTHER_TESTS: Final = {
    "ledger_entry.hub_id": _MOVED_ENTRY,
    "ledger_entry.log": _MOVED_ENTRY,
    "ledger_entry.seq": _MOVED_ENTRY,
    "ledger_entry.prev_hash": f"{_TAMPERING}::test_t81_a_changed_entry_is_named",
    "ledger_node.hub_id": _CHANGED_NODE,
    "ledger_node.log": _CHANGED_NODE,
    "ledger_node.level": _CHANGED_NODE,
    "ledger_node.idx": _CHANGED_NODE,
    "ledger_node.hash": _CHANGED_NODE,
    "ledger_head.hub_id": _MOVED_HEAD,
    "ledger_log.hub_id": f"{_TAMPERING}::test_t81_a_moved_log_is_found",
    "ledger_log.frozen_ms": f"{_LOGS}::test_t81_a_log_that_ended_at_another_time_is_named",
    "signing_key.retired_ms": _ENDED_KEY,
    "signing_key.compromised_ms": _ENDED_KEY,
    "credential.supersedes": f"{_AUDITING}::test_t81_a_correction_that_nobody_signed_is_found",
    "ledger_opening.hub_id": _GONE,
    "credential_form.hub_id": _GONE,
    "status_change.hub_id": _GONE,
    "status_list_version.hub_id": _GONE,
    "partner_change.hub_id": _GONE,
    "endorsement_change.hub_id": _GONE,
    "achievement.hub_id": _BELONGING_GONE,
    "credential.hub_id": _BELONGING_GONE,
    "status_entry.hub_id": _BELONGING_GONE,
    "status_list.hub_id": _BELONGING_GONE,
    "learner_key.hub_id": (
        f"{_AUDITING}::test_t81_a_key_that_is_gone_without_an_erasure_is_a_fault"
    ),
    "learner.hub_id": f"{_AUDITING}::test_t81_a_learner_or_key_of_another_hub_is_gone_from_its_own",
    "signing_key.hub_id": (
        f"{_AUDITING}::test_t81_a_learner_or_key_of_another_hub_is_gone_from_its_own"
    ),
    "hub.hub_id": f"{_AUDITING}::test_t81_a_learner_or_key_of_another_hub_is_gone_from_its_own",
}
"""Columns that are changed in a test of their own: which."""

_NOT_SIGNED: Final = "no entry and no signature says it; a guard keeps it as it was written"
_TAKEN_AWAY: Final = "the row is as if taken away, which --witness and kept checkpoints show"
_SEALED: Final = (
    "cannot be told from another master key, so the audit says that it does not know: "
    "cli/test_audit.py::test_a_changed_key_of_a_hub_is_not_known_and_hides_no_other"
)
NOT_FOUND: Final = {
    "hub.description": f"on the public page of the hub alone; {_NOT_SIGNED}",
    "hub.url": f"on the public page of the hub alone; {_NOT_SIGNED}",
    "hub.created_ms": _NOT_SIGNED,
    "hub.forms": "a choice about what is signed from now on; what was signed stays as it is",
    "hub.kdf_salt": _SEALED,
    "hub.sealed_secret": _SEALED,
    "signing_key.sealed_private": _SEALED,
    "ledger_log.created_ms": "orders the logs of a hub, and a log out of order is found; else: "
    + _NOT_SIGNED,
    "ledger_checkpoint.hub_id": _TAKEN_AWAY,
    "ledger_checkpoint.signed_ms": _NOT_SIGNED,
    "ledger_cosignature.hub_id": _TAKEN_AWAY,
    "achievement.created_ms": f"{_NOT_SIGNED}; the entry has a time of its own",
    "credential.issued_by": "for whoever looks for what one key issued; " + _NOT_SIGNED,
    "learner.created_ms": "says which of two learners with one address is older, and nothing else",
    "status_list.created_ms": f"{_NOT_SIGNED}; its first entry has a time of its own",
}
"""Columns in which a change is not found, and why that is borne."""

TABLES_NOT_OF_THE_RECORD: Final = {
    "api_key": "who may ask, now; what was done with a key is in the ledger",
    "batch": "what was sent to be issued; what was issued is in the ledger",
    "batch_row": "waits to be issued, and goes when it was",
    "batch_chunk": "whose turn it is",
    "batch_result": "which row gave which credential; each of these is in the ledger",
    "claim_link": "who may come and take; what is taken is in the ledger",
    "learner_choice": "what the public sees, now; whoever shows a document shows it whole",
    "learner_request": "what learners ask for; what is done about it is in the ledger",
    "cohort": "what a hub plans; what was issued of it is in the ledger",
    "cohort_learner": "what a hub knows until it issues, under the learner's own key",
    "program": "what a hub offers, as of now; what was issued of it is in the ledger",
    "idempotency": "answers to repeated requests; what was made is in the ledger",
    "picture": "shown and never signed; its address is its digest, and it is read back when served",
    "webhook_endpoint": "who is told of what is in the ledger, and how far",
    "webhook_waiting": "what is told again; the ledger says it anyway",
    "witness_key": "of the witness that this service is for others; its lines prove its key",
}


def test_every_column_is_changed_in_a_test_or_has_a_reason() -> None:
    changed = [f"{table.name}.{column}" for table, column in COVERED]
    named = [*changed, *BY_OTHER_TESTS, *NOT_FOUND]
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.name not in TABLES_NOT_OF_THE_RECORD
        for column in table.columns
    }

    assert sorted(there - set(named)) == []
    assert sorted(named) == sorted(there)


def test_a_table_that_is_left_out_is_there() -> None:
    assert set(TABLES_NOT_OF_THE_RECORD) <= set(metadata.tables)


@pytest.mark.parametrize("place", sorted({*BY_OTHER_TESTS.values()}))
def test_the_test_that_is_named_is_there(place: str) -> None:
    module, _, name = place.partition("::")

    assert f"def {name}(" in (ROOT / module).read_text("utf-8")
