"""``credhub webhook``: who is told what happens."""

import re
from datetime import timedelta
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from credhub import instants
from credhub.cli.key import HUB_OPTION
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.services.webhooks import endpoints, replaying, rotating, sending
from credhub.services.webhooks.events import EventType
from credhub.services.webhooks.webhook import Webhook
from credhub.store.webhooks import Outcome, Position

_PLACE: Final = re.compile(r"([^\s:]{1,64}):([0-9]{1,15})")
_NOT_DELIVERED: Final = 1
_DAY: Final = int(rotating.LONGEST_OVERLAP.total_seconds())


class _Place(click.ParamType[Position]):
    """An entry of the ledger, such as ``2026:17``."""

    name = "LOG:SEQ"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Position:
        found = _PLACE.fullmatch(str(value))
        if found is None:
            self.fail("is not a log and a number such as 2026:17", param, ctx)
        return Position(log=found[1], seq=int(found[2]))


@click.group()
def webhook() -> None:
    """Say who is told what happens."""


@webhook.command()
@HUB_OPTION
@click.argument("url")
@click.option(
    "--type",
    "types",
    multiple=True,
    type=click.Choice([one.value for one in EventType]),
    help="Of what; may be given several times. Default: of all.",
)
def add(slug: str | None, url: str, types: tuple[str, ...]) -> None:
    """Have the address URL told what happens from now on. Its secret is shown once."""
    chosen = tuple(map(EventType, types)) or tuple(EventType)
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        made = endpoints.create(runtime.resources, hub.number, url=url, types=chosen)
    click.echo(f"{made.endpoint.endpoint_id}\t{made.secrets[-1].text}")


@webhook.command("list")
@HUB_OPTION
def list_webhooks(slug: str | None) -> None:
    """List the webhooks of a hub, and how it goes with each."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        found = endpoints.of_hub(runtime.resources, hub.number)
    table = Table("id", "address", "state", "last", "failures", "waiting", "given up", box=None)
    for one in found:
        health = one.endpoint.health
        table.add_row(
            one.endpoint.endpoint_id,
            printable(one.url),
            _state(one),
            "never" if health.last_at is None else instants.text_of(health.last_at),
            str(health.failures),
            str(one.counts.waiting),
            str(one.counts.dead),
        )
    if found:
        Console(width=200, markup=False, highlight=False).print(table)


@webhook.command("test")
@HUB_OPTION
@click.argument("webhook_id")
def try_out(slug: str | None, webhook_id: str) -> None:
    """Send a message that is about nothing, and say what came back.

    The exit code is 1 when it was not taken.
    """
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        found = endpoints.find(runtime.resources, hub.number, webhook_id)
        tried = sending.try_out(runtime.resources, found)
    status = "" if tried.sent.status is None else f" ({tried.sent.status})"
    click.echo(f"{tried.sent.outcome.value}{status} in {tried.milliseconds} ms")
    if tried.sent.outcome is not Outcome.DELIVERED:
        raise click.exceptions.Exit(_NOT_DELIVERED)


@webhook.command()
@HUB_OPTION
@click.argument("webhook_id")
@click.option("--from", "start", type=_Place(), help="The first entry that is told again.")
@click.option("--to", "end", type=_Place(), help="The first one that is not.")
@click.option("--dead", is_flag=True, help="Instead: everything that was given up.")
def replay(
    slug: str | None, webhook_id: str, start: Position | None, end: Position | None, *, dead: bool
) -> None:
    """Tell a webhook again what a part of the ledger says, or what was given up."""
    if (start is None) != dead or (start is None and end is not None):
        raise click.UsageError("Give --from, and --to if you like; or --dead.")
    with opened_runtime() as runtime:
        resources = runtime.resources
        number = chosen_hub(resources, slug).number
        if start is None:
            revived = replaying.revive(resources, number, webhook_id)
            said = f"Of what was given up, {revived} are tried anew."
        else:
            replaying.replay(resources, number, webhook_id, start=start, end=end)
            said = "It is told again by the service."
    click.echo(said)


@webhook.command()
@HUB_OPTION
@click.argument("webhook_id")
@click.option(
    "--overlap",
    type=click.IntRange(0, _DAY),
    default=_DAY,
    show_default=True,
    help="Seconds for which the secrets before still sign.",
)
def rotate(slug: str | None, webhook_id: str, overlap: int) -> None:
    """Make a new secret. It is shown once."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        made, _ = rotating.rotate(
            runtime.resources, hub.number, webhook_id, overlap=timedelta(seconds=overlap)
        )
    click.echo(made.secrets[-1].text)


@webhook.command()
@HUB_OPTION
@click.argument("webhook_id")
def remove(slug: str | None, webhook_id: str) -> None:
    """Remove a webhook, with all that waits for it."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        endpoints.remove(runtime.resources, hub.number, webhook_id)
    click.echo(f"The webhook {webhook_id} is removed.")


def _state(one: Webhook) -> str:
    endpoint = one.endpoint
    if endpoint.disabled_because is not None:
        return f"disabled: {endpoint.disabled_because}"
    outcome = endpoint.health.last_outcome
    return "new" if outcome is None else outcome.value
