"""``credhub verify``: check a credential file."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.markup import escape

from credhub.cli.session import opened_runtime, printable, read_settings
from credhub.errors import MalformedJsonError
from credhub.jsontypes import JsonObject, parse_object
from credhub.runtime import Runtime
from credhub.services import verifying
from credhub.verification.report import Outcome, Report, Verdict

_MARKS = {
    Outcome.PASSED: "[green]✓[/green]",
    Outcome.FAILED: "[red]✗[/red]",
    Outcome.UNKNOWN: "[yellow]?[/yellow]",
    Outcome.SKIPPED: "[dim]·[/dim]",
}
# 0 accepts; 1 refuses; 2 is left to click for wrong usage; 3 says that it is not known.
_EXIT_CODES = {Verdict.VALID: 0, Verdict.INDETERMINATE: 3, Verdict.UNKNOWN_ISSUER: 3}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--receipt",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A receipt (.tlog-proof) that is said to belong to it.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
def verify(file: Path, receipt: Path | None, as_json: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Check the credential in FILE.

    The exit code is 0 for valid, 3 when the issuer is unknown or something could not be found
    out, and 1 for everything else.
    """
    with _runtime() as runtime:
        report = verifying.verify_uploaded(
            runtime.resources,
            _read(file),
            receipt=None if receipt is None else receipt.read_bytes().decode(errors="replace"),
        )
    if as_json:
        click.echo(json.dumps(report.to_document(), indent=2, ensure_ascii=False))
    else:
        _show(report)
    sys.exit(_EXIT_CODES.get(report.verdict, 1))


@contextmanager
def _runtime() -> Iterator[Runtime]:
    """Use the hub that is set up here; elsewhere nothing is made that stays."""
    settings = read_settings()
    if settings.database_url or settings.database_file.exists():
        with opened_runtime(settings) as runtime:
            yield runtime
        return
    with TemporaryDirectory() as folder:
        away = settings.model_copy(update={"data": Path(folder)})
        with opened_runtime(away) as runtime:
            yield runtime


def _read(file: Path) -> JsonObject:
    try:
        return parse_object(file.read_bytes())
    except MalformedJsonError as error:
        raise click.ClickException(f"{file} is not a credential in JSON: {error}") from error


def _show(report: Report) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{report.verdict}[/bold]")
    for result in report.checks:
        detail = escape(printable(result.detail))
        console.print(f" {_MARKS[result.outcome]} {result.check:<14} {detail}")
