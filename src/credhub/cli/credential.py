"""``credhub credential``: suspend it, lift that, revoke it for good, or give its learner a link."""

from collections.abc import Callable
from typing import Final

import click

from credhub import instants
from credhub.cli.session import opened_runtime
from credhub.errors import CredentialNotFoundError
from credhub.services import claims, hubs, reading, revoking, suspending
from credhub.services.changing import Recorded
from credhub.services.reading import OpenedCredential
from credhub.services.resources import Resources

ACTOR: Final = "operator"

_which = click.argument("which", metavar="CREDENTIAL")
_reason = click.option(
    "--reason", required=True, help="Why; it is kept for the hub, and nobody else reads it."
)


@click.group()
def credential() -> None:
    """Suspend a credential, lift that, revoke it for good, or give its learner a link.

    CREDENTIAL is its permanent address, or the code at the end of it. What is done shows on its
    page at once, and in the published list within 15 seconds while the service runs.
    """


@credential.command()
@_which
@_reason
def suspend(which: str, reason: str) -> None:
    """Put a credential on hold. Its achievement must be marked as suspendable."""
    _change(suspending.suspend, which, reason, new="is suspended", same="was suspended already")


@credential.command()
@_which
@_reason
def lift(which: str, reason: str) -> None:
    """Lift a suspension, so that the credential stands again."""
    _change(suspending.lift, which, reason, new="stands again", same="stood already")


@credential.command()
@_which
@_reason
@click.option("--yes", is_flag=True, help="Do it. Without this nothing is done.")
def revoke(which: str, reason: str, yes: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Withdraw a credential for good."""
    if not yes:
        raise click.UsageError("A revocation is final. Add --yes to do it.")
    _change(revoking.revoke, which, reason, new="is revoked", same="was revoked already")


@credential.command("claim-link")
@_which
@click.option(
    "--days",
    type=click.IntRange(1, claims.MOST_DAYS),
    default=claims.DAYS,
    show_default=True,
    help="How long it can be opened.",
)
def claim_link(which: str, days: int) -> None:
    """Make a link by which the learner takes the credential, and end the one before it.

    It is written once, alone, to standard output, and opens once. Send it to the learner alone.
    """
    with opened_runtime() as runtime:
        opened = _opened(runtime.resources, which)
        made = claims.make(
            runtime.resources,
            opened.hub.number,
            opened.credential.credential_id,
            None,
            days=days,
            actor=ACTOR,
        )
    click.echo(f"It can be opened until {instants.text_of(made.link.expires_at)}:", err=True)
    click.echo(made.address)


def _change(
    change: Callable[..., Recorded], which: str, reason: str, *, new: str, same: str
) -> None:
    with opened_runtime() as runtime:
        opened = _opened(runtime.resources, which)
        recorded = change(
            runtime.resources,
            opened.hub.number,
            opened.credential.credential_id,
            actor=ACTOR,
            reason=reason,
        )
    done = new if recorded.is_new else same
    where = f"entry {recorded.seq} of {hubs.origin_of(opened.hub, recorded.log)}"
    click.echo(f"{opened.address} {done}: {where}.")


def _opened(resources: Resources, which: str) -> OpenedCredential:
    """Find a credential; an address must be the whole of its own."""
    opened = reading.by_code(resources, which.rpartition("/")[2])
    if "/" in which and which.lower() != opened.address.lower():
        raise CredentialNotFoundError
    return opened
