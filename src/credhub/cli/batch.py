"""``credhub batch``: files of rows become credentials, without a running service."""

import sys
from pathlib import Path
from typing import Final

import click

from credhub.cli.batch_work import (
    achievement_named,
    counted,
    faults_told,
    numbered,
    sum_of_faults,
    tell,
    tell_failures,
    work,
)
from credhub.cli.new_file import new_file
from credhub.cli.row_files import choices_of_a_file, read_file, tell_reading
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.documents.rows import fault_file
from credhub.documents.rows.choices import Choices
from credhub.documents.rows.file import RowFile
from credhub.services.bulk import batch_receiving, batch_trying, batches
from credhub.services.bulk.batch_receiving import Arriving
from credhub.services.bulk.batch_trying import Trial
from credhub.services.bulk.batches import BatchStanding
from credhub.services.idempotency import Once, key_of
from credhub.services.resources import Resources
from credhub.store.hubs import Hub

ROUTE: Final = "credhub batch issue"
MOST_NOTES: Final = 20


@click.group()
def batch() -> None:
    """Issue many credentials at once, or change many that were issued."""


@batch.command("issue")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--achievement", required=True, help="Its id, or its name.")
@click.option("--hub", "slug", help="The hub's name in addresses.")
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and keep nothing.")
@click.option("--again", is_flag=True, help="Begin anew, though this file was cancelled or failed.")
@click.option(
    "--faults",
    "fault_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --dry-run: a CSV file to write the faults to.",
)
@choices_of_a_file
def issue(  # noqa: PLR0913 - what a command may say
    *,
    file: Path,
    achievement: str,
    slug: str | None,
    said: Choices,
    dry_run: bool,
    again: bool,
    fault_path: Path | None,
) -> None:
    """Issue one credential per row of FILE: .csv, .json, or one JSON object a line (.ndjson).

    The first row of CSV names its columns; --dry-run shows how they are understood. All rows are
    checked first; with one fault nothing is issued. Interrupted, the same command goes on where
    it ended, and the same rows never issue anything twice.
    """
    if fault_path is not None and not dry_run:
        raise click.UsageError("--faults goes with --dry-run.")
    read = read_file(file)
    rows = RowFile(read.chunks, read.form, said)
    with opened_runtime() as runtime:
        resources = runtime.resources
        hub = chosen_hub(resources, slug)
        achievement_id = achievement_named(resources, hub, achievement)
        if dry_run:
            trial = batch_trying.try_out(resources, hub.number, achievement_id, rows)
            tell_reading(rows.summary())
            _tell_trial(trial)
            if fault_path is not None:
                with new_file(fault_path) as written:
                    written.writelines(fault_file.written(trial.faults))
            sys.exit(1 if trial.faults else 0)
        key = resources.new_id() if again else key_of(resources, hub.number, read.digest)
        once = Once(
            resources,
            hub.number,
            route=ROUTE,
            key=f"{achievement_id}/{key}",
            body={"sha256": read.digest, "said": said.to_document()},
        )
        arriving = Arriving(
            achievement_id=achievement_id,
            rows=rows,
            actor=ROUTE,
            reading=lambda: rows.summary().to_document(with_unused=False),
        )
        standing = work(resources, hub, _sent(resources, hub, arriving, once))
        tell_failures(resources, standing)
    tell(standing)
    sys.exit(0 if standing.state == "finished" and not standing.failed else 1)


@batch.command("list")
@click.option("--hub", "slug", help="The hub's name in addresses.")
def list_batches(slug: str | None) -> None:
    """List the last hundred batches, newest first."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        for standing in batches.page(runtime.resources, hub.number, before=None, limit=100):
            click.echo(f"{standing.batch.batch_id}\t{standing.state}\t{counted(standing)}")


@batch.command("cancel")
@click.argument("batch_id")
@click.option("--hub", "slug", help="The hub's name in addresses.")
def cancel(batch_id: str, slug: str | None) -> None:
    """Cancel a batch: no further row of it is ever issued."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        tell(batches.cancel(runtime.resources, hub.number, batch_id))


def _sent(resources: Resources, hub: Hub, arriving: Arriving, once: Once) -> BatchStanding:
    """Take a file in; the same one again is the batch that it was."""
    with faults_told("issued"):
        sent = batch_receiving.receive(resources, hub.number, arriving, once)
    return batches.find(resources, hub.number, sent.batch_id)


def _tell_trial(trial: Trial) -> None:
    for fault in trial.faults:
        click.echo(printable(fault.text()))
    for notice in trial.notices[:MOST_NOTES]:
        click.echo(f"Note: {printable(notice.text())}")
    if len(trial.notices) > MOST_NOTES:
        click.echo(f"Note: and {len(trial.notices) - MOST_NOTES:,} more rows like these.")
    nothing = ": nothing would be issued" if trial.stops else ""
    click.echo(
        f"{numbered(trial.rows, 'row')} without a fault: {trial.new:,} new, {trial.skipped:,}"
        f" issued before. {sum_of_faults(trial.faults)}{nothing}.",
        err=True,
    )
