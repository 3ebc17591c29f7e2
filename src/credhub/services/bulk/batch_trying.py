"""Try a batch out: what would be issued, what was issued before, and what is wrong, row by row.

Nothing is written: no entry, no learner, no place in a status list.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from credhub.documents.rows.outcome import ReadRow
from credhub.errors import AchievementNotFoundError, RowFault, RowKeyReusedError
from credhub.services.bulk import batch_survey, corrected_learners, row_checking
from credhub.services.bulk.batch_receiving import ROWS_AT_ONCE
from credhub.services.bulk.row_checking import MOST_ROWS, RowChecker
from credhub.services.bulk.shared_learners import SharedLearners
from credhub.services.resources import Resources
from credhub.store.achievements import StoredAchievement
from credhub.store.hubs import HubNumber

MOST_TOLD: Final = 1_000
"""So many faults, and so many rows that were issued before, are told."""


@dataclass(slots=True, kw_only=True)
class Trial:
    """What would become of a batch.

    Attributes:
        rows: How many could be read.
        new: How many would be issued.
        skipped: How many were issued before.
        before: The first of these: row and credential.
        faults: What is wrong, in the order of the rows.
        notices: What is worth a look in rows without a fault. It keeps nothing from being issued.
    """

    achievement_id: str
    achievement_version: int
    rows: int = 0
    new: int = 0
    skipped: int = 0
    before: list[tuple[int, str]] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    notices: list[RowFault] = field(default_factory=list)

    @property
    def stops(self) -> bool:
        """Whether the batch would be refused as a whole."""
        return any(fault.code != RowKeyReusedError.code for fault in self.faults)


def try_out(
    resources: Resources,
    number: HubNumber,
    achievement_id: str,
    rows: Iterable[ReadRow | RowFault],
    *,
    most_rows: int = MOST_ROWS,
) -> Trial:
    """Look at every row as if it were to be issued now.

    A row whose key was used with other claims is told as a fault too, though such a row fails
    alone when the batch is issued.

    Raises:
        AchievementNotFoundError: The hub has no such achievement.
    """
    with resources.store.read() as tx:
        achievement = tx.achievements.latest(number, achievement_id)
    if achievement is None:
        raise AchievementNotFoundError
    return try_rows(resources, number, achievement, rows, most_rows=most_rows)


def try_rows(  # noqa: PLR0913 - of whom, what for, which, how many, and what they are called
    resources: Resources,
    number: HubNumber,
    achievement: StoredAchievement,
    rows: Iterable[ReadRow | RowFault],
    *,
    most_rows: int = MOST_ROWS,
    place_of: Callable[[int], str] = row_checking.place_of,
) -> Trial:
    """Look at every row as one of this achievement, which need not be published yet.

    Args:
        resources: What services work with.
        number: The hub.
        achievement: What the rows are for.
        rows: What was read.
        most_rows: With more of them it is refused.
        place_of: Says where the row of a number is, for whoever knows it by another one.
    """
    trial = Trial(
        achievement_id=achievement.achievement_id, achievement_version=achievement.version
    )
    checker = RowChecker(
        resources, achievement, most_rows=most_rows, most_faults=MOST_TOLD, place_of=place_of
    )
    with resources.store.read() as tx:
        corrected = tx.standings.corrected(number, achievement.achievement_id)
    good, shared = checker.good_ones(rows), SharedLearners()
    while part := list(islice(good, ROWS_AT_ONCE)):
        _look_up(resources, number, trial, part, corrected)
        trial.notices += islice(shared.notices_of(part), MOST_TOLD - len(trial.notices))
    if not trial.rows and not checker.faults:
        checker.faults.append(row_checking.EMPTY)
    trial.faults = sorted([*checker.faults, *trial.faults], key=lambda it: it.row or 0)[:MOST_TOLD]
    return trial


def _look_up(
    resources: Resources,
    number: HubNumber,
    trial: Trial,
    part: list[ReadRow],
    corrected: Mapping[str, str],
) -> None:
    keys = resources.keyring.of(number)
    with resources.store.read() as tx:
        known = batch_survey.issued_before(resources, tx, keys, trial.achievement_id, part)
        new = [row for row, _, made in known if made is None]
        noticed = corrected_learners.notices_of(tx, keys, corrected, new)
        trial.notices += islice(noticed, MOST_TOLD - len(trial.notices))
    for row, _, made in known:
        trial.rows += 1
        if made is None:
            trial.new += 1
        elif made == batch_survey.REUSED:
            error = RowKeyReusedError()
            trial.faults.append(RowFault(row=row.row, code=error.code, detail=str(error)))
        else:
            trial.skipped += 1
            if len(trial.before) < MOST_TOLD:
                trial.before.append((row.row, made))
