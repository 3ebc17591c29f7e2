"""The command ``credhub``."""

import os
from typing import IO, Any

import click

from credhub.cli import (
    audit,
    batch,
    batch_files,
    credential,
    db,
    dev,
    hub,
    import_old,
    issue,
    key,
    ledger,
    partner,
    serve,
    trust,
    verify,
    worker,
)
from credhub.errors import CredhubError
from credhub.web.version import VERSION


class _NotDone(click.ClickException):
    """An error of our own: one sentence, and an exit code that is no answer."""

    exit_code = 3

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"credhub: {self.message}", file=file, err=True)


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CredhubError as error:
            raise _NotDone(str(error)) from error


@click.group("credhub", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="credhub")
def cli() -> None:
    """Issue Open Badges credentials, keep them in a ledger anyone can check, verify them.

    Settings are CREDHUB_* variables; docs/operating.md lists them.

    The exit code is 0 when all is well, 1 when the answer is no, 2 for wrong usage or settings,
    and 3 when something could not be done or found out.
    """


for command in (
    serve.serve,
    hub.hub,
    partner.partner,
    key.key,
    issue.issue,
    batch.batch,
    import_old.import_old,
    credential.credential,
    ledger.ledger,
    audit.audit,
    verify.verify,
    worker.worker,
    trust.trust,
    db.db,
    dev.dev,
):
    cli.add_command(command)
for command in (batch_files.results, batch_files.print_batch, batch_files.pack):
    batch.batch.add_command(command)


def main() -> None:
    """Run a command as the process that it is the whole of."""
    os.umask(0o077)  # What we write is for the owner alone.
    cli()


if __name__ == "__main__":
    main()
