"""What became of the rows of a batch, as a file for spreadsheets."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from credhub.documents.rows import csv_out
from credhub.services.bulk import batch_result_claims, batches
from credhub.services.resources import Resources
from credhub.store.batch_results import ListedResult
from credhub.store.hubs import HubNumber

COLUMNS: Final = ("row", "outcome", "credential", "url", "code", "detail")
AT_ONCE: Final = 1_000


def written(
    resources: Resources,
    number: HubNumber,
    batch_id: str,
    *,
    at_once: int = AT_ONCE,
    with_claims: bool = False,
) -> Iterator[bytes]:
    """Write the file in parts: the header, then so many rows at once, however many there are.

    A row of which nothing has become yet is not in it, nor one whose result was removed.

    Args:
        resources: What services work with.
        number: The hub.
        batch_id: Its batch.
        at_once: So many rows are looked up together.
        with_claims: Whether it says who the learners are, and what else is claimed of them: as a
            table of corrections says it, so that it can be corrected and sent. What was replaced
            is not in it then, but what replaces it.

    Raises:
        BatchNotFoundError: The hub has no such batch; before anything is written.
    """
    first = batches.results(resources, number, batch_id, after=0, limit=at_once).rows
    return _parts(resources, number, batch_id, first, at_once, with_claims=with_claims)


def _parts(  # noqa: PLR0913 - which rows of what, and how they are told
    resources: Resources,
    number: HubNumber,
    batch_id: str,
    part: Sequence[ListedResult],
    at_once: int,
    *,
    with_claims: bool,
) -> Iterator[bytes]:
    yield from csv_out.written(COLUMNS + batch_result_claims.COLUMNS * with_claims, ())
    while part:
        told: Iterable[tuple[ListedResult, Sequence[str]]] = (
            batch_result_claims.newest(resources, number, part)
            if with_claims
            else ((listed, ()) for listed in part)
        )
        lines = ([*_cells(resources, number, listed), *more] for listed, more in told)
        yield "".join(map(csv_out.line, lines)).encode()
        after = part[-1].result.row
        part = batches.results(resources, number, batch_id, after=after, limit=at_once).rows


def _cells(resources: Resources, number: HubNumber, listed: ListedResult) -> list[str]:
    result = listed.result
    address = batches.address_of(resources, number, listed)
    cells = (result.credential_id, address, result.code, result.detail)
    return [str(result.row), result.outcome.value, *(cell or "" for cell in cells)]
