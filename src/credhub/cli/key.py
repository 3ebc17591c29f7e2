"""``credhub key``: make, list and end API keys."""

from datetime import datetime

import click

from credhub.cli.session import chosen_hub, opened_runtime
from credhub.services import api_keys
from credhub.services.api_keys import Scope
from credhub.store.api_keys import ApiKey

HUB_OPTION = click.option("--hub", "slug", help="The hub's name in addresses.")


@click.group()
def key() -> None:
    """Make, list and end API keys."""


@key.command()
@HUB_OPTION
@click.option("--label", required=True, help="What the key is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may do; may be given several times. Default: issue and read.",
)
@click.option("--partner", help="The DID of a partner whose account it is: it endorses alone.")
def create(slug: str | None, label: str, scopes: tuple[str, ...], partner: str | None) -> None:
    """Make a key. It is shown once."""
    usual = (Scope.ISSUE, Scope.READ) if partner is None else (Scope.ENDORSE,)
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        _, token = api_keys.create(
            runtime.resources,
            hub.number,
            label=label,
            scopes=scopes or usual,
            partner=partner,
        )
    click.echo(token)


@key.command("list")
@HUB_OPTION
def list_keys(slug: str | None) -> None:
    """List the keys of a hub."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        now = runtime.resources.clock()
        for one in api_keys.of_hub(runtime.resources, hub.number):
            click.echo(f"{one.key_id}\t{_state(one, now)}\t{','.join(one.scopes)}\t{one.label}")


@key.command()
@HUB_OPTION
@click.argument("key_id")
def revoke(slug: str | None, key_id: str) -> None:
    """End a key at once."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        api_keys.revoke(runtime.resources, hub.number, key_id)
    click.echo(f"The key {key_id} is revoked.")


def _state(one: ApiKey, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if one.expires_at is not None and one.expires_at <= now:
        return "expired"
    used = "never used" if one.last_used_at is None else f"used {one.last_used_at:%Y-%m-%d}"
    return f"active, {used}"
