"""Suspend a credential, and lift the suspension. Asking twice records it once."""

from credhub.errors import NotSuspendableError, NotSuspendedError
from credhub.ledger.events import Standing
from credhub.services import changing
from credhub.services.changing import Changeable, Recorded
from credhub.services.resources import Resources
from credhub.status.document import Purpose
from credhub.store.hubs import HubNumber


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
    return changing.change(
        resources,
        number,
        credential_id,
        Standing.SUSPENDED,
        is_suspended,
        actor=actor,
        reason=reason,
    )


def is_suspended(found: Changeable) -> bool:
    """Say whether a credential is suspended already.

    Raises:
        NotSuspendableError: It was issued without a place in a list of suspensions.
    """
    if Purpose.SUSPENSION not in found.purposes:
        raise NotSuspendableError
    return found.standing is Standing.SUSPENDED


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

    return changing.change(
        resources, number, credential_id, Standing.ACTIVE, lifted, actor=actor, reason=reason
    )
