"""What the credentials of a batch claim, in the columns in which a table corrects them."""

from collections.abc import Iterator, Sequence
from typing import Final

from credhub import instants, jsontypes
from credhub.credentials.claimed import Claimed
from credhub.documents.rows.choices import Field
from credhub.errors import CredentialErasedError, InvalidClaimError, RecordDamagedError
from credhub.services import reading
from credhub.services.resources import Resources
from credhub.store.batch_results import ListedResult
from credhub.store.hubs import HubNumber
from credhub.store.store import Transaction

COLUMNS: Final = (
    Field.NAME.value,
    Field.AWARDED_DATE.value,
    Field.VALID_UNTIL.value,
    Field.EVIDENCE_URL.value,
    Field.RESULT.value,
)
_NOTHING: Final = ("",) * len(COLUMNS)


def cells_of(
    resources: Resources, number: HubNumber, part: Sequence[ListedResult]
) -> Iterator[Sequence[str]]:
    """Give the cells of rows: blank ones where there is no credential, or none to be read."""
    with resources.store.read() as tx:
        found = [_cells(resources, tx, number, it.result.credential_id) for it in part]
    yield from found


def _cells(
    resources: Resources, tx: Transaction, number: HubNumber, credential_id: str | None
) -> Sequence[str]:
    if credential_id is None:
        return _NOTHING
    try:
        opened = reading.by_id_in(tx, resources, number, credential_id)
        return _written(Claimed.of(jsontypes.parse_object(opened.signed)))
    except (CredentialErasedError, InvalidClaimError, RecordDamagedError):
        # The learner was erased, a client composed it, or its row is damaged.
        return _NOTHING


def _written(claimed: Claimed) -> Sequence[str]:
    until = claimed.valid_until
    evidence = claimed.evidence[0].id if len(claimed.evidence) == 1 else None
    result = claimed.results[0].value if len(claimed.results) == 1 else None
    return (
        claimed.name,
        instants.text_of(claimed.awarded_at),
        "" if until is None else instants.text_of(until),
        evidence or "",
        result or "",
    )
