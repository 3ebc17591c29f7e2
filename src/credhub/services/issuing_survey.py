"""What one read transaction finds for several orders of a hub at once.

However many they are, they cost about as many queries as one. Nothing of it is held: whatever
others take meanwhile shows when the credentials are recorded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from credhub.credentials.draft import Evidence, Recipient, Result
from credhub.errors import AchievementNotFoundError, IdempotencyKeyReusedError, RecordDamagedError
from credhub.jsontypes import JsonObject
from credhub.proofs.forms import Form
from credhub.services import achievements, forms_in_use, idempotency, learners, status_places
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.resources import Resources
from credhub.services.status_places import FreePlace
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a hub asks for.

    Attributes:
        achievement_id: The newest version of this achievement is issued.
        identifiers: What the credential that it replaces says of who the learner is.
        supersedes: The internal id of that credential.
        actor: The API key or the command that asks.
    """

    achievement_id: str
    recipient: Recipient
    awarded_at: datetime | None = None
    valid_until: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    identifiers: tuple[JsonObject, ...] = ()
    supersedes: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An order, and what keeps it from being done twice."""

    order: Order
    once: Once


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What was found for an order.

    Attributes:
        learner: None is somebody new, to be prepared with the credential.
        places: One for each list that the credential needs a place in.
    """

    achievement: StoredAchievement
    learner: LearnerKey | None
    forms: tuple[Form, ...]
    places: tuple[FreePlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The credential that an order gave before."""

    credential_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMissing:
    """Nothing can be issued before another status list is opened."""

    purpose: str


Found = Ground | Made | AchievementNotFoundError | IdempotencyKeyReusedError | RecordDamagedError


def survey(
    resources: Resources, tx: Transaction, keys: HubKeys, wanted: Sequence[Wanted]
) -> tuple[Found, ...] | ListMissing:
    """Find what each order needs, or why it gets nothing new."""
    number = keys.hub.number
    before = idempotency.recall_all(tx, number, [one.once for one in wanted])
    latest = _latest(tx, number, {one.order.achievement_id for one in wanted})
    new: list[tuple[Recipient, StoredAchievement]] = []
    found: list[Found | None] = []
    for one, made in zip(wanted, before, strict=True):
        achievement = latest[one.order.achievement_id]
        if isinstance(made, str):
            found.append(Made(credential_id=made))
        elif made is not None:
            found.append(made)
        elif achievement is None:
            found.append(AchievementNotFoundError())
        else:
            found.append(None)
            new.append((one.order.recipient, achievement))
    recipients = [recipient for recipient, _ in new]
    people = tuple(learners.find_or_prepare_all(resources, tx, keys, recipients))
    good = [
        (it, person)
        for (_, it), person in zip(new, people, strict=True)
        if isinstance(person, LearnerKey)
    ]
    grounds = _grounds(resources, tx, number, [it for it, _ in good], [it for _, it in good])
    if isinstance(grounds, ListMissing):
        return grounds
    places = iter(grounds)
    rest = iter([next(places) if isinstance(it, LearnerKey) else it for it in people])
    return tuple(next(rest) if it is None else it for it in found)


def ground_of(
    resources: Resources,
    tx: Transaction,
    number: HubNumber,
    achievement_id: str,
    learner: LearnerKey | None,
) -> Ground | ListMissing:
    """Find what a credential for a learner needs.

    Raises:
        AchievementNotFoundError: The hub has no such achievement.
    """
    achievement = tx.achievements.latest(number, achievement_id)
    if achievement is None:
        raise AchievementNotFoundError
    grounds = _grounds(resources, tx, number, [achievement], [learner])
    return grounds if isinstance(grounds, ListMissing) else grounds[0]


def _latest(
    tx: Transaction, number: HubNumber, achievement_ids: Iterable[str]
) -> Mapping[str, StoredAchievement | None]:
    return {it: tx.achievements.latest(number, it) for it in sorted(achievement_ids)}


def _grounds(
    resources: Resources,
    tx: Transaction,
    number: HubNumber,
    stored: Sequence[StoredAchievement],
    people: Sequence[LearnerKey | None],
) -> tuple[Ground, ...] | ListMissing:
    if not stored:
        return ()
    forms = forms_in_use.of(tx, number, resources.clock())
    needs = [status_places.purposes_of(achievements.definition_of(it), forms) for it in stored]
    free: dict[str, Iterator[FreePlace]] = {}
    for purpose in sorted({purpose for need in needs for purpose in need}):
        count = sum(purpose in need for need in needs)
        places = status_places.find_many(resources, tx, number, purpose, count=count)
        if places is None:
            return ListMissing(purpose=purpose)
        free[purpose] = iter(places)
    return tuple(
        Ground(
            achievement=achievement,
            learner=learner,
            forms=forms,
            places=tuple(next(free[purpose]) for purpose in need),
        )
        for achievement, learner, need in zip(stored, people, needs, strict=True)
    )
