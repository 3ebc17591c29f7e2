"""What each kind of batch would do with one credential: change it, leave it as it is, or neither.

The same is asked before a row is taken in and again when its turn has come.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from credhub.errors import AlreadyRevokedError
from credhub.ledger.events import Standing
from credhub.services import correcting, suspending
from credhub.services.changing import Changeable
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from credhub.store.standings import StandingRecord
from credhub.store.store import Transaction

NEW: Final[Mapping[BatchKind, Standing]] = {
    BatchKind.REVOCATION: Standing.REVOKED,
    BatchKind.SUSPENSION: Standing.SUSPENDED,
    BatchKind.LIFT: Standing.ACTIVE,
}
"""What is recorded of a credential."""


Versions = Mapping[str, int]
"""The newest version of each achievement, by its id."""


def newest_versions(
    tx: Transaction, number: HubNumber, kind: BatchKind, records: Iterable[StandingRecord]
) -> Versions:
    """Find what credentials are issued anew by; other kinds of batches need nothing of it."""
    if kind is not BatchKind.REISSUE:
        return {}
    named = {record.credential.achievement_id for record in records}
    found = (tx.achievements.latest(number, achievement_id) for achievement_id in named)
    return {one.achievement_id: one.version for one in found if one is not None}


def is_needed(kind: BatchKind, found: Changeable, newest: Versions) -> bool:
    """Say whether a credential is to be changed; it is not when it is so already.

    Raises:
        AlreadyRevokedError: It is revoked, which nothing lifts or replaces.
        NotSuspendableError: It was issued without a place in a list of suspensions.
        CredentialSuspendedError: It is suspended, and what replaces it would not be.
        NotCorrectableError: A client composed it.
    """
    if kind is BatchKind.CORRECTION:
        return False  # What is wrong with its claims is for ``bulk_corrections`` to say.
    if kind is BatchKind.REISSUE:
        return _is_outdated(found, newest)
    if kind is BatchKind.REVOCATION:
        return found.standing is not Standing.REVOKED
    if found.standing is Standing.REVOKED:
        raise AlreadyRevokedError
    if kind is BatchKind.SUSPENSION:
        return not suspending.is_suspended(found)
    return found.standing is Standing.SUSPENDED


def _is_outdated(found: Changeable, newest: Versions) -> bool:
    """Say whether nothing replaces a credential yet that is by an older version."""
    if found.is_superseded:
        return False
    correcting.check_correctable(found)
    credential = found.credential
    return credential.achievement_version < newest[credential.achievement_id]
