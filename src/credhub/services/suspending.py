"""Suspend a credential, and lift the suspension. Asking twice records it once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from credhub.credentials.claims import check_text
from credhub.errors import (
    AlreadyRevokedError,
    ConflictError,
    ContendedError,
    NotSuspendableError,
    NotSuspendedError,
)
from credhub.ledger.events import Standing
from credhub.services import changing
from credhub.services.changing import Changeable
from credhub.services.resources import Resources
from credhub.status.document import Purpose
from credhub.store.hubs import HubNumber

ATTEMPTS: Final = changing.ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where the ledger says it, and whether that was just written."""

    log: str
    seq: int
    is_new: bool


def suspend(
    resources: Resources, number: HubNumber, credential_id: str, *, actor: str, reason: str
) -> Recorded:
    """Record that a credential does not stand for now. It shows on its page at once.

    Args:
        resources: What services work with.
        number: The hub of the caller.
        credential_id: The internal id.
        actor: Who asks, such as the id of an API key.
        reason: Why, for the record.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        NotSuspendableError: It was issued without a place in a list of suspensions.
        AlreadyRevokedError: It is revoked, which is final.
        InvalidClaimError: The reason is not printable.
        ContendedError: Others kept changing the same credential.
    """

    def suspended(found: Changeable) -> bool:
        if Purpose.SUSPENSION not in found.purposes:
            raise NotSuspendableError
        return found.standing is Standing.SUSPENDED

    return _change(
        resources, number, credential_id, Standing.SUSPENDED, suspended, actor=actor, reason=reason
    )


def lift(
    resources: Resources, number: HubNumber, credential_id: str, *, actor: str, reason: str
) -> Recorded:
    """Record that a credential stands again.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        NotSuspendedError: It never was suspended.
        AlreadyRevokedError: It is revoked, which is final.
        InvalidClaimError: The reason is not printable.
        ContendedError: Others kept changing the same credential.
    """

    def lifted(found: Changeable) -> bool:
        if not found.changes:
            raise NotSuspendedError
        return found.standing is Standing.ACTIVE

    return _change(
        resources, number, credential_id, Standing.ACTIVE, lifted, actor=actor, reason=reason
    )


def _change(  # noqa: PLR0913 - which credential, what for, who and why
    resources: Resources,
    number: HubNumber,
    credential_id: str,
    new: Standing,
    is_so: Callable[[Changeable], bool],
    *,
    actor: str,
    reason: str,
) -> Recorded:
    check_text("reason", reason)
    for _ in range(ATTEMPTS):
        found = changing.find(resources, number, credential_id)
        if found.standing is Standing.REVOKED:
            raise AlreadyRevokedError
        if is_so(found):
            last = found.changes[-1]
            return Recorded(log=last.log, seq=last.seq, is_new=False)
        unit = changing.unit_of(resources, found, new, actor=actor, reason=reason)
        try:
            placement = resources.sequencer.submit(unit)
        except ConflictError:
            continue
        return Recorded(log=placement.log, seq=placement.seqs[0], is_new=True)
    raise ContendedError
