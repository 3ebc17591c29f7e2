"""What ``credhub verify`` prints: a report, for somebody who reads it in a terminal."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.markup import escape

from credhub import instants
from credhub.cli.session import printable
from credhub.verification.presentation_report import PresentationReport, Presenter
from credhub.verification.report import Outcome, Report

_MARKS: Final[Mapping[Outcome, str]] = {
    Outcome.PASSED: "[green]✓[/green]",
    Outcome.FAILED: "[red]✗[/red]",
    Outcome.UNKNOWN: "[yellow]?[/yellow]",
    Outcome.SKIPPED: "[dim]·[/dim]",
}
_PRESENTERS: Final[Mapping[Presenter, str]] = {
    Presenter.SUBJECT: "It is about the one who signed the presentation.",
    Presenter.OTHER: "It is about somebody else than the one who signed the presentation.",
    Presenter.UNKNOWN: "It is not tied by a key to the one who signed the presentation.",
}


def show(report: Report | PresentationReport) -> None:
    """Print a report."""
    console = Console(highlight=False, emoji=False)  # Else did:key: has a picture in it.
    if isinstance(report, PresentationReport):
        _show_presentation(console, report)
    else:
        _show_credential(console, report)


def _show_presentation(console: Console, report: PresentationReport) -> None:
    console.print(f"[bold]{report.verdict}[/bold], a presentation")
    for finding in report.checks:
        _line(console, finding.outcome, finding.check, finding.detail)
    if report.holder is not None:
        console.print(f"Signed by {escape(printable(report.holder))}.", soft_wrap=True)
    elif report.credentials:
        console.print("[bold]Nobody signed this presentation.[/bold]")
    if report.is_empty:
        console.print("There is no credential in it.")
    for number, one in enumerate(report.credentials, 1):
        console.print(f"\nCredential {number} of {len(report.credentials)}:")
        _show_credential(console, one.report)
        if report.holder is not None:
            console.print(_PRESENTERS[one.presenter])


def _show_credential(console: Console, report: Report) -> None:
    console.print(f"[bold]{report.verdict}[/bold]")
    for result in report.checks:
        _line(console, result.outcome, result.check, result.detail)
    for one in report.status_messages:
        message = escape(printable(one.message))
        console.print(f"The issuer's own word for its status: {message}", soft_wrap=True)
    if report.status_at is not None:
        console.print(f"Status as of {instants.text_of(report.status_at)}.")


def _line(console: Console, outcome: Outcome, check: str, detail: str) -> None:
    line = f" {_MARKS[outcome]} {check:<14} {escape(printable(detail))}"
    console.print(line, soft_wrap=True)
