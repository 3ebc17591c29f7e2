"""What each kind of batch would do with one credential: change it, leave it as it is, or neither.

The same is asked before a row is taken in and again when its turn has come.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from credhub.errors import AlreadyRevokedError, CredentialReplacedError
from credhub.ledger.events import Standing
from credhub.services import correcting, preparing, suspending
from credhub.services.changing import Changeable
from credhub.services.reading import standing_after
from credhub.store.batches import BatchKind
from credhub.store.hubs import Hub
from credhub.store.standings import StandingRecord
from credhub.store.store import Transaction

NEW: Final[Mapping[BatchKind, Standing]] = {
    BatchKind.REVOCATION: Standing.REVOKED,
    BatchKind.SUSPENSION: Standing.SUSPENDED,
    BatchKind.LIFT: Standing.ACTIVE,
}
"""What is recorded of a credential."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What else is asked about credentials, in the transaction that found them.

    Attributes:
        versions: The newest version of each achievement, by its id.
        successors: The addresses of what replaces credentials and is not revoked, by their ids.
    """

    versions: Mapping[str, int]
    successors: Mapping[str, str]


def others(
    tx: Transaction, hub: Hub, kind: BatchKind, records: Collection[StandingRecord]
) -> Others:
    """Find what a kind of batch has to know of others to change these credentials."""
    return Others(
        versions=_versions(tx, hub, records) if kind is BatchKind.REISSUE else {},
        successors=_successors(tx, hub, records) if kind in NEW else {},
    )


def _versions(tx: Transaction, hub: Hub, records: Iterable[StandingRecord]) -> Mapping[str, int]:
    named = {record.credential.achievement_id for record in records}
    found = (tx.achievements.latest(hub.number, achievement_id) for achievement_id in named)
    return {one.achievement_id: one.version for one in found if one is not None}


def _successors(tx: Transaction, hub: Hub, records: Iterable[StandingRecord]) -> Mapping[str, str]:
    replaced = [it.credential.credential_id for it in records if it.is_superseded]
    if not replaced:
        return {}
    return {
        credential_id: preparing.address_of(hub, newest.credential.code)
        for credential_id, newest in tx.standings.newest_of(hub.number, replaced).items()
        if standing_after(newest.changes) is not Standing.REVOKED
    }


def is_needed(kind: BatchKind, found: Changeable, around: Others) -> bool:
    """Say whether a credential is to be changed; it is not when it is so already.

    Raises:
        CredentialReplacedError: What replaces it stands, and nothing would be done about that.
        AlreadyRevokedError: It is revoked, which nothing lifts or replaces.
        NotSuspendableError: It was issued without a place in a list of suspensions.
        CredentialSuspendedError: It is suspended, and what replaces it would not be.
        NotCorrectableError: A client composed it.
    """
    if kind is BatchKind.CORRECTION:
        return False  # What is wrong with its claims is for ``bulk_corrections`` to say.
    if kind is BatchKind.REISSUE:
        return _is_outdated(found, around.versions)
    if (successor := around.successors.get(found.credential.credential_id)) is not None:
        raise CredentialReplacedError(successor)
    if kind is BatchKind.REVOCATION:
        return found.standing is not Standing.REVOKED
    if found.standing is Standing.REVOKED:
        raise AlreadyRevokedError
    if kind is BatchKind.SUSPENSION:
        return not suspending.is_suspended(found)
    return found.standing is Standing.SUSPENDED


def _is_outdated(found: Changeable, newest: Mapping[str, int]) -> bool:
    """Say whether nothing replaces a credential yet that is by an older version."""
    if found.is_superseded:
        return False
    correcting.check_correctable(found)
    credential = found.credential
    return credential.achievement_version < newest[credential.achievement_id]
