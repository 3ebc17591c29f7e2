"""``credhub hub``: make and list hubs."""

import click

from credhub.cli.session import opened_runtime
from credhub.services import api_keys, hubs
from credhub.services.api_keys import Scope
from credhub.services.hubs import NewHub, page_of


@click.group()
def hub() -> None:
    """Make and list hubs."""


@hub.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it; stands on every credential.")
@click.option("--description", help="One or two sentences for its public page.")
@click.option("--url", help="Its own website.")
@click.option("--email", help="Where an employer may write to.")
def create(
    slug: str, name: str, description: str | None, url: str | None, email: str | None
) -> None:
    """Make a hub: its keys, its DID, its ledger, its first API key.

    SLUG is its name in addresses, such as riverside. The public address of the service
    (CREDHUB_BASE_URL) becomes part of every credential of the hub and cannot be changed.
    """
    with opened_runtime() as runtime:
        made = hubs.create(
            runtime.resources,
            NewHub(
                slug=slug,
                name=name,
                base_url=runtime.settings.origin,
                description=description,
                url=url,
                email=email,
            ),
        )
        _, token = api_keys.create(
            runtime.resources, made.number, label="first key", scopes=tuple(Scope)
        )
    click.echo(f"Hub      {made.name}")
    click.echo(f"DID      {made.did}")
    click.echo(f"Page     {page_of(made)}")
    click.echo(f"API key  {token}")
    click.echo("The key is shown this once. Keep it like a password.")


@hub.command("list")
def list_hubs() -> None:
    """List the hubs of this service."""
    with opened_runtime() as runtime:
        for one in hubs.all_hubs(runtime.resources):
            click.echo(f"{one.slug}\t{one.name}\t{one.did}")
