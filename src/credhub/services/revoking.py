"""Revoke a credential for good."""

from typing import Final

from credhub.credentials.claims import check_text
from credhub.errors import AlreadyRevokedError, ConflictError, ContendedError
from credhub.ledger.events import Standing
from credhub.services import changing
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber
from credhub.store.unit import Placement

ATTEMPTS: Final = changing.ATTEMPTS


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
        found = changing.find(resources, number, credential_id)
        if found.standing is Standing.REVOKED:
            raise AlreadyRevokedError
        unit = changing.unit_of(resources, found, Standing.REVOKED, actor=actor, reason=reason)
        try:
            return resources.sequencer.submit(unit)
        except ConflictError:
            continue
    raise ContendedError
