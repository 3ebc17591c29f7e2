"""What requests and answers about cohorts look like."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field

from credhub.services.programs.cohort import MOST_PARTNERS, MOST_SESSIONS, Cohort
from credhub.services.programs.cohorts import Standing
from credhub.services.programs.earning import Judged
from credhub.services.programs.finishing import Finished
from credhub.services.programs.preview import Count, LearnerPreview, Totals
from credhub.web.api.models import Model, Name, RequestModel, Url
from credhub.web.api.program_models import Id, Version

_DAY_LENGTH = 10


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) != _DAY_LENGTH:
        raise ValueError("must be a day such as 2026-11-22")
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("must be a day such as 2026-11-22") from error


Day = Annotated[
    date,
    BeforeValidator(_day, json_schema_input_type=str),
    Field(examples=["2026-11-22"]),
]


class CohortMembers(RequestModel):
    """What is said of a run of a program."""

    name: Name
    starts_on: Day
    ends_on: Day = Field(description="The last day: what is earned is awarded as of it.")
    place: Name | None = None
    partners: list[Url] = Field(
        default=[],
        max_length=MOST_PARTNERS,
        description="The DIDs, or the names, of organisations that take part.",
    )
    sessions: Annotated[int, Field(ge=1, le=MOST_SESSIONS)] | None = Field(
        default=None, description="How many there are in all."
    )

    def to_cohort(self) -> Cohort:
        """Make the domain value.

        Raises:
            InvalidClaimError: A member is not as it must be.
        """
        return Cohort(
            name=self.name,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            place=self.place,
            partners=tuple(self.partners),
            sessions=self.sessions,
        )


class CohortRequest(CohortMembers):
    """One dated run of a program."""

    program: Id = Field(description="The id of the program.")


class CohortChangeRequest(CohortMembers):
    """All of a cohort, as it shall be; its program stays."""

    version: Version = Field(
        description="The version that you read. With another one there, nothing is changed."
    )


class CohortAnswer(Model):
    """A cohort and how far it is."""

    id: str
    program: str
    version: int = Field(description="Counts its changes.")
    state: Literal["planned", "running", "finished"] = Field(
        description="`finished` once it was finished. It can be finished again for whoever is late."
    )
    name: str
    starts_on: date
    ends_on: date
    place: str | None
    partners: list[str]
    sessions: int | None
    learners: int = Field(description="How many were added, withdrawn and erased ones too.")
    created_at: datetime
    changed_at: datetime
    finished_at: datetime | None = Field(description="When it was last finished.")

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """Write one."""
        stored, cohort = standing.stored, standing.cohort
        return cls(
            id=stored.cohort_id,
            program=stored.program_id,
            version=stored.version,
            state=standing.state.value,
            name=cohort.name,
            starts_on=cohort.starts_on,
            ends_on=cohort.ends_on,
            place=cohort.place,
            partners=list(cohort.partners),
            sessions=cohort.sessions,
            learners=standing.learners,
            created_at=stored.created_at,
            changed_at=stored.changed_at,
            finished_at=stored.finished_at,
        )


class CohortPage(Model):
    """A part of a list of cohorts."""

    items: list[CohortAnswer]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


class CountModel(Model):
    """How many learners of a cohort got an achievement, and why others did not."""

    achievement: str
    earned: int = Field(description="It is issued to so many now.")
    issued: int = Field(description="So many got it when the cohort was finished before.")
    held: int = Field(description="So many reached this end of a pathway elsewhere.")
    not_earned: int
    reasons: dict[str, int] = Field(
        description="Why not, by code: one learner may have several. `withdrawn`, `not-completed`,"
        " `attendance-missing`, `attendance-too-low`, `result-missing`, `result-not-passed`,"
        " `prerequisite-missing`, `erased`, `record-damaged`."
    )
    batch: str | None = Field(description="The batch that issues it.")

    @classmethod
    def of(cls, achievement_id: str, count: Count, batch: str | None) -> Self:
        """Write one."""
        told = {verdict.value: number for verdict, number in count.verdicts.items()}
        return cls(
            achievement=achievement_id,
            earned=told.get("earned", 0),
            issued=told.get("issued", 0),
            held=told.get("held", 0),
            not_earned=told.get("not-earned", 0),
            reasons={reason.value: number for reason, number in sorted(count.reasons.items())},
            batch=batch,
        )


class JudgedModel(Model):
    """What becomes of one learner and one achievement."""

    achievement: str
    verdict: Literal["earned", "issued", "held", "not-earned"]
    reasons: list[str] = Field(description="Why it was not earned: all codes that apply.")
    missing: list[str] = Field(description="Achievements that it requires and the learner lacks.")
    credential: str | None = Field(description="The id of what was issued before.")

    @classmethod
    def of(cls, judged: Judged) -> Self:
        """Write one."""
        return cls(
            achievement=judged.achievement_id,
            verdict=judged.verdict.value,
            reasons=[reason.value for reason in judged.reasons],
            missing=list(judged.missing),
            credential=judged.credential_id,
        )


class LearnerPreviewModel(Model):
    """What becomes of one learner."""

    learner: str
    place: int = Field(description="On the roster, from 1.")
    achievements: list[JudgedModel]

    @classmethod
    def of(cls, learner: LearnerPreview) -> Self:
        """Write one."""
        return cls(
            learner=learner.stored.learner_id,
            place=learner.stored.place,
            achievements=[JudgedModel.of(it) for it in learner.judged],
        )


class FinishAnswer(Model):
    """What was earned in a cohort."""

    cohort: str
    program: str
    program_version: int = Field(description="Whose rules hold: the newest.")
    learners: int
    awarded_date: date = Field(description="The day of the award, where a learner has no other.")
    achievements: list[CountModel] = Field(
        description="Each after those that it requires. Learners are those of the whole roster."
    )
    items: list[LearnerPreviewModel] | None = Field(
        default=None, description="With `dryRun`: learner by learner, a part of them."
    )
    next_cursor: int | None = Field(
        default=None, description="With `dryRun`: give it as cursor to get the next part."
    )

    @classmethod
    def of(cls, finished: Finished) -> Self:
        """Write what was sent to be issued."""
        return cls._of(finished.totals, finished)

    @classmethod
    def of_preview(cls, totals: Totals, items: tuple[LearnerPreview, ...], limit: int) -> Self:
        """Write what would be."""
        return cls._of(totals, None).model_copy(
            update={
                "items": [LearnerPreviewModel.of(it) for it in items],
                "next_cursor": items[-1].stored.place if len(items) == limit else None,
            }
        )

    @classmethod
    def _of(cls, totals: Totals, finished: Finished | None) -> Self:
        batches = {} if finished is None else finished.batches
        return cls(
            cohort=totals.run.stored.cohort_id,
            program=totals.run.program.program_id,
            program_version=totals.run.program.version,
            learners=totals.learners,
            awarded_date=totals.awarded_at.date(),
            achievements=[
                CountModel.of(own, count, batches.get(own)) for own, count in totals.counts.items()
            ],
        )
