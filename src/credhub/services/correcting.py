"""Correct a credential: a new one replaces it, and the old one is revoked in the same unit.

(1) the same request with the same key gives what it gave before;
(2) what the old one claims is read from its signed document; nobody has to say it again;
(3) one read transaction finds how the old one stands, and what the new one needs;
(4) the new one is prepared as every credential is, and the revocation as every revocation is;
(5) one unit records both, or says that another changed or corrected the old one meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypedDict

from credhub import jsontypes
from credhub.credentials.claimed import Claimed
from credhub.credentials.claims import check_text
from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.errors import (
    AlreadyCorrectedError,
    AlreadyRevokedError,
    ConflictError,
    ContendedError,
    CredentialSuspendedError,
    NotCorrectableError,
    NothingToCorrectError,
)
from credhub.ledger.events import Standing
from credhub.services import changing, issuing_survey, preparing, reading, status_lists
from credhub.services.changing import Changeable
from credhub.services.idempotency import Once
from credhub.services.issuing_survey import Ground, Order
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.preparing import Prepared
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.services.vcalm import vcalm_recording
from credhub.store.achievements import StoredAchievement
from credhub.store.credentials import StoredCredential
from credhub.store.hubs import HubNumber
from credhub.store.unit import Insert, Unit, joined

ATTEMPTS: Final = 20


class Corrections(TypedDict, total=False):
    """What is claimed instead; whatever is not given is claimed again as it was."""

    name: str
    awarded_at: datetime
    valid_until: datetime | None
    evidence: tuple[Evidence, ...]
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A credential that is ready to replace another one.

    Attributes:
        unit: Records it, and that the old one is revoked.
    """

    prepared: Prepared
    unit: Unit = field(repr=False)


def correct(  # noqa: PLR0913 - which credential, what is wrong, who and why
    resources: Resources,
    number: HubNumber,
    credential_id: str,
    corrections: Corrections,
    once: Once,
    *,
    actor: str,
    reason: str,
) -> OpenedCredential:
    """Issue a credential that replaces another one, by the newest version of its achievement.

    Args:
        resources: What services work with.
        number: The hub of the caller.
        credential_id: The internal id of the old one.
        corrections: What is claimed instead.
        once: What keeps the request from correcting twice.
        actor: Who asks, such as the id of an API key.
        reason: Why, for the record.

    Raises:
        CredentialNotFoundError: The hub has none of this id.
        CredentialErasedError: The learner was erased.
        AlreadyCorrectedError: Another one replaces it.
        AlreadyRevokedError: It is revoked, so nothing may replace it.
        CredentialSuspendedError: It is suspended.
        NotCorrectableError: A client composed it.
        NothingToCorrectError: The new one would say the same.
        InvalidClaimError: A claim cannot be in a credential, or the reason is not printable.
        IdempotencyKeyReusedError: The key was used with another body.
        ContendedError: Others kept taking what it needed.
    """
    check_text("reason", reason)
    keys = resources.keyring.of(number)
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            made = once.made(tx)  # (1)
            if made is not None:
                return reading.by_id_in(tx, resources, number, made)
            record = tx.standings.by_ids(number, [credential_id]).get(credential_id)
            found = changing.opened(keys, record)
            ground = issuing_survey.ground_of(  # (3)
                resources, tx, number, found.credential.achievement_id, learner_of(found)
            )
        check_correctable(found)
        if not isinstance(ground, Ground):
            status_lists.open_next(resources, keys.hub, ground.purpose)
            continue
        claimed = claimed_by(resources, found.credential)  # (2)
        corrected = replace(claimed, **corrections)
        if corrected == claimed and is_newest(found.credential, ground.achievement):
            raise NothingToCorrectError
        replacement = prepare(
            resources,
            keys,
            found,
            corrected,
            ground,
            lambda new: (once.insert_of(resources, new),),
            actor=actor,
            reason=reason,
        )
        try:
            placement = resources.sequencer.submit(replacement.unit)  # (5)
        except ConflictError:
            continue
        return replacement.prepared.opened(keys.hub, placement)
    raise ContendedError


def check_correctable(found: Changeable) -> None:
    """Refuse what nothing may replace.

    Raises:
        AlreadyCorrectedError: Another one replaces it.
        AlreadyRevokedError: It is revoked.
        CredentialSuspendedError: It is suspended.
        NotCorrectableError: A client composed it.
    """
    check_ours(found.credential)
    if found.is_superseded:
        raise AlreadyCorrectedError
    if found.standing is Standing.REVOKED:
        raise AlreadyRevokedError
    if found.standing is Standing.SUSPENDED:
        raise CredentialSuspendedError


def check_ours(credential: StoredCredential) -> None:
    """Refuse what we did not compose.

    Raises:
        NotCorrectableError: A client did.
    """
    if credential.achievement_id == vcalm_recording.definition_id(credential.hub):
        raise NotCorrectableError


def is_newest(credential: StoredCredential, achievement: StoredAchievement) -> bool:
    """Say whether a credential is by the newest version of its achievement."""
    return credential.achievement_version == achievement.version


def learner_of(found: Changeable) -> LearnerKey:
    """Give the learner of a credential: the one that replaces it is theirs too."""
    return LearnerKey(learner_id=found.credential.learner_id, key=found.learner_key)


def claimed_by(resources: Resources, credential: StoredCredential) -> Claimed:
    """Read what a credential claims from its signed document.

    Raises:
        CredentialErasedError: The learner was erased.
        RecordDamagedError: The rows cannot be opened.
    """
    opened = reading.by_id(resources, credential.hub, credential.credential_id)
    return Claimed.of(jsontypes.parse_object(opened.signed))


def prepare(  # noqa: PLR0913, PLR0917 - what replaces what, who and why, and what goes with it
    resources: Resources,
    keys: HubKeys,
    found: Changeable,
    claimed: Claimed,
    ground: Ground,
    records: Callable[[str], tuple[Insert, ...]],
    *,
    actor: str,
    reason: str,
) -> Replacement:
    """Do step (4), from nothing but what was found.

    Raises:
        InvalidClaimError: A claim cannot be in a credential, or not any more.
    """
    order = Order(
        achievement_id=ground.achievement.achievement_id,
        recipient=Recipient(name=claimed.name, did=claimed.did),
        awarded_at=claimed.awarded_at,
        valid_until=claimed.valid_until,
        evidence=claimed.evidence,
        results=claimed.results,
        identifiers=claimed.identifiers,
        supersedes=found.credential.credential_id,
        actor=actor,
    )
    prepared = preparing.prepare(resources, keys, order, ground, records)
    revocation = changing.unit_of(resources, found, Standing.REVOKED, actor=actor, reason=reason)
    return Replacement(prepared=prepared, unit=joined(prepared.unit, revocation))
