"""``credhub hub``: make and list hubs, and choose how they sign."""

from typing import Final

import click

from credhub import instants
from credhub.cli.session import opened_runtime
from credhub.services import api_keys, choosing_forms, forms_in_use, hubs
from credhub.services import forms as known_forms
from credhub.services.api_keys import Scope
from credhub.services.hubs import NewHub, page_of

_FORM: Final = click.Choice([form.value for form in known_forms.OFFERED])


@click.group()
def hub() -> None:
    """Make and list hubs, and choose how they sign."""


@hub.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it; stands on every credential.")
@click.option("--description", help="One or two sentences for its public page.")
@click.option("--url", help="Its own website.")
@click.option("--email", help="Where an employer may write to.")
@click.option(
    "--form",
    "forms",
    multiple=True,
    type=_FORM,
    help="Sign in this form too; may be given several times.",
)
@click.option(
    "--even-if-alike",
    is_flag=True,
    help="Its name may be like that of another issuer: you have made sure of who is behind it.",
)
def create(  # noqa: PLR0913, PLR0917 - one for each option
    slug: str,
    name: str,
    description: str | None,
    url: str | None,
    email: str | None,
    forms: tuple[str, ...],
    even_if_alike: bool,  # noqa: FBT001 - click passes each option by its name
) -> None:
    """Make a hub: its keys, its DID, its ledger, its first API key.

    SLUG is its name in addresses, such as riverside. The public address of the service
    (CREDHUB_BASE_URL) becomes part of every credential of the hub and cannot be changed. A name
    that readers could take for that of a hub here, or of an issuer in CREDHUB_TRUST, is refused.
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
                forms=forms,
                even_if_alike=even_if_alike,
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


@hub.command("forms")
@click.argument("slug")
@click.argument("forms", nargs=-1, type=_FORM)
def choose_forms(slug: str, forms: tuple[str, ...]) -> None:
    """Show in which forms a hub signs its credentials, or choose them.

    Each FORM is a cryptosuite, such as ecdsa-rdfc-2019, or a kind of token, such as vc+jwt.
    eddsa-rdfc-2022 always stays. Credentials that are there keep the forms that they have. A key
    that a form needs is made, and is in the ledger and the DID document at once. It signs when
    nobody remembers an older document any more (CREDHUB_NEW_KEY_WAIT); until then credentials are
    issued without the form, and its line says when it begins.
    """
    with opened_runtime() as runtime:
        chosen = hubs.find(runtime.resources, slug)
        shown = choosing_forms.choose(runtime.resources, chosen, forms) if forms else chosen.forms
        waiting = forms_in_use.waiting(runtime.resources, chosen)
    for form in shown:
        begins = f"\tfrom {instants.text_of(waiting[form])} on" if form in waiting else ""
        click.echo(f"{form}{begins}")
