"""Check the rows of a batch before anything of it is issued, and name what is wrong with them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from credhub.credentials.draft import CredentialDraft
from credhub.credentials.schema import PUBLISHED_PATH
from credhub.documents.rows.outcome import ReadRow
from credhub.errors import (
    CredhubError,
    InvalidClaimError,
    RowFault,
    RowsError,
    SchemaError,
)
from credhub.services import achievements, preparing
from credhub.services.bulk import row_identity
from credhub.services.issuing_survey import Ground, Order
from credhub.services.resources import Resources
from credhub.services.status_places import FreePlace
from credhub.status import bitstring
from credhub.status.document import Purpose
from credhub.store.achievements import StoredAchievement
from credhub.store.credentials import StoredCredential
from credhub.store.status import StatusList

MOST_FAULTS: Final = 100
"""So many are told; then nobody reads on."""

MOST_ROWS: Final = 50_000

MOST_AHEAD: Final = timedelta(days=1)
"""Where the sun rises first, it is tomorrow already."""

EMPTY: Final = RowFault(code="no-rows", detail="There is no row.")
TOO_MANY: Final = RowFault(
    code="too-many-rows", detail="There are too many rows: send several batches."
)

OTHER: Final = RowFault(
    column="achievement",
    code="achievement-differs",
    detail="This row is for another achievement: send it in a batch of that one, or say that the"
    " column is unused.",
)


def place_of(row: int) -> str:
    """Say which row has a number."""
    return f"row {row}"


class RowChecker:
    """Passes rows on that can be issued, and keeps the faults of the others.

    Attributes:
        faults: What was found so far, at most as many as are told.
    """

    def __init__(
        self,
        resources: Resources,
        achievement: StoredAchievement,
        *,
        most_rows: int = MOST_ROWS,
        most_faults: int = MOST_FAULTS,
        place_of: Callable[[int], str] = place_of,
    ) -> None:
        self.faults: list[RowFault] = []
        self._resources = resources
        self._hub = resources.keyring.of(achievement.hub).hub
        self._achievement = achievement
        self._most_rows = most_rows
        self._place_of = place_of
        self._most_faults = most_faults
        self._example = _example(resources, achievement)
        self._names = achievements.names_of(achievement)
        self._seen: dict[bytes, int] = {}

    def good_ones(self, rows: Iterable[ReadRow | RowFault]) -> Iterator[ReadRow]:
        """Give the rows without a fault, and stop when there are too many of them or of faults.

        With what makes a file unreadable, nothing that was given of it may be used.
        """
        try:
            for count, found in enumerate(rows):
                fault = TOO_MANY if count >= self._most_rows else self._fault_of(found)
                if fault is None:
                    assert isinstance(found, ReadRow)  # noqa: S101 - else it is a fault
                    yield found
                    continue
                self.faults.append(fault)
                if fault is TOO_MANY or len(self.faults) >= self._most_faults:
                    return
        except RowsError as error:
            self.faults += error.faults

    def _fault_of(self, found: ReadRow | RowFault) -> RowFault | None:
        if isinstance(found, RowFault):
            return found
        if found.achievement is not None and not self._means(found.achievement):
            return replace(OTHER, row=found.row)
        return self._claims_fault(found) or self._repeats(found)

    def _means(self, named: str) -> bool:
        return named in self._names or achievements.key_of(named) in self._names

    def _claims_fault(self, row: ReadRow) -> RowFault | None:
        try:
            self._check_claims(row)
        except InvalidClaimError as error:
            return RowFault(row=row.row, column=error.member, code=error.code, detail=error.message)
        except SchemaError as error:
            return RowFault(
                row=row.row, column=error.path, code=error.code, detail=reason_of(error)
            )
        return None

    def _check_claims(self, row: ReadRow) -> None:
        """Make the credential but for its signature, or as much of it as can be wrong."""
        ground, credential = self._example
        if row.awarded_at is not None and row.awarded_at > credential.issued_at + MOST_AHEAD:
            raise InvalidClaimError("awardedDate", "lies in the future.")
        order = order_of(self._achievement.achievement_id, row)
        if row.recipient.did is None and not row.evidence and not row.results:
            # Of the rest every rule of the schema is one of the draft too.
            _draft(row, credential)
            return
        document = preparing.document_of(self._resources, self._hub, order, ground, credential)
        self._resources.schemas.validate(self._hub.base_url + PUBLISHED_PATH, document)

    def _repeats(self, row: ReadRow) -> RowFault | None:
        """Find the row that this one repeats; digests of 50,000 rows are a few megabytes."""
        names = row_identity.digests_of(self._achievement.achievement_id, row)
        first = next((self._seen[name] for name in names if name in self._seen), None)
        if first is not None:
            detail = f"It repeats {self._place_of(first)}."
            return RowFault(row=row.row, code="row-repeated", detail=detail)
        self._seen |= dict.fromkeys(names, row.row)
        return None


def order_of(achievement_id: str, row: ReadRow, *, actor: str | None = None) -> Order:
    """Say what a row asks for."""
    return Order(
        achievement_id=achievement_id,
        recipient=row.recipient,
        awarded_at=row.awarded_at,
        valid_until=row.valid_until,
        evidence=row.evidence,
        results=row.results,
        actor=actor,
    )


def reason_of(error: CredhubError) -> str:
    """Say what is wrong with a row without what it claims."""
    if isinstance(error, SchemaError):
        return f"{error.path} is not as the schema of the credential wants it."
    return "The credential cannot be made of these claims."


def _draft(row: ReadRow, credential: StoredCredential) -> CredentialDraft:
    return CredentialDraft(
        id="https://hub.example/c/X",
        recipient=row.recipient,
        valid_from=credential.issued_at,
        valid_until=row.valid_until,
        awarded_at=row.awarded_at,
    )


def _example(
    resources: Resources, achievement: StoredAchievement
) -> tuple[Ground, StoredCredential]:
    """Give what a credential stands on that is like every other one of the achievement."""
    now = resources.clock().replace(microsecond=0)
    listed = StatusList(
        hub=achievement.hub,
        list=1,
        purpose=Purpose.REVOCATION,
        length=bitstring.LENGTH,
        created_at=now,
    )
    credential = StoredCredential(
        hub=achievement.hub,
        credential_id="",
        code="X",
        achievement_id=achievement.achievement_id,
        achievement_version=achievement.version,
        learner_id="",
        supersedes=None,
        issued_at=now,
    )
    places = (FreePlace(list=listed, index=0),)
    return Ground(achievement=achievement, learner=None, forms=(), places=places), credential
