"""``credhub ledger roll``: end the log of a hub and begin the next one."""

import click

from credhub.cli.session import opened_runtime
from credhub.services import hubs, rollover


@click.command("roll")
@click.argument("slug", metavar="HUB")
def roll(slug: str) -> None:
    """End the log of a hub now, and begin the next one.

    A running service does this by itself when a year has passed, or a log is full. Credentials
    in logs that ended are proved as before.
    """
    with opened_runtime() as runtime:
        hub = hubs.find(runtime.resources, slug)
        log = rollover.roll(runtime.resources, hub)
    click.echo(f"{log.origin} is open.")
    click.echo(f"Its key is {log.vkey}")
