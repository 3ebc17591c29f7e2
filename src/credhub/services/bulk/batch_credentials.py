"""The credentials of a batch, as far as they stand: for whoever prints them or hands them out."""

from dataclasses import dataclass
from enum import StrEnum

from credhub.errors import (
    BatchNotEndedError,
    CredentialErasedError,
    FormNotIssuedError,
    RecordDamagedError,
)
from credhub.ledger.events import Standing
from credhub.proofs.forms import DEFAULT, Form
from credhub.services import reading
from credhub.services.bulk import batches
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber


class LeftOut(StrEnum):
    """Why the credential of a row is not handed out."""

    REVOKED = "revoked"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    ERASED = "erased"
    DAMAGED = "damaged"
    NOT_SIGNED_SO = "not-signed-so"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCredential:
    """The credential of one row."""

    row: int
    credential_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a batch, in the order of their numbers.

    Attributes:
        next_cursor: After which row the next part begins; None if this is the last one.
    """

    rows: tuple[RowCredential, ...]
    next_cursor: int | None


def part(resources: Resources, number: HubNumber, batch_id: str, *, after: int, limit: int) -> Part:
    """List some rows that have a credential, of a batch that has ended.

    Raises:
        BatchNotFoundError: The hub has no such batch.
        BatchNotEndedError: More rows may come, before these and after them.
    """
    if batches.find(resources, number, batch_id).batch.is_open:
        raise BatchNotEndedError
    with resources.store.read() as tx:
        found = tx.batch_results.credentials(number, batch_id, after=after, limit=limit + 1)
    rows = tuple(RowCredential(row=row, credential_id=made) for row, made in found[:limit])
    return Part(rows=rows, next_cursor=rows[-1].row if len(found) > limit else None)


def standing(
    resources: Resources, number: HubNumber, one: RowCredential, form: Form = DEFAULT
) -> OpenedCredential | LeftOut:
    """Open the credential of a row, or say why nobody should get it."""
    try:
        opened = reading.by_id(resources, number, one.credential_id, form)
    except CredentialErasedError:
        return LeftOut.ERASED
    except RecordDamagedError:
        return LeftOut.DAMAGED
    except FormNotIssuedError:
        return LeftOut.NOT_SIGNED_SO
    return _why_not(opened) or opened


def _why_not(opened: OpenedCredential) -> LeftOut | None:
    if opened.superseded_by is not None:
        return LeftOut.SUPERSEDED
    match opened.standing:
        case Standing.REVOKED:
            return LeftOut.REVOKED
        case Standing.SUSPENDED:
            return LeftOut.SUSPENDED
        case Standing.ACTIVE:
            return None
