"""Which achievement of a hub is meant by one of another system, and what a new one would say."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final

from credhub import jsontypes
from credhub.credentials.achievement import Achievement, Criteria
from credhub.documents.imports.faults import ImportCode, import_fault
from credhub.documents.imports.outcome import OldAchievement
from credhub.errors import RowRefusedError
from credhub.services import achievements, rostering
from credhub.services.idempotency import Once
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import HubNumber

ROUTE: Final = "import achievement"
TYPE: Final = "Achievement"

_TELLING: Final = ("id", "description", "criteria", "criteria_url")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What whoever imports says about achievements.

    Attributes:
        mapping: Names or ids there, each with the name or id of an achievement here.
        create: Whether one that is not here shall be made.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    create: bool = False


class Matcher:
    """The achievements of a hub, by what they are called."""

    def __init__(self, resources: Resources, number: HubNumber, wishes: Wishes) -> None:
        self._resources = resources
        self._number = number
        self._wishes = wishes
        self._by_name: dict[str, list[StoredAchievement]] = {}
        self._by_id: dict[str, StoredAchievement] = {}
        most = rostering.MOST_ACHIEVEMENTS
        for stored in achievements.page(resources, number, after="", limit=most):
            self._by_id[stored.achievement_id] = stored
            name = plain(achievements.definition_of(stored).name)
            self._by_name.setdefault(name, []).append(stored)

    def match(self, old: OldAchievement) -> StoredAchievement | None:
        """Find the achievement; none if it is to be made.

        Raises:
            RowRefusedError: There is none, or several have this name.
        """
        wanted = self._wishes.mapping.get(old.id or "") or self._wishes.mapping.get(old.name)
        named = wanted or old.name
        if found := self._by_id.get(named):
            return found
        alike = self._by_name.get(plain(named), [])
        if len(alike) > 1:
            raise RowRefusedError(import_fault(ImportCode.ACHIEVEMENT_AMBIGUOUS, value=named))
        found = alike[0] if alike else self._made_before(old) if wanted is None else None
        if found is None and (wanted is not None or not self._wishes.create):
            raise RowRefusedError(import_fault(ImportCode.ACHIEVEMENT_UNKNOWN, value=named))
        return found

    def draft(self, old: OldAchievement) -> StoredAchievement:
        """Write what would be published, under no address of anything and without a picture."""
        hub = self._resources.keyring.of(self._number).hub
        achievement = definition(old)(achievements.address_of(hub, "new"), 1)
        return StoredAchievement(
            hub=self._number,
            achievement_id="new",
            version=1,
            document=jsontypes.canonical(achievement.to_definition()),
            created_at=self._resources.clock(),
            log="",
            seq=0,
        )

    def _made_before(self, old: OldAchievement) -> StoredAchievement | None:
        """Find what was made of an achievement there, whatever it is called since."""
        with self._resources.store.read() as tx:
            thing = _once(self._resources, self._number, old).made(tx)
        if thing is None:
            return None
        return achievements.newest(self._resources, self._number, thing.partition("/")[0])


def together(one: OldAchievement, other: OldAchievement) -> OldAchievement:
    """Put together what is said in two places of an achievement that is to be made.

    Raises:
        RowRefusedError: It is not the same, so there may be two.
    """
    has_criteria = one.criteria is not None or other.criteria is not None
    # Where no criteria are said, those that are published name the issuer.
    telling = _TELLING if has_criteria else (*_TELLING, "issuer")
    if any(_differ(getattr(one, it), getattr(other, it)) for it in telling):
        ids = f" ({one.id}, {other.id})" if _differ(one.id, other.id) else ""
        fault = import_fault(ImportCode.ACHIEVEMENT_AMBIGUOUS, value=f"{other.name}{ids}")
        raise RowRefusedError(fault)
    members = (it.name for it in fields(one))
    return replace(one, **{it: getattr(one, it) or getattr(other, it) for it in members})


def publish(
    resources: Resources, number: HubNumber, old: OldAchievement, image: str | None
) -> StoredAchievement:
    """Publish a new achievement; the same one once."""
    once = _once(resources, number, old)
    return achievements.publish(resources, number, definition(old, image), once)


def definition(old: OldAchievement, image: str | None = None) -> achievements.Definition:
    """Describe a new achievement in the words of the old one, as far as there are any."""
    issuer = old.issuer or "whoever issued it first"
    about = f"“{old.name}”, taken over from an earlier system."
    criteria = f"What {issuer} asked for. Each credential names the earlier one as evidence."

    def made(address: str, version: int) -> Achievement:
        return Achievement(
            id=address,
            name=old.name,
            description=old.description or about,
            criteria=Criteria(narrative=old.criteria or criteria, id=old.criteria_url),
            achievement_type=TYPE,
            image=image,
            version=version,
        )

    return made


def plain(name: str) -> str:
    """Write a name as names are compared: as a whole, in any case."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _once(resources: Resources, number: HubNumber, old: OldAchievement) -> Once:
    body: jsontypes.JsonObject = {"name": plain(old.name), "id": old.id}
    return Once(resources, number, route=ROUTE, key=jsontypes.digest(body).hex(), body=body)
