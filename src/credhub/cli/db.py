"""``credhub db``: the database."""

from collections.abc import Iterable

import click

from credhub.cli.session import prepare_data_folder, read_settings
from credhub.operator_files import ending
from credhub.store import distributing, hardening, migrating, role_statements
from credhub.store.role_statements import Roles

_PRINT = click.option("--print", "print_only", is_flag=True, help="Write the SQL, and do nothing.")
_DEFAULT = Roles()


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the tables of this version."""
    settings = read_settings()
    prepare_data_folder(settings)
    migrating.upgrade(settings.database, on_disk_fault=ending(settings))
    click.echo(f"The database is at version {migrating.head()}.")


@db.command()
@click.option("--owner", default=_DEFAULT.owner, show_default=True, help="Owns the tables.")
@click.option("--app", default=_DEFAULT.app, show_default=True, help="What the service runs as.")
@click.option("--auditor", default=_DEFAULT.auditor, show_default=True, help="Reads, no secrets.")
@click.option("--schema", default=_DEFAULT.schema, show_default=True, help="Where the tables are.")
@_PRINT
def harden(owner: str, app: str, auditor: str, schema: str, print_only: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Give the tables to an owner nobody logs in as, and the service no more than it needs.

    For PostgreSQL. Run it as an administrator who may make roles, again after every upgrade. Then
    give the two roles that log in a password, and the service the address of its role.
    """
    roles = Roles(owner=owner, app=app, auditor=auditor, schema=schema)
    if print_only:
        _write(role_statements.statements(roles))
        return
    hardening.harden(read_settings().database, roles)
    click.echo(f"{owner} owns the tables, {app} may record, {auditor} may read.")


@db.command()
@_PRINT
def distribute(print_only: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Spread the tables over the servers of Citus: one hub on one shard."""
    if print_only:
        _write(distributing.statements())
        return
    distributing.distribute(read_settings().database)
    click.echo("The tables are spread.")


def _write(statements: Iterable[str]) -> None:
    click.echo("BEGIN;")
    for statement in statements:
        click.echo(f"\n{statement};")
    click.echo("\nCOMMIT;")
