"""Change whether a credential stands: the one way in which revocations and suspensions are made.

What changed, by whom and why is in one private entry of the ledger, which looks like every other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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
from credhub.services.keyring import HubKeys
from credhub.services.private_entries import private_entry
from credhub.services.reading import standing_after
from credhub.services.resources import Resources
from credhub.services.sealed import reason_context
from credhub.status.document import Purpose
from credhub.store import status_writing
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import HubNumber
from credhub.store.standings import StandingRecord
from credhub.store.status import StatusChange
from credhub.store.unit import Insert, Unit

ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeable:
    """A credential of a hub, as one read transaction found it.

    Attributes:
        changes: Every change of its standing, oldest first.
        purposes: The purposes of the status lists in which it has a place.
        is_superseded: Whether another one corrects it.
    """

    credential: StoredCredential
    learner_key: bytes = field(repr=False)
    changes: tuple[StatusChange, ...]
    purposes: frozenset[str]
    is_superseded: bool

    @property
    def standing(self) -> Standing:
        """Whether it stands."""
        return standing_after(self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Where the ledger says it, and whether that was just written."""

    log: str
    seq: int
    is_new: bool


def change(  # noqa: PLR0913 - which credential, what for, who and why
    resources: Resources,
    number: HubNumber,
    credential_id: str,
    new: Standing,
    is_so: Callable[[Changeable], bool],
    *,
    actor: str,
    reason: str,
) -> Recorded:
    """Record that a credential stands, or does not. It shows on its page at once.

    Args:
        resources: What services work with.
        number: The hub of the caller.
        credential_id: The internal id.
        new: What is to be recorded.
        is_so: Says whether it is recorded already; refuses what cannot be.
        actor: Who asks, such as the id of an API key.
        reason: Why, for the record.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        AlreadyRevokedError: It is revoked, which is final.
        InvalidClaimError: The reason is not printable.
        ContendedError: Others kept changing the same credential.
    """
    check_text("reason", reason)
    for _ in range(ATTEMPTS):
        found = find(resources, number, credential_id)
        if found.standing is Standing.REVOKED:
            raise AlreadyRevokedError
        if is_so(found):
            last = found.changes[-1]
            return Recorded(log=last.log, seq=last.seq, is_new=False)
        unit = unit_of(resources, found, new, actor=actor, reason=reason)
        try:
            placement = resources.sequencer.submit(unit)
        except ConflictError:
            continue
        return Recorded(log=placement.log, seq=placement.seqs[0], is_new=True)
    raise ContendedError


def find(resources: Resources, number: HubNumber, credential_id: str) -> Changeable:
    """Find a credential and all that happened to it.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
    """
    with resources.store.read() as tx:
        record = tx.standings.by_ids(number, [credential_id]).get(credential_id)
    return opened(resources.keyring.of(number), record)


def opened(keys: HubKeys, record: StandingRecord | None) -> Changeable:
    """Open the learner's key of a credential that was looked for.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
    """
    if record is None:
        raise CredentialNotFoundError
    if record.wrapped_key is None:
        raise CredentialErasedError
    credential = record.credential
    return Changeable(
        credential=credential,
        learner_key=learners.open_key(keys, credential.learner_id, record.wrapped_key),
        changes=record.changes,
        purposes=record.purposes,
        is_superseded=record.is_superseded,
    )


def unit_of(  # noqa: PLR0913 - what changes, who and why, and what goes with it
    resources: Resources,
    found: Changeable,
    new: Standing,
    *,
    actor: str,
    reason: str,
    records: tuple[Insert, ...] = (),
) -> Unit:
    """Prepare a change: an entry of the ledger, and a row that counts on what was found.

    When another changed the same credential since, the unit is refused with a ConflictError.

    Args:
        resources: What services work with.
        found: The credential as it stands.
        new: What is to be recorded.
        actor: Who asks.
        reason: Why.
        records: More rows that are recorded with it.
    """
    credential = found.credential
    now = resources.clock().replace(microsecond=0)  # As the ledger writes it.
    changed = StatusChanged(
        credential_id=credential.credential_id,
        old=found.standing,
        new=new,
        reason=reason,
        actor=actor,
        changed_at=now,
    )
    entry = private_entry(
        credential.hub,
        InnerKind.STATUS,
        changed.payload(),
        subject_key=found.learner_key,
        learner_id=credential.learner_id,
        entry_id=resources.random(ENTRY_ID_LENGTH),
    )
    n = len(found.changes)
    context = reason_context(credential.hub, credential.credential_id, n)
    row = status_writing.insert_change_of(
        credential.hub,
        credential_id=credential.credential_id,
        n=n,
        purpose=Purpose.REVOCATION if new is Standing.REVOKED else Purpose.SUSPENSION,
        old=found.standing,
        new=new,
        sealed_reason=seal(found.learner_key, reason.encode(), context=context),
        actor=actor,
        changed_at=now,
        entry=0,
    )
    return Unit(hub=credential.hub, entries=(entry,), inserts=(row, *records))
