"""What requests and answers about batches look like."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, RootModel

from credhub.errors import RowFault
from credhub.jsontypes import JsonObject
from credhub.services.bulk.batch_trying import Trial
from credhub.services.bulk.batches import BatchStanding
from credhub.store.batch_results import ListedResult
from credhub.web.api.models import (
    EvidenceModel,
    Instant,
    Model,
    Name,
    RecipientModel,
    RequestModel,
    ResultModel,
)


class BatchRowModel(RequestModel):
    """One row: what ``POST /v1/credentials`` takes, without the achievement."""

    key: Name | None = Field(
        default=None,
        description="Your own name for the row, such as a matriculation number. The same key gives"
        " one credential of an achievement, whatever file it is in; with other claims the row"
        " fails. Without a key, rows with the same claims are the same.",
    )
    recipient: RecipientModel
    awarded_date: Instant | None = None
    valid_until: Instant | None = None
    evidence: list[EvidenceModel] = Field(default=[], max_length=20)
    results: list[ResultModel] = Field(default=[], max_length=20)


class BatchRows(RootModel[list[BatchRowModel]]):
    """The rows of a batch."""


class ColumnModel(Model):
    """What a column of a file was taken for."""

    header: str | None = Field(
        description="Of a column that nothing uses in the answer to a trial alone."
    )
    field: str | None = Field(description="None when nothing uses the column.")
    origin: Literal["chosen", "guessed", "unused"]


class ReadingModel(Model):
    """How a file was read."""

    encoding: str
    likely_encoding: str | None = Field(
        description="What it seems to be instead. To have it read so, name it as `encoding`."
    )
    separator: str | None
    date_order: str | None = Field(description="The one order in which all dates are days.")
    columns: list[ColumnModel]


class BatchAnswer(Model):
    """A batch and how far it is."""

    id: str
    state: Literal["queued", "running", "finished", "cancelled", "failed"]
    kind: Literal["issue", "revocation", "suspension", "lift", "reissue", "correction"]
    achievement: str | None = Field(description="What is issued; none when credentials change.")
    version: int | None = Field(
        description="The newest one when the batch came: all rows get it. None when credentials"
        " change."
    )
    rows: int
    issued: int = Field(description="Rows that gave a new credential.")
    changed: int = Field(description="Rows whose credential was revoked, suspended or lifted.")
    skipped: int = Field(description="Rows that were issued, or whose credential was so, before.")
    failed: int = Field(description="Rows that could not be done; the others were all the same.")
    created_at: datetime
    ended_at: datetime | None
    rows_removed_at: datetime | None = Field(
        description="When rows that were skipped or failed were removed from `/rows`. They are"
        " counted here for ever."
    )
    reading: ReadingModel | None = Field(description="How the file was read.")

    @classmethod
    def of(cls, standing: BatchStanding) -> Self:
        """Write one."""
        batch = standing.batch
        return cls(
            id=batch.batch_id,
            state=standing.state,  # type: ignore[arg-type]  # one of these words
            kind=batch.kind.value,
            achievement=batch.achievement_id,
            version=batch.achievement_version,
            rows=standing.rows,
            issued=standing.issued,
            changed=standing.changed,
            skipped=standing.skipped,
            failed=standing.failed,
            created_at=batch.created_at,
            ended_at=batch.ended_at,
            rows_removed_at=batch.pruned_at,
            reading=None
            if standing.reading is None
            else ReadingModel.model_validate(standing.reading),
        )


class BatchPage(Model):
    """A part of a list of batches."""

    items: list[BatchAnswer]
    next_cursor: str | None = Field(description="Give it as cursor to get the next part.")


class RowAnswer(Model):
    """What became of one row."""

    row: int
    outcome: Literal["issued", "changed", "skipped", "failed"]
    credential: str | None = Field(description="The id of the credential, for this API.")
    url: str | None = Field(description="The permanent address of the credential.")
    code: str | None = Field(description="Why it failed: permanent, for software.")
    detail: str | None = Field(description="Why it failed: one sentence for a person.")

    @classmethod
    def of(cls, listed: ListedResult, url: str | None) -> Self:
        """Write one."""
        result = listed.result
        return cls(
            row=result.row,
            outcome=result.outcome.value,
            credential=result.credential_id,
            url=url,
            code=result.code,
            detail=result.detail,
        )


class RowPage(Model):
    """What became of some rows, in the order of their numbers."""

    items: list[RowAnswer]
    next_cursor: int | None = Field(
        description="Give it as cursor to get the next part. None when there is no more now."
    )
    complete: bool = Field(
        description="No row comes after these: the batch has ended, and this is the last part."
    )
    rows_removed_at: datetime | None = Field(
        description="When rows that were skipped or failed were removed from the list."
    )


class FaultModel(Model):
    """What is wrong in one place."""

    row: int | None = Field(description="None for the batch as a whole.")
    column: str | None
    code: str = Field(description="Permanent, for software.")
    detail: str = Field(description="One sentence for a person.")
    value: str | None = Field(
        description="What stands there, cut short, or what it would be in another encoding."
    )

    @classmethod
    def of(cls, fault: RowFault) -> Self:
        """Write one."""
        return cls(
            row=fault.row,
            column=fault.column,
            code=fault.code,
            detail=fault.detail,
            value=fault.value,
        )


class BeforeModel(Model):
    """A row that was issued before."""

    row: int
    credential: str


class TrialAnswer(Model):
    """What would become of a batch; nothing of it was kept."""

    achievement: str
    version: int
    rows: int = Field(description="Rows that could be read.")
    new: int = Field(description="Rows that would be issued.")
    skipped: int = Field(description="Rows that were issued before.")
    before: list[BeforeModel] = Field(description="The first thousand of these.")
    faults: list[FaultModel] = Field(
        description="The first thousand. With `row-key-reused` a row fails alone; with any other"
        " fault the batch is refused as a whole."
    )
    notices: list[FaultModel] = Field(
        description="What is worth a look, and keeps nothing from being issued: `learner-shared`"
        " where rows of one learner have two names, `learner-corrected` where a row would give"
        " another credential to a learner whose credential was corrected. The first thousand."
    )
    reading: ReadingModel

    @classmethod
    def of(cls, trial: Trial, reading: JsonObject) -> Self:
        """Write one."""
        return cls(
            achievement=trial.achievement_id,
            version=trial.achievement_version,
            rows=trial.rows,
            new=trial.new,
            skipped=trial.skipped,
            before=[BeforeModel(row=row, credential=made) for row, made in trial.before],
            faults=[FaultModel.of(fault) for fault in trial.faults],
            notices=[FaultModel.of(notice) for notice in trial.notices],
            reading=ReadingModel.model_validate(reading),
        )
