"""``credhub ledger accept-rollback``: go on after an older database was put back."""

import click

from credhub.cli.session import opened_runtime
from credhub.services import hubs, rollbacks

ACTOR = "operator"


@click.command("accept-rollback")
@click.argument("slug", metavar="HUB")
@click.option("--reason", required=True, help="Why; it is public and stays in the ledger.")
@click.option(
    "--yes",
    is_flag=True,
    help="Do it. Without this nothing is done.",
)
def accept_rollback(slug: str, reason: str, yes: bool) -> None:  # noqa: FBT001 - click passes options by name
    """Go on without the entries that a restored backup does not hold.

    Use this when `credhub ledger doctor` names it and there is no newer backup. The log that lost
    entries ends and is never signed again. A new one begins; it says what was lost, and your
    reason. Status lists that could hold lost indexes are closed. Credentials that were lost stay
    with those who have them; issue them again, and revoke again what was revoked since.
    """
    if not yes:
        raise click.UsageError("This cannot be undone. Read the help, then add --yes.")
    with opened_runtime() as runtime:
        hub = hubs.find(runtime.resources, slug)
        log = rollbacks.accept(runtime.resources, hub, actor=ACTOR, reason=reason)
    click.echo(f"{log.origin} is open, and says what was lost.")
    click.echo(f"Its key is {log.vkey}")
