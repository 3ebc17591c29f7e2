"""``credhub issue``: a roster becomes credentials."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.documents.roster import RosterRow, read_roster
from credhub.errors import RosterError
from credhub.runtime import Runtime
from credhub.services import reading, rostering
from credhub.services.rostering import RowResult
from credhub.store.hubs import Hub


@click.command()
@click.argument("roster", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--hub", "slug", help="The hub's name in addresses.")
def issue(roster: Path, slug: str | None) -> None:
    """Issue one credential per row of ROSTER, a CSV file.

    Columns: external_id, name, email, achievement, awarded_date, evidence_url. The achievement
    is named by its id or its name. The same file again issues nothing twice.
    """
    rows = _read(roster)
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        results = issue_with_progress(runtime, hub, rows)
        for result in results:
            click.echo(line_of(runtime, hub, result))
    failed = sum(result.credential_id is None for result in results)
    click.echo(f"{len(results) - failed} of {len(results)} rows have their credential.", err=True)
    sys.exit(1 if failed else 0)


def _read(roster: Path) -> tuple[RosterRow, ...]:
    try:
        return read_roster(roster.read_bytes())
    except RosterError as error:
        faults = "\n".join(f"  {printable(fault.text())}" for fault in error.faults)
        raise click.ClickException(f"{roster} has faults; nothing was issued.\n{faults}") from error


def issue_with_progress(
    runtime: Runtime,
    hub: Hub,
    rows: tuple[RosterRow, ...],
    *,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> list[RowResult]:
    """Issue rows with a bar on standard error."""
    # A hub's name is shown as it is, whatever brackets it has.
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    results: list[RowResult] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(f"Issuing for {hub.name}", total=len(rows))
        for result in rostering.issue(runtime.resources, hub.number, rows, aliases=aliases):
            results.append(result)
            progress.advance(task)
    return results


def line_of(runtime: Runtime, hub: Hub, result: RowResult) -> str:
    """Say in one line what became of a row."""
    label = f"{result.row.row}\t{result.row.external_id}"
    if result.credential_id is None:
        return f"{label}\tfailed\t{result.problem}"
    opened = reading.by_id(runtime.resources, hub.number, result.credential_id)
    return f"{label}\tissued\t{opened.address}"
