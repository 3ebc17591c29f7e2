"""``credhub endorsement``: what partners say of a hub and of what it awards."""

from pathlib import Path
from typing import Final

import click

from credhub import jsontypes
from credhub.cli.key import HUB_OPTION
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.errors import InvalidClaimError
from credhub.jsontypes import JsonObject
from credhub.services import endorsements, endorsing, idempotency
from credhub.services.api_keys import Caller
from credhub.services.endorsements import GivenEndorsement
from credhub.services.idempotency import Once
from credhub.verification.partner_list import MAX_CREDENTIAL

ROUTE: Final = "credhub endorsement add"
PAGE: Final = 500


@click.group("endorsement")
def endorsement() -> None:
    """Take endorsements that partners signed, list them all, and withdraw them."""


@endorsement.command()
@HUB_OPTION
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def add(slug: str | None, file: Path) -> None:
    """Record what a partner signed: the Open Badges endorsement in FILE, as JSON or as a JWT.

    It must be about the hub, or about an achievement by its public address. It is public, and in
    the hub's ledger for good. The same file again is the same endorsement.
    """
    sent = _read(file)
    with opened_runtime() as runtime:
        resources = runtime.resources
        number = chosen_hub(resources, slug).number
        key = idempotency.key_of(resources, number, sent)
        once = Once(resources, number, route=ROUTE, key=key, body={"sent": sent})
        caller = Caller(hub=number, key_id="command-line", scopes=frozenset())
        made = endorsing.receive(resources, caller, sent, once)
    click.echo(f"{made.address}\t{made.state}")


@endorsement.command("list")
@HUB_OPTION
def list_endorsements(slug: str | None) -> None:
    """List all, those that do not count any more too."""
    for one in listed(slug, endorser=None):
        click.echo(line_of(one))


@endorsement.command()
@HUB_OPTION
@click.argument("endorsement_id")
@click.option("--reason", required=True, help="Why, for the record; never public.")
def withdraw(slug: str | None, endorsement_id: str, reason: str) -> None:
    """Withdraw an endorsement. It is not shown any more at once, and the ledger says so."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        endorsing.withdraw(runtime.resources, hub, endorsement_id, partner=None, reason=reason)
    click.echo(f"The endorsement {endorsement_id} is withdrawn.")


def listed(slug: str | None, *, endorser: str | None) -> tuple[GivenEndorsement, ...]:
    """List all endorsements of a hub, or those by one partner."""
    found: tuple[GivenEndorsement, ...] = ()
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        more = True
        while more:
            after = found[-1].stored.endorsement_id if found else ""
            part = endorsements.page(
                runtime.resources, hub, after=after, limit=PAGE, endorser=endorser
            )
            found, more = (*found, *part), len(part) == PAGE
    return found


def line_of(one: GivenEndorsement) -> str:
    """Write one endorsement as a line of a list."""
    stored = one.stored
    who = stored.endorser if one.name is None else f"{stored.endorser} {printable(one.name)}"
    return f"{stored.endorsement_id}\t{one.state}\t{one.how}\t{who}\t{one.endorsed}"


def _read(file: Path) -> str | JsonObject:
    content = file.read_bytes()[: 2 * MAX_CREDENTIAL].strip()
    if content.startswith(b"{"):
        return jsontypes.parse_object(content)
    if not content.isascii():
        raise InvalidClaimError("credential", "must be a document with a proof, or a JWT.")
    return content.decode("ascii")
