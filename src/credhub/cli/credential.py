"""``credhub credential``: suspend a credential, lift that, or revoke it for good."""

from collections.abc import Callable
from typing import Final

import click

from credhub.cli.session import opened_runtime
from credhub.errors import CredentialNotFoundError
from credhub.services import hubs, reading, revoking, suspending
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
    """Suspend a credential, lift that, or revoke it for good.

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
