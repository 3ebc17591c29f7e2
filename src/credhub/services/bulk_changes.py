"""What each kind of batch would do with one credential: change it, leave it as it is, or neither.

The same is asked before a row is taken in and again when its turn has come.
"""

from collections.abc import Mapping
from typing import Final

from credhub.errors import AlreadyRevokedError
from credhub.ledger.events import Standing
from credhub.services import suspending
from credhub.services.changing import Changeable
from credhub.store.batches import BatchKind

NEW: Final[Mapping[BatchKind, Standing]] = {
    BatchKind.REVOCATION: Standing.REVOKED,
    BatchKind.SUSPENSION: Standing.SUSPENDED,
    BatchKind.LIFT: Standing.ACTIVE,
}
"""What is recorded of a credential."""


def is_needed(kind: BatchKind, found: Changeable) -> bool:
    """Say whether a credential is to be changed; it is not when it is so already.

    Raises:
        AlreadyRevokedError: It is revoked, which nothing lifts.
        NotSuspendableError: It was issued without a place in a list of suspensions.
    """
    if kind is BatchKind.REVOCATION:
        return found.standing is not Standing.REVOKED
    if found.standing is Standing.REVOKED:
        raise AlreadyRevokedError
    if kind is BatchKind.SUSPENSION:
        return not suspending.is_suspended(found)
    return found.standing is Standing.SUSPENDED
