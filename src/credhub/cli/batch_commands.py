"""``credhub batch`` with all of its commands."""

from typing import Final

from credhub.cli import batch as issuing
from credhub.cli import batch_changes, batch_files

batch: Final = issuing.batch

for command in (
    *batch_changes.COMMANDS,
    batch_files.results,
    batch_files.print_batch,
    batch_files.pack,
):
    batch.add_command(command)
