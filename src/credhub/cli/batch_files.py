"""``credhub batch``: what is taken away from a batch, as files."""

from pathlib import Path

import click

from credhub.cli.new_file import new_file
from credhub.cli.session import chosen_hub, opened_runtime
from credhub.services import batch_result_file

_batch_id = click.argument("batch_id")
_hub = click.option("--hub", "slug", help="The hub's name in addresses.")


@click.command()
@_batch_id
@_hub
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; else it goes to the standard output.",
)
def results(batch_id: str, slug: str | None, output: Path | None) -> None:
    """Write what became of each row, as CSV."""
    with opened_runtime() as runtime:
        number = chosen_hub(runtime.resources, slug).number
        parts = batch_result_file.written(runtime.resources, number, batch_id)
        with new_file(output) as file:
            file.writelines(parts)
