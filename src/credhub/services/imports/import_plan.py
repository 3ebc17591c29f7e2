"""What would become of an import: which credentials, of which achievements, and what is wrong."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from credhub.documents.imports.csv_export import Item
from credhub.documents.imports.faults import ImportCode
from credhub.documents.imports.outcome import OldAchievement, Why
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import RowFault
from credhub.services import achievements
from credhub.services.bulk.batch_trying import Trial
from credhub.services.imports import import_matching
from credhub.store.achievements import StoredAchievement

_QUOTED: Final = frozenset(
    {
        ImportCode.ACHIEVEMENT_UNKNOWN,
        ImportCode.ACHIEVEMENT_AMBIGUOUS,
        ImportCode.BADGE_ABSENT,
        ImportCode.ISSUERS_SEVERAL,
        ImportCode.STATE_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFile:
    """What was read of one file."""

    name: str
    items: Iterable[Item]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldFault:
    """What is wrong, and in which file."""

    file: str
    fault: RowFault

    def text(self) -> str:
        """Say where and what; of the file nothing that is a learner's is quoted."""
        quoted = f" ({self.fault.value})" if self.fault.code in _QUOTED else ""
        return f"{self.file}: {self.fault.text()}{quoted}"


@dataclass(slots=True, kw_only=True)
class Group:
    """Credentials that are of one achievement of the hub.

    Attributes:
        old: How the other system describes it.
        names: What it is called there.
        issuers: Who had issued them.
        achievement: The newest version of it here, or the draft of a new one.
        rows: With numbers of their own if there are several files.
        places: The file and the row of each number.
        trial: What would become of them.
        picture: The image of a new achievement, drawn anew.
        picture_refused: Why there is none, though the other system has one in the file.
    """

    old: OldAchievement
    names: set[str]
    issuers: set[str]
    achievement: StoredAchievement
    is_new: bool
    rows: list[ReadRow] = field(default_factory=list, repr=False)
    places: dict[int, tuple[str, int]] = field(default_factory=dict, repr=False)
    trial: Trial | None = None
    picture: bytes | None = field(default=None, repr=False)
    picture_refused: str | None = None

    def place_of(self, row: int) -> str:
        """Say where a row came from."""
        file, own = self.places[row]
        return f"row {own} of {file}"

    @property
    def here(self) -> str:
        """Name the achievement of the hub, and say if it is called something else."""
        called = achievements.definition_of(self.achievement).name
        is_alike = import_matching.plain(called) in map(import_matching.plain, self.names)
        named = self.achievement.achievement_id
        return named if is_alike else f"{named} ({called})"


@dataclass(slots=True, kw_only=True)
class Plan:
    """What would become of an import.

    Attributes:
        groups: By the name of the old achievement.
        passed_over: How many are not taken over, and why.
        passed_rows: Each of them: its file, its row and the reason.
        unasked: How many are taken over that name a list of what stands. Lists are not asked.
        faults: With any of them nothing is made.
    """

    groups: tuple[Group, ...] = ()
    passed_over: Counter[Why] = field(default_factory=Counter)
    passed_rows: list[tuple[str, int, Why]] = field(default_factory=list)
    unasked: int = 0
    faults: list[OldFault] = field(default_factory=list)
