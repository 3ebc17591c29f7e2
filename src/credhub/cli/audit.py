"""``credhub audit``: check every ledger against itself, its checkpoints, and what it commits to."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from credhub.cli.session import printable, read_settings
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
    notes = [path.read_bytes().decode(errors="replace") for path in kept]
    with open_to_audit(read_settings(), public_only=public_only) as (store, keyring):
        logs = [log for _, log in ledgers.logs(store)]
        results = [_audit_one(store, keyring, log, notes=notes, quiet=as_json) for log in logs]
    results += _without_ledger(notes, logs, quiet=as_json)
    if not results:
        click.echo("There is no ledger yet.", err=True)
    if as_json:
        click.echo(json.dumps(results, indent=2))
    sys.exit(0 if all(result["sound"] for result in results) else 1)


def _audit_one(
    store: Store, keyring: Keyring | None, log: LedgerLog, *, notes: list[str], quiet: bool
) -> dict[str, object]:
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    passes = 1 if keyring is None else 2
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(log.origin, total=passes * ledgers.size(store, log))
        try:
            summary = auditing.audit(
                store,
                keyring,
                log,
                advance=lambda count: progress.advance(task, count),
                kept=[note for note in notes if _origin_of(note) == log.origin],
            )
        except (LedgerFaultError, NoteError, CheckpointError) as fault:
            return _fault(console, log.origin, fault)
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


def _without_ledger(
    notes: list[str], logs: list[LedgerLog], *, quiet: bool
) -> list[dict[str, object]]:
    """Report kept checkpoints whose ledger is not here: somebody took all of it away."""
    origins = {log.origin for log in logs}
    gone = NoteError("The checkpoint was kept, but its ledger is not in this database.")
    console = Console(stderr=True, quiet=quiet)
    return [_fault(console, _origin_of(n), gone) for n in notes if _origin_of(n) not in origins]


def _origin_of(note: str) -> str:
    return note.partition("\n")[0]


def _fault(console: Console, origin: str, fault: Exception) -> dict[str, object]:
    text = escape(printable(f"{origin}: {fault}"))
    console.print(f"[red]Not sound:[/red] {text}", highlight=False)
    place: dict[str, object] = {}
    if isinstance(fault, LedgerFaultError):
        place = {"table": fault.table, "seq": fault.seq, "column": fault.column}
    return {"log": origin, "sound": False, **place, "message": str(fault)}
