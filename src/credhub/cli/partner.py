"""``credhub partner``: whom a hub vouches for."""

from datetime import datetime

import click

from credhub import instants
from credhub.cli.endorsement import line_of, listed
from credhub.cli.key import HUB_OPTION
from credhub.cli.offline import Moment
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.services import partners
from credhub.services.partners import NewPartner, Partner


@click.group("partner")
def partner() -> None:
    """Say whom a hub vouches for, in public and in its ledger."""


@partner.command()
@HUB_OPTION
@click.argument("did")
@click.option("--name", required=True, help="What the hub calls the partner.")
@click.option("--until", type=Moment(), help="When it ends by itself. Default: in a year.")
@click.option("--comment", help="What the hub says of the partner.")
def add(slug: str | None, did: str, name: str, until: datetime | None, comment: str | None) -> None:
    """Sign an endorsement of the partner whose identifier is DID.

    It is in the hub's ledger for good, and its name and comment are public: name organisations,
    and no people. Whoever believes the hub can copy its list with credhub trust add-signed.
    """
    new = NewPartner(did=did, name=name, comment=comment, until=until)
    with opened_runtime() as runtime:
        made = partners.add(runtime.resources, chosen_hub(runtime.resources, slug), new)
    click.echo(f"{made.endorsement.id}\t{_until(made)}")


@partner.command("list")
@HUB_OPTION
def list_partners(slug: str | None) -> None:
    """List whom a hub vouches for."""
    with opened_runtime() as runtime:
        standing = partners.standing_of(runtime.resources, chosen_hub(runtime.resources, slug))
        now = runtime.resources.clock()
    for one in standing.partners:
        said = one.endorsement
        state = f"ended {_until(one)}" if said.valid_until < now else f"until {_until(one)}"
        click.echo(f"{said.did}\t{state}\t{printable(said.name)}")


@partner.command()
@HUB_OPTION
@click.argument("did")
def end(slug: str | None, did: str) -> None:
    """End the endorsement of a partner at once. That is in the ledger too.

    It is not published any more. A copy that somebody made before counts until it is made again,
    or until the endorsement would have ended by itself.
    """
    with opened_runtime() as runtime:
        ended = partners.end(runtime.resources, chosen_hub(runtime.resources, slug), did)
    click.echo(f"The hub does not vouch for {printable(ended.endorsement.name)} any more.")


@partner.command("endorsements")
@HUB_OPTION
@click.argument("did")
def list_endorsements(slug: str | None, did: str) -> None:
    """List what the partner whose identifier is DID says of the hub and of what it awards."""
    for one in listed(slug, endorser=did):
        click.echo(line_of(one))


def _until(one: Partner) -> str:
    return instants.text_of(one.endorsement.valid_until)
