"""How often a learner was there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from credhub.errors import InvalidClaimError
from credhub.services.programs.cohort import MOST_SESSIONS

_ALL: Final = 100


class Mark(StrEnum):
    """What is noted of a learner for one session."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How many sessions a learner attended, missed, and was excused from.

    Attributes:
        marks: The same for each session in their order, where that is known.
    """

    present: int = 0
    absent: int = 0
    excused: int = 0
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if min(self.present, self.absent, self.excused) < 0:
            raise InvalidClaimError("attendance", "must not be less than nothing.")
        if self.counted > MOST_SESSIONS:
            raise InvalidClaimError("attendance", f"must be at most {MOST_SESSIONS} sessions.")

    @classmethod
    def of_marks(cls, marks: tuple[Mark, ...]) -> Self:
        """Count what is noted for each session."""
        return cls(
            present=marks.count(Mark.PRESENT),
            absent=marks.count(Mark.ABSENT),
            excused=marks.count(Mark.EXCUSED),
            marks=marks,
        )

    @property
    def counted(self) -> int:
        """Of how many sessions anything is said."""
        return self.present + self.absent + self.excused

    def reaches(self, percent: int, *, sessions: int | None) -> bool:
        """Say whether a learner was there often enough.

        A session of which nothing is said was missed; one that the learner was excused from counts
        neither way. Whoever was excused from all of them was at none.

        Args:
            percent: How much of them it takes.
            sessions: How many there are in all, when that is known.
        """
        held = max(self.counted, sessions or 0) - self.excused
        return held > 0 and self.present * _ALL >= percent * held
