"""``credhub db``: the database."""

import click

from credhub.cli.session import prepare_data_folder, read_settings
from credhub.store import migrating


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the tables of this version."""
    settings = read_settings()
    prepare_data_folder(settings)
    migrating.upgrade(settings.database)
    click.echo(f"The database is at version {migrating.head()}.")
