"""Revoke a credential for good."""

from credhub.ledger.events import Standing
from credhub.services import changing
from credhub.services.changing import Changeable, Recorded
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber


def revoke(
    resources: Resources, number: HubNumber, credential_id: str, *, actor: str, reason: str
) -> Recorded:
    """Record that a credential is revoked. It shows on its page at once.

    Args:
        resources: What services work with.
        number: The hub of the caller.
        credential_id: The internal id.
        actor: Who asks, such as the id of an API key.
        reason: Why, for the record.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        AlreadyRevokedError: It is revoked already.
        InvalidClaimError: The reason is not printable.
        ContendedError: Others kept changing the same credential.
    """
    return changing.change(
        resources, number, credential_id, Standing.REVOKED, _is_so, actor=actor, reason=reason
    )


def _is_so(_found: Changeable) -> bool:
    return False  # Of a revoked one ``change`` says so itself.
