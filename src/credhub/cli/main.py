"""The command ``credhub``."""

import os
import sys

import click

from credhub.cli import audit, db, hub, issue, key, serve, verify
from credhub.errors import CredhubError
from credhub.web.version import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="credhub")
def cli() -> None:
    """Issue Open Badges credentials, keep them in a ledger anyone can check, verify them.

    Settings are CREDHUB_* variables; docs/operating.md lists them.
    """


for command in (
    serve.serve,
    hub.hub,
    key.key,
    issue.issue,
    audit.audit,
    verify.verify,
    db.db,
):
    cli.add_command(command)


def main() -> None:
    """Run a command; an error of our own is one sentence and exit code 1."""
    os.umask(0o077)  # What we write is for the owner alone.
    try:
        cli()
    except CredhubError as error:
        click.echo(f"credhub: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
