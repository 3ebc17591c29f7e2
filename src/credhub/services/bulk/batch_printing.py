"""The certificates of a batch in one file for a printer, set in a worker process."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from credhub.documents.content import CertificateContent
from credhub.documents.print_order import Layout, Paper, PrintOrder
from credhub.services import certificates
from credhub.services.bulk import batch_credentials
from credhub.services.bulk.batch_credentials import LeftOut, Part
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

TASK: Final = "print"
SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a batch is printed."""

    layout: Layout
    paper: Paper
    marks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A part of a batch, printed.

    Attributes:
        pdf: The file; None if nothing in this part stands.
        certificates: How many there are in it.
        left_out: How many are not, by why.
        next_cursor: After which row the next part begins; None if this is the last one.
    """

    pdf: bytes | None
    certificates: int
    left_out: Mapping[LeftOut, int]
    next_cursor: int | None


def render(  # noqa: PLR0913 - which part, and how
    resources: Resources,
    number: HubNumber,
    batch_id: str,
    wish: Wish,
    *,
    after: int = 0,
    limit: int | None = None,
) -> Printed:
    """Print some rows of a batch that has ended; what does not stand any more is left out.

    Args:
        resources: What there is.
        number: Whose batch.
        batch_id: Which.
        wish: How.
        after: The row before the first.
        limit: How many rows, if not as many as fit.

    Raises:
        BatchNotFoundError: The hub has no such batch.
        BatchNotEndedError: More rows may come.
        SandboxBusyError: Every worker is busy.
        SandboxError: The file could not be made in time.
    """
    most = min(limit or wish.layout.most, wish.layout.most)
    part = batch_credentials.part(resources, number, batch_id, after=after, limit=most)
    contents, left_out = _contents(resources, number, part)
    return Printed(
        pdf=_pdf(resources, wish, contents) if contents else None,
        certificates=len(contents),
        left_out=left_out,
        next_cursor=part.next_cursor,
    )


def _contents(
    resources: Resources, number: HubNumber, part: Part
) -> tuple[tuple[CertificateContent, ...], Mapping[LeftOut, int]]:
    contents, left_out = [], Counter[LeftOut]()
    for one in part.rows:
        found = batch_credentials.standing(resources, number, one)
        if isinstance(found, LeftOut):
            left_out[found] += 1
        else:
            # Nothing is attached, so nothing of it has to travel.
            contents.append(replace(certificates.content_of(found), credential=b""))
    return tuple(contents), left_out


def _pdf(resources: Resources, wish: Wish, contents: tuple[CertificateContent, ...]) -> bytes:
    order = PrintOrder(layout=wish.layout, paper=wish.paper, marks=wish.marks, contents=contents)
    return resources.sandbox.run(TASK, order.encode(), seconds=SECONDS)
