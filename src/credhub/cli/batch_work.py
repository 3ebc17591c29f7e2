"""Batches on the command line: issued while somebody looks on."""

import time
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

from credhub.jobs.batch_working import work_once
from credhub.services import batches
from credhub.services.batches import BatchStanding
from credhub.services.resources import Resources
from credhub.store.hubs import Hub

PAUSE_SECONDS: Final = 0.5
PAGE: Final = 1_000


def work(resources: Resources, hub: Hub, standing: BatchStanding) -> BatchStanding:
    """Issue until the batch has ended, with a bar on standard error; others may help."""
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
        task = progress.add_task(f"Issuing for {hub.name}", total=standing.rows)
        while standing.batch.is_open:
            work = work_once(resources, batch=named)
            if work is None or work.left:
                time.sleep(PAUSE_SECONDS)
            standing = batches.find(resources, *named)
            progress.update(task, completed=standing.done)
    return standing


def tell_failures(resources: Resources, standing: BatchStanding) -> None:
    """Say which rows of a batch failed, and why."""
    hub, batch_id = standing.batch.hub, standing.batch.batch_id
    after = 0
    while standing.failed and (
        part := batches.results(resources, hub, batch_id, after=after, limit=PAGE).rows
    ):
        for it in part:
            if it.result.code is not None:
                click.echo(f"{it.result.row}\tfailed\t{it.result.code}\t{it.result.detail}")
        after = part[-1].result.row


def counted(standing: BatchStanding) -> str:
    """Say what became of how many rows."""
    return (
        f"{standing.rows} rows, {standing.issued} issued, {standing.skipped} issued before,"
        f" {standing.failed} failed"
    )
