"""``credhub audit``: check every ledger against itself, its checkpoints, and what it commits to."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from credhub.cli.session import read_settings
from credhub.errors import CheckpointError, LedgerFaultError, NoteError
from credhub.runtime import open_to_audit
from credhub.services import auditing, ledgers
from credhub.services.keyring import Keyring
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write the result as JSON.")
@click.option(
    "--public-only",
    is_flag=True,
    help="Leave out what only the hub can open; needs no master key.",
)
@click.option(
    "--kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint that was kept elsewhere; may be given several times.",
)
def audit(as_json: bool, public_only: bool, kept: tuple[Path, ...]) -> None:  # noqa: FBT001 - click passes options by name
    """Check every row of every ledger. Nothing is written.

    The exit code is 1 when anything is not what it was.
    """
    notes = [path.read_text("utf-8") for path in kept]
    with open_to_audit(read_settings(), public_only=public_only) as (store, keyring):
        results = [
            _audit_one(store, keyring, log, notes=notes, quiet=as_json)
            for _, log in ledgers.logs(store)
        ]
    if as_json:
        click.echo(json.dumps(results, indent=2))
    sys.exit(0 if all(result["sound"] for result in results) else 1)


def _audit_one(
    store: Store, keyring: Keyring | None, log: LedgerLog, *, notes: list[str], quiet: bool
) -> dict[str, object]:
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    passes = 1 if keyring is None else 2
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(log.origin, total=passes * ledgers.size(store, log))
        try:
            summary = auditing.audit(
                store,
                keyring,
                log,
                advance=lambda count: progress.advance(task, count),
                kept=[note for note in notes if note.startswith(log.origin + "\n")],
            )
        except (LedgerFaultError, NoteError, CheckpointError) as fault:
            return _fault(console, log, fault)
        progress.update(task, completed=passes * summary.size)
    console.print(
        f"[green]Sound:[/green] {log.origin}, {summary.size} entries, {summary.checkpoints} "
        f"checkpoints\n  root {summary.root.hex()}",
        highlight=False,
    )
    return {
        "log": log.origin,
        "sound": True,
        "size": summary.size,
        "checkpoints": summary.checkpoints,
        "root": summary.root.hex(),
    }


def _fault(console: Console, log: LedgerLog, fault: Exception) -> dict[str, object]:
    console.print(f"[red]Not sound:[/red] {log.origin}: {fault}", highlight=False)
    place: dict[str, object] = {}
    if isinstance(fault, LedgerFaultError):
        place = {"table": fault.table, "seq": fault.seq, "column": fault.column}
    return {"log": log.origin, "sound": False, **place, "message": str(fault)}
