"""What requests and answers about programs look like."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from credhub.services.programs.program import (
    MOST_ACHIEVEMENTS,
    MOST_REQUIRED,
    Program,
    Rule,
    Step,
)
from credhub.store.programs import StoredProgram
from credhub.web.api.models import Model, Name, RequestModel, Text

Id = Annotated[str, Field(min_length=1, max_length=64)]
Version = Annotated[int, Field(ge=1, le=2**31 - 2)]
_READ = "The version that you read. With another one there, nothing is changed."


class AttendanceRule(RequestModel):
    """Earned by being there."""

    attendance: int = Field(ge=1, le=100, description="Per cent of the sessions.")


class ResultRule(RequestModel):
    """Earned by a result."""

    result: Literal["passed"]


class StepModel(RequestModel):
    """One achievement of a program."""

    achievement: Id = Field(description="The id of a published achievement.")
    requires: list[Id] = Field(
        default=[],
        max_length=MOST_REQUIRED,
        description="Achievements, of this program or any other, that the learner must have: by a"
        " credential that stands, or earned together with this one.",
    )
    rule: Literal["completion", "prerequisites"] | AttendanceRule | ResultRule = Field(
        description="How it is earned beside that: `completion` by whoever completed the cohort,"
        " `prerequisites` by whoever has all that it requires."
    )

    def to_step(self) -> Step:
        """Make the domain value."""
        match self.rule:
            case AttendanceRule():
                rule = Rule.ATTENDANCE
            case ResultRule():
                rule = Rule.RESULT
            case word:
                rule = Rule(word)
        return Step(
            achievement_id=self.achievement,
            requires=tuple(self.requires),
            rule=rule,
            percent=self.rule.attendance if isinstance(self.rule, AttendanceRule) else None,
        )

    @classmethod
    def of(cls, step: Step) -> Self:
        """Write one."""
        rule: object = step.rule.value
        match step.rule:
            case Rule.ATTENDANCE:
                rule = {"attendance": step.percent}
            case Rule.RESULT:
                rule = {"result": "passed"}
            case _:
                pass
        said = {"achievement": step.achievement_id, "requires": list(step.requires), "rule": rule}
        return cls.model_validate(said)


class ProgramRequest(RequestModel):
    """What a hub teaches."""

    name: Name
    description: Text | None = None
    achievements: list[StepModel] = Field(min_length=1, max_length=MOST_ACHIEVEMENTS)

    def to_program(self) -> Program:
        """Make the domain value.

        Raises:
            InvalidClaimError: A member is not as it must be.
            ProgramCycleError: Achievements require one another.
        """
        return Program(
            name=self.name,
            description=self.description,
            steps=tuple(step.to_step() for step in self.achievements),
        )


class ProgramChangeRequest(ProgramRequest):
    """All of a program, as it shall be."""

    version: Version = Field(description=_READ)


class ProgramAnswer(Model):
    """A program."""

    id: str
    version: int = Field(description="Counts its changes.")
    name: str
    description: str | None
    achievements: list[StepModel]
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None = Field(description="Since when no cohort of it begins.")

    @classmethod
    def of(cls, stored: StoredProgram) -> Self:
        """Write one."""
        program = Program.of(stored.document)
        return cls(
            id=stored.program_id,
            version=stored.version,
            name=program.name,
            description=program.description,
            achievements=[StepModel.of(step) for step in program.steps],
            created_at=stored.created_at,
            changed_at=stored.changed_at,
            archived_at=stored.archived_at,
        )


class ProgramPage(Model):
    """A part of a list of programs."""

    items: list[ProgramAnswer]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")
