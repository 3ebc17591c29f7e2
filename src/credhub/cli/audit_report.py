"""What an audit tells: progress, a line for each result, and what to do about a fault.

Results are objects for ``--json`` and sentences for people; both come from here.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from credhub.cli.session import printable
from credhub.errors import CredhubError, LedgerFaultError, PublishedFaultError
from credhub.ledger.audit import AuditSummary

Result = dict[str, object]

_SOUND: Final = "[green]Sound:[/green]"
_NOT_SOUND: Final = "[red]Not sound:[/red]"
_UNKNOWN: Final = "[yellow]Not known:[/yellow]"
_TO_DO: Final = (
    "What to do: keep this database and its backups as they are, stop issuing, and follow "
    "“When the audit finds something” in docs/operating.md."
)
_UNSOUND_CODE: Final = 1
_UNKNOWN_CODE: Final = 3


class Advance:
    """How far something is."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def __call__(self, count: int) -> None:
        """Show that so many more were done."""
        self._progress.advance(self._task, count)

    def expect(self, total: int) -> None:
        """Say how many there are, when that is known later than the beginning."""
        self._progress.update(self._task, total=total)


class Report:
    """Collects results, and says them at once."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self.console = Console(stderr=True, quiet=as_json)
        self._results: list[Result] = []

    @contextmanager
    def progress(self, title: str, total: int | None) -> Iterator[Advance]:
        """Show how far something is, and how fast; of how many, as soon as that is known."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console) as progress:
            yield Advance(progress, progress.add_task(title, total=total))

    def sound(self, summary: AuditSummary, what: str = "") -> None:
        """Tell of a log without a fault."""
        self.say(
            _SOUND,
            f"{summary.origin}, {summary.size} entries, {summary.checkpoints} checkpoints{what}",
            f"root {summary.root.hex()}",
        )
        self.add(
            log=summary.origin,
            sound=True,
            size=summary.size,
            signed_size=summary.signed_size,
            checkpoints=summary.checkpoints,
            root=summary.root.hex(),
        )

    def fault(self, origin: str, fault: Exception) -> None:
        """Tell of the first thing that is not what it was, and where."""
        self.say(_NOT_SOUND, f"{origin}: {fault}")
        place: Result = {}
        if isinstance(fault, LedgerFaultError):
            place = {"table": fault.table, "seq": fault.seq, "column": fault.column}
        if isinstance(fault, PublishedFaultError):
            place = {"path": fault.path, "seq": fault.seq}
        self.add(log=origin, sound=False, **place, message=str(fault))

    def unknown(self, origin: str, error: CredhubError) -> None:
        """Tell of something that could not be found out."""
        self.say(_UNKNOWN, f"{origin}: {error}")
        self.add(log=origin, sound=None, message=str(error))

    def say(self, mark: str, *lines: str) -> None:
        """Write a result for people; what others wrote steers no terminal."""
        text = "\n  ".join(escape(printable(line)) for line in lines)
        self.console.print(f"{mark} {text}", highlight=False, soft_wrap=True)

    def add(self, **result: object) -> None:
        """Keep a result for the end."""
        self._results.append(result)

    def end(self) -> None:
        """Write the JSON, or what to do; then end with the exit code."""
        verdicts = [result["sound"] for result in self._results]
        if not verdicts:
            click.echo("There is no ledger yet.", err=True)
        if self._as_json:
            click.echo(json.dumps(self._results, indent=2))
        if False in verdicts:
            self.console.print(f"\n{_TO_DO}", highlight=False, soft_wrap=True)
            sys.exit(_UNSOUND_CODE)
        sys.exit(_UNKNOWN_CODE if None in verdicts else 0)


class _Rate(ProgressColumn):
    """Entries per second."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")
