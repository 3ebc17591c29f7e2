"""Ledger entries whose contents only the learner's or the hub's key can open."""

from credhub.keys.sealing import seal
from credhub.ledger.commitment import InnerKind, commit, opening
from credhub.ledger.entry import Kind
from credhub.services.sealed import opening_context
from credhub.store.hubs import HubNumber
from credhub.store.unit import PendingEntry, PendingOpening


def private_entry(  # noqa: PLR0913 - what a commitment is made of
    number: HubNumber,
    kind: InnerKind,
    payload: bytes,
    *,
    subject_key: bytes,
    learner_id: str | None,
    entry_id: bytes,
) -> PendingEntry:
    """Commit to a payload under a learner's or the hub's key, and seal it for later."""
    return PendingEntry(
        kind=Kind.PRIVATE,
        commitment=commit(opening(subject_key, entry_id), kind, payload),
        opening=PendingOpening(
            entry_id=entry_id,
            inner_kind=kind,
            learner_id=learner_id,
            sealed=seal(subject_key, payload, context=opening_context(number, entry_id)),
        ),
    )
