"""What requests and answers about batches of changes look like."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field

from credhub.documents.change_rows import MAX_REASON, ChangeRow
from credhub.services.change_checking import Checked, Findings
from credhub.services.row_checking import MOST_ROWS
from credhub.store.batches import BatchKind
from credhub.web.api.batch_models import FaultModel
from credhub.web.api.models import Model, RequestModel

Reason = Annotated[str, Field(min_length=1, max_length=MAX_REASON)]
Named = Annotated[str, Field(min_length=1, max_length=500)]


class ChangedCredential(RequestModel):
    """One credential, with a reason of its own."""

    credential: Named = Field(description="Its permanent address, the code in that, or its id.")
    reason: Reason | None = Field(default=None, description="Else it is that of the batch.")


class BatchChangesRequest(RequestModel):
    """Which credentials are changed, how, and why."""

    change: Literal["revocation", "suspension", "lift"]
    reason: Reason = Field(description="For the record; never public.")
    credentials: list[Named | ChangedCredential] = Field(
        min_length=1,
        max_length=MOST_ROWS,
        description="Each by its permanent address, the code in that, or its id. Rows of the batch"
        " are counted from one, in this order.",
    )

    @property
    def kind(self) -> BatchKind:
        """What is done with each of them."""
        return BatchKind(self.change)

    def rows(self) -> Iterator[ChangeRow]:
        """Make the domain values."""
        for row, named in enumerate(self.credentials, start=1):
            if isinstance(named, str):
                yield ChangeRow(row=row, credential=named, reason=self.reason)
            else:
                reason = named.reason or self.reason
                yield ChangeRow(row=row, credential=named.credential, reason=reason)


class ChangedRowModel(Model):
    """What would become of one credential."""

    row: int
    outcome: Literal["changed", "skipped"]
    credential: str = Field(description="The id of the credential, for this API.")
    url: str = Field(description="The permanent address of the credential.")

    @classmethod
    def of(cls, checked: Checked) -> Self:
        """Write one."""
        return cls(
            row=checked.row.row,
            outcome="changed" if checked.is_needed else "skipped",
            credential=checked.row.credential,
            url=checked.address,
        )


class ChangesTrialAnswer(Model):
    """What would become of a batch of changes; nothing of it was kept."""

    kind: Literal["revocation", "suspension", "lift"]
    rows: int = Field(description="Rows without a fault.")
    changed: int = Field(description="Credentials that would be changed.")
    skipped: int = Field(description="Credentials that are so already.")
    items: list[ChangedRowModel] = Field(description="The first thousand rows without a fault.")
    faults: list[FaultModel] = Field(
        description="The first thousand. With any of them the batch is refused as a whole."
    )

    @classmethod
    def of(cls, found: Findings) -> Self:
        """Write one."""
        return cls(
            kind=found.kind.value,  # type: ignore[arg-type]  # one of these words
            rows=found.rows,
            changed=found.changed,
            skipped=found.skipped,
            items=[ChangedRowModel.of(checked) for checked in found.first],
            faults=[FaultModel.of(fault) for fault in found.faults],
        )
