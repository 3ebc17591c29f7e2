"""What the credentials of a batch claim, in the columns in which a table corrects them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from credhub import instants, jsontypes
from credhub.credentials.claimed import Claimed
from credhub.documents.rows import claims
from credhub.documents.rows.choices import Field
from credhub.documents.rows.encodings import can_be_shown
from credhub.errors import (
    CredentialErasedError,
    InvalidClaimError,
    RecordDamagedError,
    RowRefusedError,
)
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


def newest(
    resources: Resources, number: HubNumber, part: Sequence[ListedResult]
) -> list[tuple[ListedResult, Sequence[str]]]:
    """Give rows with what is claimed: blank where there is no credential, or none to be read.

    A credential that was replaced stands for nothing: the newest one is in its place.
    """
    with resources.store.read() as tx:
        return [_newest(resources, tx, number, listed) for listed in part]


def _newest(
    resources: Resources, tx: Transaction, number: HubNumber, listed: ListedResult
) -> tuple[ListedResult, Sequence[str]]:
    if listed.result.credential_id is None:
        return listed, _NOTHING
    try:
        first = reading.by_id_in(tx, resources, number, listed.result.credential_id)
        opened = reading.newest_in(tx, resources, first)
        written = _written(Claimed.of(jsontypes.parse_object(opened.signed)))
    except (CredentialErasedError, InvalidClaimError, RecordDamagedError):
        # The learner was erased, a client composed it, or its row is damaged.
        return listed, _NOTHING
    credential = opened.credential
    result = replace(listed.result, credential_id=credential.credential_id)
    return ListedResult(result=result, public_code=credential.code), written


def _written(claimed: Claimed) -> Sequence[str]:
    until = claimed.valid_until
    evidence = claimed.evidence[0].id if len(claimed.evidence) == 1 else None
    result = claimed.results[0].value if len(claimed.results) == 1 else None
    return (
        _cell(Field.NAME, claimed.name),
        instants.text_of(claimed.awarded_at),
        "" if until is None else instants.text_of(until),
        _cell(Field.EVIDENCE_URL, evidence or ""),
        _cell(Field.RESULT, result or ""),
    )


def _cell(field: Field, text: str) -> str:
    """Give a text, or nothing where a table that says it is refused: blank, it stays as it is."""
    try:
        claims.check(field, text.strip())
    except RowRefusedError:
        return ""
    return text if can_be_shown(text) else ""
