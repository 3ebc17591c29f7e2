"""What one read transaction finds for many rows of a batch at once.

For each row it is what issuing finds for one order. Nothing of it is held: whatever others take
meanwhile shows when the rows are recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credhub.documents.rows.outcome import ReadRow
from credhub.errors import AchievementNotFoundError, IdempotencyKeyReusedError, RecordDamagedError
from credhub.proofs.forms import Form
from credhub.services import achievements, forms_in_use, learners, status_places
from credhub.services.bulk import row_identity
from credhub.services.idempotency import Once
from credhub.services.keyring import HubKeys
from credhub.services.learners import LearnerKey
from credhub.services.resources import Resources
from credhub.services.status_places import FreePlace
from credhub.store.achievements import StoredAchievement
from credhub.store.idempotency import IdempotentRequest
from credhub.store.store import Transaction

REUSED: Final = "reused"
"""Not the id of anything: the row was issued before, with other claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """What was found for one row that is to be issued.

    Attributes:
        names: What keeps it from being issued twice.
        places: One for each list that the credential needs a place in.
    """

    row: ReadRow
    names: tuple[Once, ...]
    learner: LearnerKey
    places: tuple[FreePlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found for some rows.

    Attributes:
        before: Rows that were issued before, each with its credential.
        reused: Rows that were issued before with other claims.
        damaged: Rows of learners whose keys were changed.
        new: The rest.
    """

    achievement: StoredAchievement
    forms: tuple[Form, ...]
    before: tuple[tuple[ReadRow, str], ...]
    reused: tuple[ReadRow, ...]
    damaged: tuple[ReadRow, ...]
    new: tuple[FoundRow, ...]


def survey(
    resources: Resources,
    tx: Transaction,
    keys: HubKeys,
    achievement: tuple[str, int],
    rows: Sequence[ReadRow],
) -> Survey | str:
    """Find what rows need, or the purpose for which another status list must be opened."""
    number = keys.hub.number
    stored = tx.achievements.at_version(number, *achievement)
    if stored is None:
        raise AchievementNotFoundError
    known = issued_before(resources, tx, keys, stored.achievement_id, rows)
    new = [(row, names) for row, names, made in known if made is None]
    chosen = forms_in_use.of(tx, number, resources.clock())
    purposes = status_places.purposes_of(achievements.definition_of(stored), chosen)
    places = []
    for purpose in purposes if new else ():
        found = status_places.find_many(resources, tx, number, purpose, count=len(new))
        if found is None:
            return purpose
        places.append(found)
    recipients = [row.recipient for row, _ in new]
    people = tuple(learners.find_or_prepare_all(resources, tx, keys, recipients))
    return Survey(
        achievement=stored,
        forms=chosen,
        before=tuple((row, made) for row, _, made in known if made not in (None, REUSED)),
        reused=tuple(row for row, _, made in known if made == REUSED),
        damaged=tuple(
            row
            for (row, _), it in zip(new, people, strict=True)
            if isinstance(it, RecordDamagedError)
        ),
        new=tuple(
            FoundRow(row=row, names=names, learner=learner, places=own)
            for (row, names), learner, own in zip(
                new, people, zip(*places, strict=True) if places else (), strict=True
            )
            if isinstance(learner, LearnerKey)
        ),
    )


def issued_before(
    resources: Resources,
    tx: Transaction,
    keys: HubKeys,
    achievement_id: str,
    rows: Sequence[ReadRow],
) -> tuple[tuple[ReadRow, tuple[Once, ...], str | None], ...]:
    """Say of each row what it gave before: an id, ``REUSED``, or nothing."""
    number = keys.hub.number
    named = [(row, row_identity.names_of(resources, number, achievement_id, row)) for row in rows]
    wanted = [name.key for _, names in named for name in names]
    found = tx.idempotency.find_all(number, row_identity.ROUTE, wanted)
    return tuple((row, names, _made(names, found)) for row, names in named)


def _made(names: tuple[Once, ...], found: Mapping[str, IdempotentRequest]) -> str | None:
    try:
        made = [name.recall(found.get(name.key)) for name in names]
    except IdempotencyKeyReusedError:
        return REUSED
    return next((it for it in made if it is not None), None)
