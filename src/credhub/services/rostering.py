"""Issue a roster: one credential per row, each by itself, none twice."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from credhub.credentials.draft import Evidence, Recipient
from credhub.documents.roster import RosterRow
from credhub.errors import AchievementNotFoundError, CredhubError, IdempotencyKeyReusedError
from credhub.services import achievements, issuing
from credhub.services.bulk import row_identity
from credhub.services.idempotency import Once, key_of
from credhub.services.issuing_survey import Order
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

if TYPE_CHECKING:
    from credhub.jsontypes import JsonObject

THREADS: Final = 4
MOST_ACHIEVEMENTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What became of one row: a credential, or the reason why not."""

    row: RosterRow
    credential_id: str | None = None
    problem: str | None = None


def issue(
    resources: Resources,
    number: HubNumber,
    rows: Iterable[RosterRow],
    *,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[RowResult]:
    """Issue every row; a row that was issued before gives the credential that it gave.

    Each row stands for itself: one that fails stops no other, and after an interruption the same
    roster continues where it ended.

    Args:
        resources: What services work with.
        number: The hub.
        rows: The roster.
        aliases: More names of achievements, each with the id.
    """
    by_name = {
        **known_achievements(resources, number),
        **{alias: frozenset({achievement_id}) for alias, achievement_id in aliases.items()},
    }
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        yield from pool.map(lambda row: _issue_row(resources, number, row, by_name), rows)


def known_achievements(resources: Resources, number: HubNumber) -> Mapping[str, frozenset[str]]:
    """Map what a roster may call an achievement (id, name, name as a key) to the ids it may mean.

    Names need not be unique within a hub; a roster must then use ids.
    """
    found: dict[str, frozenset[str]] = {}
    for stored in achievements.page(resources, number, after="", limit=MOST_ACHIEVEMENTS):
        for label in achievements.names_of(stored):
            found[label] = found.get(label, frozenset()) | {stored.achievement_id}
    return found


def _issue_row(
    resources: Resources,
    number: HubNumber,
    row: RosterRow,
    by_name: Mapping[str, frozenset[str]],
) -> RowResult:
    meant = by_name.get(row.achievement, frozenset())
    if len(meant) > 1:
        problem = "Several achievements have this name: name it by its id."
        return RowResult(row=row, problem=problem)
    try:
        if not meant:
            raise AchievementNotFoundError
        (achievement_id,) = meant
        order = _order(row, achievement_id)
        once = _once(resources, number, row, achievement_id)
        opened = issuing.issue(resources, number, order, once)
    except IdempotencyKeyReusedError:
        problem = "The learner has this credential, with another name, address or evidence."
        return RowResult(row=row, problem=problem)
    except CredhubError as error:
        return RowResult(row=row, problem=str(error))
    return RowResult(row=row, credential_id=opened.credential.credential_id)


def _order(row: RosterRow, achievement_id: str) -> Order:
    awarded = row.awarded_on
    return Order(
        achievement_id=achievement_id,
        recipient=Recipient(name=row.name, email=row.email, external_id=row.external_id),
        awarded_at=None if awarded is None else datetime.combine(awarded, time(), UTC),
        evidence=() if row.evidence_url is None else (Evidence(id=row.evidence_url),),
    )


def _once(resources: Resources, number: HubNumber, row: RosterRow, achievement_id: str) -> Once:
    awarded = None if row.awarded_on is None else row.awarded_on.isoformat()
    body: JsonObject = {
        "achievement": achievement_id,
        "externalId": row.external_id,
        "name": row.name,
        "email": row.email,
        "awarded": awarded,
        "evidence": row.evidence_url,
    }
    name = row_identity.of_roster(achievement_id, row.external_id, awarded)
    key = key_of(resources, number, name)
    return Once(resources, number, route=row_identity.ROUTE, key=key, body=body)
