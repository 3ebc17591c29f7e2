"""``credhub batch``: what is taken away from a batch, as files."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from credhub.cli.batch_work import numbered, tell_removed
from credhub.cli.new_file import new_file
from credhub.cli.session import chosen_hub, opened_runtime
from credhub.documents.joined_pdf import JoinedPdf
from credhub.documents.print_order import Layout, Paper
from credhub.services.bulk import batch_archive, batch_printing, batch_result_file, batches
from credhub.services.bulk.batch_archive import FileKind
from credhub.services.bulk.batch_credentials import LeftOut
from credhub.services.bulk.batch_printing import Printed, Wish
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

_PATH = click.Path(dir_okay=False, path_type=Path)
_batch_id = click.argument("batch_id")
_hub = click.option("--hub", "slug", help="The hub's name in addresses.")
_output = click.option("--output", required=True, type=_PATH, help="The file to write.")


@click.command()
@_batch_id
@_hub
@click.option("--output", type=_PATH, help="The file to write, if not the standard output.")
@click.option(
    "--claims",
    is_flag=True,
    help="With names and whatever else can be corrected: mend it, and have it read by"
    ' "credhub batch correct".',
)
def results(*, batch_id: str, slug: str | None, output: Path | None, claims: bool) -> None:
    """Write what became of each row, as CSV."""
    with opened_runtime() as runtime:
        number = chosen_hub(runtime.resources, slug).number
        parts = batch_result_file.written(runtime.resources, number, batch_id, with_claims=claims)
        with new_file(output) as file:
            file.writelines(parts)
        tell_removed(batches.find(runtime.resources, number, batch_id))


@click.command("print")
@_batch_id
@_hub
@click.option(
    "--layout",
    type=click.Choice(Layout, case_sensitive=False),
    default=Layout.CERTIFICATE,
    help="What.",
)
@click.option(
    "--paper", type=click.Choice(Paper, case_sensitive=False), default=Paper.A4, help="On what."
)
@click.option("--marks/--no-marks", default=True, help="With marks where to cut.")
@_output
def print_batch(  # noqa: PLR0913 - what a command may say
    *, batch_id: str, slug: str | None, layout: Layout, paper: Paper, marks: bool, output: Path
) -> None:
    """Print all certificates of a batch, or cards for wallets, into one PDF.

    In the order of the rows. What is revoked, suspended, superseded or erased is left out.
    """
    wish = Wish(layout=layout, paper=paper, marks=marks)
    done, left_out = 0, Counter[LeftOut]()
    with opened_runtime() as runtime, new_file(output) as file:
        number = chosen_hub(runtime.resources, slug).number
        whole = JoinedPdf(file)
        for printed in _parts(runtime.resources, number, batch_id, wish):
            done += printed.certificates
            left_out.update(printed.left_out)
            if printed.pdf is not None:
                whole.add(printed.pdf)
        if not done:
            raise click.ClickException(f"Nothing is left to be printed{_told(left_out)}.")
        whole.close()
    on_pages = f"{numbered(done, 'certificate')} on {numbered(whole.pages, 'page')}"
    click.echo(f"{on_pages}{_told(left_out)}.", err=True)


@click.command("files")
@_batch_id
@_hub
@click.option(
    "--format",
    "kind",
    type=click.Choice(FileKind, case_sensitive=False),
    default=FileKind.PDF,
    help="Which.",
)
@_output
def pack(batch_id: str, slug: str | None, kind: FileKind, output: Path) -> None:
    """Pack one file for each credential of a batch into a ZIP.

    What is revoked, suspended, superseded or erased is left out; index.csv in it says so.
    """
    with opened_runtime() as runtime, new_file(output) as file:
        number = chosen_hub(runtime.resources, slug).number
        rows = batch_archive.all_rows(runtime.resources, number, batch_id)
        file.writelines(batch_archive.written(runtime.resources, number, rows, kind))


def _parts(resources: Resources, number: HubNumber, batch_id: str, wish: Wish) -> Iterator[Printed]:
    cursor: int | None = 0
    while cursor is not None:
        printed = batch_printing.render(resources, number, batch_id, wish, after=cursor)
        yield printed
        cursor = printed.next_cursor


def _told(left_out: Counter[LeftOut]) -> str:
    return "".join(f"; {count} {why} left out" for why, count in sorted(left_out.items()))
