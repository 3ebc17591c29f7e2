"""What a hub teaches: which achievements a program leads to, and how each of them is earned."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, Self

from credhub import jsontypes
from credhub.credentials.claims import check_name, check_text
from credhub.errors import InvalidClaimError, ProgramCycleError

MOST_ACHIEVEMENTS: Final = 200
MOST_REQUIRED: Final = 50
MOST_REQUIRED_IN_ALL: Final = 1_000


class Rule(StrEnum):
    """By what an achievement is earned, beside whatever it requires."""

    COMPLETION = "completion"
    """Somebody said that the learner completed the cohort."""
    ATTENDANCE = "attendance"
    """The learner was there often enough."""
    RESULT = "result"
    """The learner passed."""
    PREREQUISITES = "prerequisites"
    """By nothing else: it is the end of a pathway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One achievement of a program.

    Attributes:
        requires: Achievements that the learner must have before, of this program or of any other.
        percent: How much of the sessions it takes, with the rule of attendance.
    """

    achievement_id: str
    requires: tuple[str, ...] = ()
    rule: Rule = Rule.COMPLETION
    percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What a hub teaches."""

    name: str
    description: str | None = None
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        check_name("name", self.name)
        if self.description is not None:
            check_text("description", self.description)
        if not 1 <= len(self.steps) <= MOST_ACHIEVEMENTS:
            most = f"must be 1 to {MOST_ACHIEVEMENTS}."
            raise InvalidClaimError("achievements", most)
        seen: set[str] = set()
        for place, step in enumerate(self.steps):
            _check_step(f"achievements/{place}", step, seen)
            seen.add(step.achievement_id)
        if sum(len(step.requires) for step in self.steps) > MOST_REQUIRED_IN_ALL:
            most = f"must require at most {MOST_REQUIRED_IN_ALL} in all."
            raise InvalidClaimError("achievements", most)
        self.in_order()

    @property
    def required(self) -> frozenset[str]:
        """Whatever any of its achievements requires."""
        return frozenset(it for step in self.steps for it in step.requires)

    def named(self) -> Iterator[tuple[str, str]]:
        """Give every achievement that it names, each with where."""
        for place, step in enumerate(self.steps):
            yield f"achievements/{place}/achievement", step.achievement_id
            for number, required in enumerate(step.requires):
                yield f"achievements/{place}/requires/{number}", required

    def in_order(self) -> tuple[Step, ...]:
        """List what it leads to, each achievement after those that it requires.

        Raises:
            ProgramCycleError: Some require one another.
        """
        steps = {step.achievement_id: step for step in self.steps}
        sorter = TopologicalSorter(
            {own: [it for it in step.requires if it in steps] for own, step in steps.items()}
        )
        try:
            return tuple(steps[own] for own in sorter.static_order())
        except CycleError as error:
            raise ProgramCycleError(tuple(self._places(error.args[1][1:]))) from error

    def _places(self, achievement_ids: Iterable[str]) -> Iterator[str]:
        places = {step.achievement_id: place for place, step in enumerate(self.steps)}
        return (f"achievements/{places[it]}" for it in achievement_ids)

    def document(self) -> bytes:
        """Write it as it is kept."""
        return jsontypes.canonical(
            {
                "name": self.name,
                "description": self.description,
                "achievements": [
                    {
                        "achievement": step.achievement_id,
                        "requires": list(step.requires),
                        "rule": step.rule.value,
                        "percent": step.percent,
                    }
                    for step in self.steps
                ],
            }
        )

    @classmethod
    def of(cls, document: bytes) -> Self:
        """Read what ``document`` wrote."""
        kept: dict[str, Any] = dict(jsontypes.parse_object(document))
        return cls(
            name=kept["name"],
            description=kept["description"],
            steps=tuple(
                Step(
                    achievement_id=item["achievement"],
                    requires=tuple(item["requires"]),
                    rule=Rule(item["rule"]),
                    percent=item["percent"],
                )
                for item in kept["achievements"]
            ),
        )


def _check_step(member: str, step: Step, seen: set[str]) -> None:
    if step.achievement_id in seen:
        raise InvalidClaimError(f"{member}/achievement", "is in the program twice.")
    if len(step.requires) > MOST_REQUIRED:
        raise InvalidClaimError(f"{member}/requires", f"must be at most {MOST_REQUIRED}.")
    if len(set(step.requires)) < len(step.requires):
        raise InvalidClaimError(f"{member}/requires", "names an achievement twice.")
    if step.rule is Rule.PREREQUISITES and not step.requires:
        raise InvalidClaimError(f"{member}/requires", "must name what is to be earned before.")
    if (step.percent is None) is (step.rule is Rule.ATTENDANCE):
        raise InvalidClaimError(f"{member}/rule", "must say of attendance how much, and else not.")
    if step.percent is not None and not 1 <= step.percent <= 100:  # noqa: PLR2004 - per cent
        raise InvalidClaimError(f"{member}/rule", "must be 1 to 100 per cent.")
