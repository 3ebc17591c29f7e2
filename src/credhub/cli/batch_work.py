"""Batches on the command line: worked off while somebody looks on."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from credhub.cli.session import printable
from credhub.errors import AchievementNotFoundError, MalformedBatchError, RowFault
from credhub.jobs.batch_working import work_once
from credhub.services import rostering
from credhub.services.bulk import batches
from credhub.services.bulk.batches import BatchStanding
from credhub.services.resources import Resources
from credhub.store.batches import BatchKind
from credhub.store.hubs import Hub

PAUSE_SECONDS: Final = 0.5
PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How one speaks of a kind of batch.

    Attributes:
        doing: What goes on.
        done: What became of rows that were done.
        before: What is said of those that were skipped.
    """

    doing: str
    done: str
    before: str


WORDS: Final[Mapping[BatchKind, Words]] = MappingProxyType(
    {
        BatchKind.ISSUE: Words(doing="Issuing", done="issued", before="issued before"),
        BatchKind.REVOCATION: Words(doing="Revoking", done="revoked", before="revoked before"),
        BatchKind.SUSPENSION: Words(
            doing="Suspending", done="suspended", before="suspended before"
        ),
        BatchKind.LIFT: Words(doing="Lifting", done="lifted", before="not suspended"),
        BatchKind.REISSUE: Words(
            doing="Reissuing", done="reissued", before="up to date or replaced before"
        ),
        BatchKind.CORRECTION: Words(
            doing="Correcting", done="corrected", before="right or corrected before"
        ),
    }
)


def work(resources: Resources, hub: Hub, standing: BatchStanding) -> BatchStanding:
    """Work until the batch has ended, with a bar on standard error; others may help."""
    named = (hub.number, standing.batch.batch_id)
    columns = (
        # A hub's name is shown as it is, whatever brackets it has.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        doing = WORDS[standing.batch.kind].doing
        task = progress.add_task(f"{doing} for {hub.name}", total=standing.rows)
        while standing.batch.is_open:
            work = work_once(resources, batch=named)
            if work is None or work.left:
                time.sleep(PAUSE_SECONDS)
            standing = batches.find(resources, *named)
            progress.update(task, completed=standing.done)
    return standing


def tell_failures(
    resources: Resources, standing: BatchStanding, place_of: Callable[[int], str] = str
) -> None:
    """Say which rows of a batch failed, and why.

    Args:
        resources: What services work with.
        standing: The batch.
        place_of: Says where the row of a number is.
    """
    hub, batch_id = standing.batch.hub, standing.batch.batch_id
    if standing.failed:
        tell_removed(standing)
    after = 0
    while standing.failed and (
        part := batches.results(resources, hub, batch_id, after=after, limit=PAGE).rows
    ):
        for it in part:
            if it.result.code is not None:
                address = batches.address_of(resources, hub, it)
                place = place_of(it.result.row)
                cells = (place, "failed", it.result.code, it.result.detail, address)
                click.echo("\t".join(cell for cell in cells if cell is not None))
        after = part[-1].result.row


def tell_removed(standing: BatchStanding) -> None:
    """Say that results of a batch are not there any more, if they were removed."""
    removed = standing.batch.pruned_at
    if removed is not None:
        click.echo(
            "Rows that gave nothing new are not listed any more, since"
            f" {removed:%Y-%m-%d}: {standing.skipped:,} skipped, {standing.failed:,} failed.",
            err=True,
        )


def tell(standing: BatchStanding) -> None:
    """Say how a batch ended."""
    click.echo(f"Batch {standing.batch.batch_id}: {standing.state}; {counted(standing)}.", err=True)


def counted(standing: BatchStanding) -> str:
    """Say what became of how many rows."""
    words = WORDS[standing.batch.kind]
    done = standing.issued + standing.changed
    return (
        f"{numbered(standing.rows, 'row')}, {done} {words.done}, {standing.skipped} {words.before},"
        f" {standing.failed} failed"
    )


def numbered(number: int, name: str) -> str:
    """Write a number of things: 1 row, 2,000 rows."""
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def achievement_named(resources: Resources, hub: Hub, named: str) -> str:
    """Find the achievement that is meant by an id or a name.

    Raises:
        AchievementNotFoundError: The hub has none.
        UsageError: It has several.
    """
    meant = rostering.known_achievements(resources, hub.number).get(named, frozenset())
    if len(meant) > 1:
        raise click.UsageError("Several achievements have this name: name it by its id.")
    if not meant:
        raise AchievementNotFoundError
    return min(meant)


@contextmanager
def faults_told(done: str, text: Callable[[RowFault], str] = RowFault.text) -> Iterator[None]:
    """Tell the faults for which a batch is refused.

    Args:
        done: What becomes of no row.
        text: Says what is wrong in one place.
    """
    try:
        yield
    except MalformedBatchError as error:
        faults = "\n".join(f"  {printable(text(fault))}" for fault in error.faults)
        raise click.ClickException(f"There are faults; nothing was {done}.\n{faults}") from error


def sum_of_faults(faults: Sequence[RowFault]) -> str:
    """Say how many faults there are, at the beginning of a sentence."""
    return "There is 1 fault" if len(faults) == 1 else f"There are {len(faults):,} faults"
