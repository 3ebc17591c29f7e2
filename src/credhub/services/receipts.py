"""Receipts: made from rows when they are asked for."""

import time
from dataclasses import dataclass, replace
from typing import Final

from credhub.errors import CredentialErasedError, MerkleProofError, ReceiptNotReadyError
from credhub.keys.sealing import unseal
from credhub.ledger.commitment import InnerKind, opening
from credhub.ledger.entry import LedgerEntry
from credhub.ledger.receipt import PrivateOpening, PublicEntry, Receipt
from credhub.services import quorums
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.sealed import opening_context
from credhub.store.hubs import HubNumber
from credhub.store.receipt_rows import CosignedCheckpoint
from credhub.store.store import Transaction
from credhub.store.unit import Placement

ATTEMPTS: Final = 20
PAUSE_SECONDS: Final = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReceipt:
    """A receipt of one of our logs, with the key of that log (C2SP signed-note)."""

    receipt: Receipt
    vkey: str


def after_issuing(resources: Resources, opened: OpenedCredential) -> Receipt:
    """Prove that what was just issued is in the ledger, and wait a moment for that.

    Between the commit of an entry and the checkpoint over it, which another process may sign, a
    repeated request can already see the credential. Only whoever issues is worth the wait.

    Raises:
        CredentialErasedError: The learner was erased.
        ReceiptNotReadyError: The entry is not under a signed checkpoint, as after a crash.
    """
    if opened.receipt is not None:
        return opened.receipt
    for _ in range(ATTEMPTS):
        try:
            return of(resources, opened)
        except ReceiptNotReadyError:
            time.sleep(PAUSE_SECONDS)
    return of(resources, opened)


def of_new(
    placement: Placement, *, seq: int, learner_key: bytes, entry_id: bytes, payload: bytes
) -> Receipt | None:
    """Prove an entry that was just recorded, if this process signed the first checkpoint over it.

    Between recording and signing another process may have signed a tree with it, and this one
    then a larger tree, of which the entry is none of the new leaves.
    """
    signed = placement.signed
    if signed is None:
        return None
    extra = PrivateOpening(
        time_ms=placement.time_ms,
        opening=opening(learner_key, entry_id),
        inner_kind=InnerKind.ISSUE,
        payload=payload,
    )
    try:
        proof = signed.growth.inclusion_proof(seq)
    except MerkleProofError:
        return None
    return Receipt(index=seq, proof=proof, checkpoint=signed.note, extra=extra.encode())


def of(resources: Resources, opened: OpenedCredential) -> Receipt:
    """Prove that the signature of a credential is in its hub's ledger.

    Raises:
        CredentialErasedError: The learner was erased.
        ReceiptNotReadyError: The entry is not under a signed checkpoint yet.
    """
    with resources.store.read_newest() as tx:
        return of_in(tx, resources, opened).receipt


def of_in(tx: Transaction, resources: Resources, opened: OpenedCredential) -> OwnReceipt:
    """As ``of``, for whoever reads more in the same transaction."""
    form, number, key = opened.form, opened.hub.number, opened.learner_key
    row = tx.receipt_rows.private(number, form.log, form.seq)
    if row is None or row.sealed is None:
        raise CredentialErasedError
    extra = PrivateOpening(
        time_ms=LedgerEntry.parse(row.entry).time_ms,
        opening=opening(key, row.entry_id),
        inner_kind=row.inner_kind,
        payload=unseal(key, row.sealed, context=opening_context(number, row.entry_id)),
    )
    receipt = _without_extra(tx, resources, number, form.log, form.seq, first=row.covering)
    return OwnReceipt(receipt=replace(receipt, extra=extra.encode()), vkey=row.vkey)


def of_public(resources: Resources, hub: HubNumber, log: str, seq: int) -> Receipt:
    """Prove what an entry says in public: a status list, a definition, an event of a key.

    Raises:
        ReceiptNotReadyError: The entry is not under a signed checkpoint yet.
    """
    with resources.store.read_newest() as tx:
        row = tx.ledger.entry(hub, log, seq)
        if row is None:
            raise ReceiptNotReadyError
        receipt = _without_extra(tx, resources, hub, log, seq)
    return replace(receipt, extra=PublicEntry(encoded=row.entry).encode())


def _without_extra(  # noqa: PLR0913 - whose entry, and what is known of it
    tx: Transaction,
    resources: Resources,
    hub: HubNumber,
    log: str,
    seq: int,
    *,
    first: CosignedCheckpoint | None = None,
) -> Receipt:
    policy, unmet = resources.witness_policy, resources.unmet_quorums
    found = quorums.covering(tx, policy, hub, log, seq, unmet=unmet, first=first)
    if found is None:
        raise ReceiptNotReadyError
    size, note = found
    return Receipt(index=seq, proof=tx.ledger.inclusion(hub, log, seq, size), checkpoint=note)
