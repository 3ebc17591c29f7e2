"""``credhub audit``: check every ledger against itself, its checkpoints, and what it commits to."""

import json
import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from credhub.cli.session import opened_runtime
from credhub.errors import LedgerFaultError
from credhub.services import auditing, ledgers
from credhub.services.resources import Resources
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
def audit(as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Check every row of every ledger. The exit code is 1 when anything is not what it was."""
    with opened_runtime() as runtime:
        results = [
            _audit_one(runtime.resources, hub, log, quiet=as_json)
            for hub, log in ledgers.logs(runtime.resources)
        ]
    if as_json:
        click.echo(json.dumps(results, indent=2))
    sys.exit(0 if all(result["sound"] for result in results) else 1)


def _audit_one(resources: Resources, hub: Hub, log: LedgerLog, *, quiet: bool) -> dict[str, object]:
    console = Console(stderr=True, quiet=quiet)
    total = ledgers.size(resources, log)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(log.origin, total=2 * total)
        try:
            summary = auditing.audit(
                resources, hub, log, advance=lambda count: progress.advance(task, count)
            )
        except LedgerFaultError as fault:
            console.print(f"[red]Not sound:[/red] {fault}", highlight=False)
            return {
                "log": log.origin,
                "sound": False,
                "table": fault.table,
                "seq": fault.seq,
                "column": fault.column,
                "message": str(fault),
            }
    console.print(
        f"[green]Sound:[/green] {log.origin}, {summary.size} entries, root {summary.root.hex()}",
        highlight=False,
    )
    return {"log": log.origin, "sound": True, "size": summary.size, "root": summary.root.hex()}
