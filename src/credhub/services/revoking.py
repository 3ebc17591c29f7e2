"""Revoke a credential for good."""

from typing import Final

from credhub.credentials.claims import check_text
from credhub.errors import (
    AlreadyRevokedError,
    ConflictError,
    ContendedError,
    CredentialErasedError,
    CredentialNotFoundError,
)
from credhub.keys.sealing import seal
from credhub.ledger.commitment import ENTRY_ID_LENGTH, InnerKind
from credhub.ledger.events import Standing, StatusChanged
from credhub.services import learners
from credhub.services.private_entries import private_entry
from credhub.services.reading import standing_after
from credhub.services.resources import Resources
from credhub.services.sealed import reason_context
from credhub.status.document import Purpose
from credhub.store import status_writing
from credhub.store.hubs import HubNumber
from credhub.store.unit import Placement, Unit

ATTEMPTS: Final = 20


def revoke(
    resources: Resources, number: HubNumber, credential_id: str, *, actor: str, reason: str
) -> Placement:
    """Record that a credential is revoked. It shows on its page at once.

    Args:
        resources: What services work with.
        number: The hub of the caller.
        credential_id: The internal id.
        actor: Who asks, such as the id of an API key.
        reason: Why, for the record.

    Returns:
        Where the ledger says so.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        AlreadyRevokedError: It is revoked already.
        InvalidClaimError: The reason is not printable.
        ContendedError: Others kept changing the same credential.
    """
    check_text("reason", reason)
    for _ in range(ATTEMPTS):
        try:
            return resources.sequencer.submit(
                _prepare(resources, number, credential_id, actor=actor, reason=reason)
            )
        except ConflictError:
            continue
    raise ContendedError


def _prepare(
    resources: Resources, number: HubNumber, credential_id: str, *, actor: str, reason: str
) -> Unit:
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        credential = tx.credentials.by_id(number, credential_id)
        if credential is None:
            raise CredentialNotFoundError
        changes = tx.status.changes_of(number, credential_id)
        key = learners.key_of(tx, keys, number, credential.learner_id)
    if key is None:
        raise CredentialErasedError
    old = standing_after(changes)
    if old is Standing.REVOKED:
        raise AlreadyRevokedError
    now = resources.clock().replace(microsecond=0)  # As the ledger writes it.
    changed = StatusChanged(
        credential_id=credential_id,
        old=old,
        new=Standing.REVOKED,
        reason=reason,
        actor=actor,
        changed_at=now,
    )
    entry = private_entry(
        number,
        InnerKind.STATUS,
        changed.payload(),
        subject_key=key,
        learner_id=credential.learner_id,
        entry_id=resources.random(ENTRY_ID_LENGTH),
    )
    context = reason_context(number, credential_id, len(changes))
    row = status_writing.insert_change_of(
        number,
        credential_id=credential_id,
        n=len(changes),
        purpose=Purpose.REVOCATION,
        old=old,
        new=Standing.REVOKED,
        sealed_reason=seal(key, reason.encode(), context=context),
        actor=actor,
        changed_at=now,
        entry=0,
    )
    return Unit(hub=number, entries=(entry,), inserts=(row,))
