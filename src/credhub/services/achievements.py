"""Publish achievements. A published version never changes; a change is a new version."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Final

from credhub import jsontypes
from credhub.credentials.achievement import Achievement
from credhub.credentials.code import PublicCode
from credhub.errors import (
    AchievementNotFoundError,
    ConflictError,
    ContendedError,
    UnknownCodeError,
)
from credhub.ledger.entry import Kind
from credhub.ledger.events import AchievementDefined
from credhub.services import rehearsing
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store import achievements as achievement_store
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import Hub, HubNumber
from credhub.store.unit import Insert, PendingEntry, Unit

ATTEMPTS: Final = 20

_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")

Definition = Callable[[str, int], Achievement]
"""Makes the domain value from the public address and the number of a version."""


def address_of(hub: Hub, achievement_id: str) -> str:
    """Give the address of an achievement's public page."""
    return f"{hub.base_url}/achievements/{achievement_id}"


def publish(
    resources: Resources, number: HubNumber, definition: Definition, once: Once
) -> StoredAchievement:
    """Publish the first version of an achievement.

    Raises:
        InvalidClaimError: The definition is not what Open Badges wants.
        IdempotencyKeyReusedError: The key was used with another body.
    """
    achievement_id = resources.new_code(number)
    return _publish(resources, number, definition, once, achievement_id=achievement_id)


def publish_as(
    resources: Resources,
    number: HubNumber,
    definition: Definition,
    once: Once,
    achievement_id: str,
) -> StoredAchievement:
    """Publish an achievement under an id that is known beforehand.

    Raises:
        InvalidClaimError: The definition is not what Open Badges wants.
    """
    return _publish(resources, number, definition, once, achievement_id=achievement_id)


def publish_version(
    resources: Resources,
    number: HubNumber,
    achievement_id: str,
    definition: Definition,
    once: Once,
) -> StoredAchievement:
    """Publish the next version of an achievement.

    Raises:
        AchievementNotFoundError: The hub has no such achievement.
        InvalidClaimError: The definition is not what Open Badges wants.
        IdempotencyKeyReusedError: The key was used with another body.
    """
    newest(resources, number, achievement_id)
    return _publish(resources, number, definition, once, achievement_id=achievement_id)


def newest(resources: Resources, number: HubNumber, achievement_id: str) -> StoredAchievement:
    """Find the newest version of a hub's achievement.

    Raises:
        AchievementNotFoundError: There is none.
    """
    with resources.store.read() as tx:
        found = tx.achievements.latest(number, achievement_id)
    if found is None:
        raise AchievementNotFoundError
    return found


def by_address(resources: Resources, code: str) -> StoredAchievement:
    """Find the newest version of an achievement by the code in its address.

    Raises:
        AchievementNotFoundError: There is none.
    """
    try:
        parsed = PublicCode.parse(code)
    except UnknownCodeError as error:
        raise AchievementNotFoundError from error
    return newest(resources, HubNumber(parsed.hub), parsed.text)


def definition_of(stored: StoredAchievement) -> Achievement:
    """Read the definition of a published version."""
    return _read(stored.document)


def names_of(stored: StoredAchievement) -> frozenset[str]:
    """List what a file may call an achievement: its id, its name, its name as a key."""
    name = definition_of(stored).name
    return frozenset({stored.achievement_id, name, key_of(name)} - {""})


def key_of(name: str) -> str:
    """Write a name as lower-case words with hyphens; nothing is left of some alphabets."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub("-", plain).strip("-")


@lru_cache(maxsize=256)
def _read(document: bytes) -> Achievement:
    # A published document never changes, and a cohort is issued from one.
    return Achievement.from_document(jsontypes.parse_object(document))


def _publish(
    resources: Resources,
    number: HubNumber,
    definition: Definition,
    once: Once,
    *,
    achievement_id: str,
) -> StoredAchievement:
    hub = resources.keyring.of(number).hub
    for _ in range(ATTEMPTS):
        with resources.store.read() as tx:
            thing = once.made(tx)
            if thing is not None:
                return _made(tx.achievements.at_version(number, *_parse_thing(thing)))
            previous = tx.achievements.latest(number, achievement_id)
        version = 1 if previous is None else previous.version + 1
        achievement = definition(address_of(hub, achievement_id), version)
        rehearsing.rehearse(resources, hub, achievement)
        unit = _unit(resources, number, achievement_id, achievement, once)
        try:
            resources.sequencer.submit(unit)
        except ConflictError:
            continue
        with resources.store.read() as tx:
            return _made(tx.achievements.at_version(number, achievement_id, version))
    raise ContendedError


def _unit(
    resources: Resources,
    number: HubNumber,
    achievement_id: str,
    achievement: Achievement,
    once: Once,
) -> Unit:
    document = jsontypes.canonical(achievement.to_definition())
    defined = AchievementDefined(
        achievement=achievement.id,
        version=achievement.version,
        digest=sha256(document).digest(),
    )
    inserts: tuple[Insert, ...] = (
        achievement_store.insert_of(
            number,
            achievement_id=achievement_id,
            version=achievement.version,
            document=document,
            created_at=resources.clock(),
            entry=0,
        ),
        once.insert_of(resources, f"{achievement_id}/{achievement.version}"),
    )
    return Unit(
        hub=number,
        entries=(PendingEntry(kind=Kind.DEFINITION, public=defined.payload()),),
        inserts=inserts,
    )


def _parse_thing(thing: str) -> tuple[str, int]:
    achievement_id, _, version = thing.partition("/")
    return achievement_id, int(version)


def _made(stored: StoredAchievement | None) -> StoredAchievement:
    if stored is None:
        raise AchievementNotFoundError
    return stored


def page(
    resources: Resources, number: HubNumber, *, after: str, limit: int
) -> tuple[StoredAchievement, ...]:
    """List the newest versions of a hub's achievements, in the order of their ids."""
    with resources.store.read() as tx:
        return tx.achievements.page(number, after=after, limit=limit)


def versions(resources: Resources, stored: StoredAchievement) -> tuple[StoredAchievement, ...]:
    """List every published version of an achievement, oldest first."""
    with resources.store.read() as tx:
        found = (
            tx.achievements.at_version(stored.hub, stored.achievement_id, version)
            for version in range(1, stored.version + 1)
        )
        return tuple(one for one in found if one is not None)
