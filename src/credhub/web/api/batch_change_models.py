"""What requests and answers about batches of changes look like."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, RootModel, model_validator

from credhub.documents.change_rows import MAX_REASON, ChangeRow, check_reason
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject
from credhub.services.bulk import change_filtering
from credhub.services.bulk.change_checking import Checked, Findings
from credhub.services.bulk.row_checking import MOST_ROWS
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import HubNumber
from credhub.store.standings import Filter
from credhub.web.api.batch_models import FaultModel, ReadingModel
from credhub.web.api.models import Instant, Model, Name, RequestModel, Text

RowReason = Annotated[str, Field(min_length=1, max_length=MAX_REASON)]
Id = Annotated[str, Field(min_length=1, max_length=64)]
Named = Annotated[str, Field(min_length=1, max_length=500)]


def _kept(reason: str) -> str:
    try:
        check_reason(reason)
    except InvalidClaimError as error:
        raise ValueError(error.message) from error
    return reason


# Of all rows at once: else each of them has the same fault.
Reason = Annotated[RowReason, AfterValidator(_kept)]


class ChangedCredential(RequestModel):
    """One credential, with a reason of its own."""

    credential: Named = Field(description="Its permanent address, the code in that, or its id.")
    reason: RowReason | None = Field(default=None, description="Else it is that of the batch.")


class ChangeFilter(RequestModel):
    """Which credentials are meant: those of which all of this is so."""

    model_config = ConfigDict(
        json_schema_extra={"minProperties": 1, "dependentRequired": {"version": ["achievement"]}}
    )

    achievement: Id | None = Field(default=None, description="The id of an achievement.")
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="Of that achievement."
    )
    batch: Id | None = Field(
        default=None, description="The id of the batch that issued them, or what they replace."
    )
    issued_from: Instant | None = Field(default=None, description="From this moment on.")
    issued_before: Instant | None = Field(default=None, description="Before this moment.")
    api_key: Id | None = Field(
        default=None,
        description="The id of the API key that asked for them, or for what they replace; revoke it"
        " first.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(value is None for value in self.model_dump().values()):
            raise ValueError("must say which credentials are meant")
        if self.version is not None and self.achievement is None:
            raise ValueError("must name the achievement whose version it is")
        return self

    def to_filter(self, resources: Resources, number: HubNumber) -> Filter:
        """Make the domain value.

        Raises:
            AchievementNotFoundError: The hub has no such achievement.
            BatchNotFoundError: It has no such batch.
            ApiKeyNotFoundError: It has no such API key.
        """
        change_filtering.check_named(
            resources,
            number,
            achievement_id=self.achievement,
            batch_id=self.batch,
            key_id=self.api_key,
        )
        return Filter(
            achievement_id=self.achievement,
            achievement_version=self.version,
            batch_id=self.batch,
            issued_from=self.issued_from,
            issued_before=self.issued_before,
            issued_by=None if self.api_key is None else f"api-key:{self.api_key}",
        )


# What is wrong with the first is said at once: a hundred thousand errors would fill the memory.
_Listed = Annotated[
    list[Named | ChangedCredential], Field(min_length=1, max_length=MOST_ROWS, fail_fast=True)
]


class BatchChangesRequest(RequestModel):
    """Which credentials are changed, how, and why: a list of them, or a filter."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["credentials"]}, {"required": ["filter"]}]}
    )

    change: Literal["revocation", "suspension", "lift", "reissue"] = Field(
        description="To reissue is to replace by a credential of the newest version."
    )
    reason: Reason = Field(description="For the record; never public.")
    credentials: _Listed | None = Field(
        default=None,
        description="Each by its permanent address, the code in that, or its id. Rows of the batch"
        " are counted from one, in this order.",
    )
    filter: ChangeFilter | None = Field(
        default=None,
        description="Those that are there when the batch comes and would be changed, oldest first."
        " What was revoked before, and whose learner was erased, is left out.",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.credentials is None) is (self.filter is None):
            raise ValueError("must have exactly one of credentials and filter")
        return self

    @property
    def kind(self) -> BatchKind:
        """What is done with each of them."""
        return BatchKind(self.change)

    def rows(self, resources: Resources, number: HubNumber) -> Iterator[ChangeRow]:
        """Make the domain values: of what is named, or of what the filter finds."""
        if self.filter is None:
            return self._named()
        wanted = self.filter.to_filter(resources, number)
        return change_filtering.rows(resources, number, self.kind, wanted, reason=self.reason)

    def _named(self) -> Iterator[ChangeRow]:
        for row, named in enumerate(self.credentials or (), start=1):
            if isinstance(named, str):
                yield ChangeRow(row=row, credential=named, reason=self.reason)
            else:
                reason = named.reason or self.reason
                yield ChangeRow(row=row, credential=named.credential, reason=reason)


class ChangeRowModel(RequestModel):
    """One row of a file: a credential, and for a correction what it should have said."""

    credential: Named = Field(description="Its permanent address, the code in that, or its id.")
    reason: RowReason | None = Field(default=None, description="Else it is that of the batch.")
    name: Name | None = None
    awarded_date: Instant | None = Field(default=None, description="When it was earned.")
    valid_until: Instant | None = None
    evidence_url: Text | None = Field(
        default=None, description="Of a credential with one piece of evidence, or none."
    )
    result: Name | None = Field(
        default=None, description="The value, of a credential with one result, or none."
    )


class ChangeRows(RootModel[list[Named | ChangeRowModel]]):
    """The rows of a file of changes."""


class ChangedRowModel(Model):
    """What would become of one credential."""

    row: int
    outcome: Literal["changed", "skipped", "failed"]
    credential: str = Field(description="The id of the credential, for this API.")
    url: str = Field(description="The permanent address of the credential.")
    corrected: list[str] = Field(description="The claims that would be corrected.")

    @classmethod
    def of(cls, checked: Checked) -> Self:
        """Write one."""
        return cls(
            row=checked.row.row,
            outcome=_outcome_of(checked),
            credential=checked.row.credential,
            url=checked.address,
            corrected=list(checked.wrong),
        )


def _outcome_of(checked: Checked) -> Literal["changed", "skipped", "failed"]:
    if checked.is_erased:
        return "failed"
    return "changed" if checked.is_needed else "skipped"


class ChangesTrialAnswer(Model):
    """What would become of a batch of changes; nothing of it was kept."""

    kind: Literal["revocation", "suspension", "lift", "reissue", "correction"]
    rows: int = Field(description="Rows without a fault.")
    changed: int = Field(description="Credentials that would be changed.")
    skipped: int = Field(description="Credentials that are so already.")
    erased: int = Field(
        description="Credentials of learners who were erased: of these nothing can be changed, and"
        " their rows fail alone."
    )
    items: list[ChangedRowModel] = Field(description="The first thousand rows without a fault.")
    faults: list[FaultModel] = Field(
        description="The first thousand. With any of them the batch is refused as a whole."
    )
    passed_over: int = Field(
        description="Rows of a file of results that name no credential because they failed, or"
        " that their batch skipped: they are not counted otherwise."
    )
    reading: ReadingModel | None = Field(description="How the file was read, if it was one.")

    @classmethod
    def of(
        cls, found: Findings, *, passed_over: int = 0, reading: JsonObject | None = None
    ) -> Self:
        """Write one."""
        return cls(
            kind=found.kind.value,  # type: ignore[arg-type]  # one of these words
            rows=found.rows,
            changed=found.changed,
            skipped=found.skipped,
            erased=found.erased,
            items=[ChangedRowModel.of(checked) for checked in found.first],
            faults=[FaultModel.of(fault) for fault in found.faults],
            passed_over=passed_over,
            reading=None if reading is None else ReadingModel.model_validate(reading),
        )
