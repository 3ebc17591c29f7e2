"""``credhub trust``: whom to vouch for."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from credhub.cli.session import printable, read_settings
from credhub.egress.client import Egress
from credhub.services import trust_files, trust_updating

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@click.group("trust")
def trust() -> None:
    """Say whom this service vouches for, beside its own hubs."""


@trust.command("list")
def list_issuers() -> None:
    """Print every issuer of CREDHUB_TRUST, the list that counts first at the top."""
    lists = trust_files.read(read_settings().trust)
    if not lists:
        click.echo("No list: CREDHUB_TRUST is not set. The service vouches for its own hubs.")
    for known in lists:
        click.echo(f"{printable(known.source)}: {len(known.issuers)}")
        for issuer in known.issuers.values():
            click.echo(f"  {issuer.did}  {printable(issuer.name)}")


@trust.command("update")
@click.argument("url")
@click.option("--name", required=True, help="What the file will be called: letters and digits.")
def update(url: str, name: str) -> None:
    """Copy the list of issuers at URL into the folder CREDHUB_TRUST.

    URL is a list as the Digital Credentials Consortium publishes them, or its list of lists. The
    service reads the copy when it starts, and never asks URL itself.
    """
    folder = _folder()
    if not _NAME.fullmatch(name):
        raise click.UsageError("--name has lower-case letters, digits and hyphens.")
    egress = Egress(configured=(url,))
    done = trust_updating.update(url, folder, name, egress=egress, now=datetime.now(UTC))
    for one in done.copied:
        click.echo(f"{one.file}: {one.issuers} issuers, SHA-256 {one.digest}, from {one.url}")
    for other in done.not_read:
        click.echo(f"Not read, because it is not a file: {printable(other)}", err=True)
    click.echo("Look at the names, then restart the service.")


def _folder() -> Path:
    folder = read_settings().trust
    if folder is None or folder.is_file():
        raise click.UsageError("CREDHUB_TRUST must name a folder.")
    return folder
