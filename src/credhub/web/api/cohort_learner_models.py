"""What requests and answers about the learners of a cohort look like."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from credhub.credentials.draft import MAX_ITEMS, Evidence, Result, ResultStatus
from credhub.errors import RowFault
from credhub.jsontypes import JsonObject
from credhub.services.programs.attendance import Attendance, Mark
from credhub.services.programs.cohort import MOST_SESSIONS
from credhub.services.programs.earning import Reason
from credhub.services.programs.enrolled import Enrolled
from credhub.services.programs.known import Enrolment, Known, OwnEvidence, OwnResult
from credhub.services.programs.roster import Adding
from credhub.web.api.batch_models import FaultModel, ReadingModel
from credhub.web.api.models import (
    Instant,
    Model,
    Name,
    RequestModel,
    ResultModel,
    Text,
)
from credhub.web.api.program_models import Id, Version

MOST_ITEMS: Final = 10 * MAX_ITEMS
Link = Annotated[
    str, Field(max_length=2_000, pattern=r"^https://", examples=["https://hub.example/x"])
]
_Count = Annotated[int, Field(ge=0, le=MOST_SESSIONS)]
_OF: Final = "Of this achievement; of all of the program when nobody says."


class MarksModel(RequestModel):
    """How often a learner was there: session by session, in their order."""

    marks: list[Literal["present", "absent", "excused"]] = Field(
        min_length=1, max_length=MOST_SESSIONS
    )

    def to_attendance(self) -> Attendance:
        """Make the domain value."""
        return Attendance.of_marks(tuple(map(Mark, self.marks)))


class CountsModel(RequestModel):
    """How often a learner was there."""

    present: _Count
    absent: _Count
    excused: _Count = Field(default=0, description="Sessions that count neither way.")

    def to_attendance(self) -> Attendance:
        """Make the domain value."""
        return Attendance(present=self.present, absent=self.absent, excused=self.excused)


class CohortResultModel(ResultModel):
    """A result of a learner."""

    achievement: Id | None = Field(default=None, description=_OF)

    def to_result(self) -> OwnResult:
        """Make the domain value."""
        said = self.model_dump(exclude={"achievement", "status"})
        status = None if self.status is None else ResultStatus(self.status)
        return OwnResult(result=Result(**said, status=status), achievement_id=self.achievement)


class CohortEvidenceModel(RequestModel):
    """What shows that a learner did it: a page, words, or a file that you keep."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"sha256": ["name"]}})

    id: Link | None = Field(default=None, description="A page.")
    name: Name | None = None
    description: Text | None = None
    narrative: Text | None = None
    genre: Name | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None,
        description="The digest of a file that you keep; with its name, and without a page. The"
        " credential names both.",
    )
    achievement: Id | None = Field(default=None, description=_OF)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.sha256 is not None:
            others = (self.id, self.description, self.narrative, self.genre)
            if self.name is None or any(it is not None for it in others):
                raise ValueError("must have of a file its name and its digest alone")
        elif self.id is None and self.narrative is None:
            raise ValueError("must have an id, a narrative, or a name with sha256")
        return self

    def to_evidence(self) -> OwnEvidence:
        """Make the domain value."""
        if self.sha256 is not None:
            return OwnEvidence.of_file(
                name=self.name or "", sha256=self.sha256, achievement_id=self.achievement
            )
        said = Evidence(
            id=self.id,
            name=self.name,
            description=self.description,
            narrative=self.narrative,
            genre=self.genre,
        )
        return OwnEvidence(evidence=said, achievement_id=self.achievement)


class CohortLearnerRequest(RequestModel):
    """All that is known of a learner in a cohort, as it shall be."""

    version: Version = Field(
        description="The version that you read. With another one there, nothing is changed."
    )
    status: Literal["enrolled", "withdrawn", "completed"]
    name: Name | None = Field(default=None, description="As it is spelt rightly; else it stays.")
    attendance: MarksModel | CountsModel | None = None
    results: list[CohortResultModel] = Field(default=[], max_length=MOST_ITEMS)
    evidence: list[CohortEvidenceModel] = Field(default=[], max_length=MOST_ITEMS)
    awarded_date: Instant | None = Field(
        default=None, description="When it was earned, when that is not the end of the cohort."
    )
    valid_until: Instant | None = Field(
        default=None, description="The end of what is issued, if it is not the achievement's own."
    )

    def change(self) -> Callable[[Known], Known]:
        """Give what makes this of what was known before."""

        def changed(before: Known) -> Known:
            name = before.recipient.name if self.name is None else self.name
            return Known(
                recipient=replace(before.recipient, name=name),
                status=Enrolment(self.status),
                attendance=None if self.attendance is None else self.attendance.to_attendance(),
                results=tuple(it.to_result() for it in self.results),
                evidence=tuple(it.to_evidence() for it in self.evidence),
                awarded_at=self.awarded_date,
                valid_until=self.valid_until,
            )

        return changed


class AttendanceAnswer(Model):
    """How often a learner was there."""

    present: int
    absent: int
    excused: int
    marks: list[Literal["present", "absent", "excused"]] | None = Field(
        description="For the sessions in their order, where that is known."
    )


class KnownModel(Model):
    """What is known of a learner in a cohort."""

    name: str
    email: str | None
    did: str | None
    external_id: str | None
    status: Literal["enrolled", "withdrawn", "completed"]
    attendance: AttendanceAnswer | None
    results: list[CohortResultModel]
    evidence: list[CohortEvidenceModel]
    awarded_date: datetime | None
    valid_until: datetime | None

    @classmethod
    def of(cls, known: Known) -> Self:
        """Write it."""
        recipient = known.recipient
        return cls(
            name=recipient.name,
            email=recipient.email,
            did=recipient.did,
            external_id=recipient.external_id,
            status=known.status.value,
            attendance=None if known.attendance is None else _attendance(known.attendance),
            results=[_result(it) for it in known.results],
            evidence=[_evidence(it) for it in known.evidence],
            awarded_date=known.awarded_at,
            valid_until=known.valid_until,
        )


class CohortLearnerAnswer(Model):
    """A learner of a cohort."""

    learner: str = Field(description="The id of the learner, the same in every cohort.")
    place: int = Field(description="On the roster, from 1.")
    version: int = Field(description="Counts the changes of what is known.")
    added_at: datetime
    known: KnownModel | None = Field(description="None when nothing is known any more.")
    reason: Literal["erased", "record-damaged"] | None = Field(description="Why nothing is known.")

    @classmethod
    def of(cls, learner: Enrolled) -> Self:
        """Write one."""
        stored, known = learner.stored, learner.known
        return cls(
            learner=stored.learner_id,
            place=stored.place,
            version=stored.version,
            added_at=stored.added_at,
            known=None if isinstance(known, Reason) else KnownModel.of(known),
            reason=known.value if isinstance(known, Reason) else None,  # type: ignore[arg-type]  # one of these two
        )


class CohortLearnerPage(Model):
    """A part of a roster."""

    items: list[CohortLearnerAnswer]
    next_cursor: int | None = Field(description="Give it as cursor to get the next part.")


class AddedModel(Model):
    """What became of one row of a roster."""

    row: int
    outcome: Literal["added", "present"]
    learner: str | None = Field(description="None, in a trial, of somebody new to the hub.")


class RosterAnswer(Model):
    """What became of a roster."""

    cohort: str
    added: int
    present: int = Field(description="So many were in the cohort before, and stay as they were.")
    rows: list[AddedModel]
    faults: list[FaultModel] = Field(
        description="Of a trial: the first thousand. With one of them nobody is added."
    )
    reading: ReadingModel

    @classmethod
    def of(cls, cohort_id: str, adding: Adding, reading: JsonObject) -> Self:
        """Write it."""
        added = sum(it.is_new for it in adding.added)
        return cls(
            cohort=cohort_id,
            added=added,
            present=len(adding.added) - added,
            rows=[
                AddedModel(
                    row=it.row,
                    outcome="added" if it.is_new else "present",
                    learner=it.learner_id,
                )
                for it in adding.added
            ],
            faults=_faults(adding.faults),
            reading=ReadingModel.model_validate(reading),
        )


def _faults(faults: Sequence[RowFault]) -> list[FaultModel]:
    return [FaultModel.of(fault) for fault in faults]


def _attendance(attendance: Attendance) -> AttendanceAnswer:
    return AttendanceAnswer(
        present=attendance.present,
        absent=attendance.absent,
        excused=attendance.excused,
        marks=[mark.value for mark in attendance.marks] or None,
    )


def _result(own: OwnResult) -> CohortResultModel:
    return CohortResultModel.model_validate(
        {
            "value": own.result.value,
            "status": None if own.result.status is None else own.result.status.value,
            "resultDescription": own.result.result_description,
            "achievedLevel": own.result.achieved_level,
            "achievement": own.achievement_id,
        }
    )


def _evidence(own: OwnEvidence) -> CohortEvidenceModel:
    said = own.evidence
    is_file = own.sha256 is not None
    return CohortEvidenceModel.model_validate(
        {
            "id": said.id,
            "name": said.name,
            "description": said.description,
            "narrative": None if is_file else said.narrative,
            "genre": said.genre,
            "sha256": own.sha256,
            "achievement": own.achievement_id,
        }
    )
