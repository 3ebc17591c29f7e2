"""``credhub ledger publish``: write the ledgers as files that any web server can serve."""

import sys

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from credhub.cli.session import printable, read_settings
from credhub.egress.objects import Objects
from credhub.egress.opening import open_objects
from credhub.errors import HubNotFoundError, PublicationRefusedError
from credhub.runtime_read_only import open_to_audit
from credhub.services import ledgers, publishing
from credhub.services.publishing import Publication
from credhub.store.hubs import Hub
from credhub.store.ledger import LedgerLog
from credhub.store.store import Store


@click.command()
@click.option(
    "--to",
    "url",
    help="A folder, or a bucket such as s3://BUCKET/PREFIX. Default: CREDHUB_PUBLISH_TO.",
)
@click.option("--hub", "slug", help="Only the ledger of this hub.")
def publish(url: str | None, slug: str | None) -> None:
    """Write every ledger as files: tiles, entries and checkpoint.

    Only what is missing is written. A place that is ahead of this database, or holds another
    history, is left as it is; then the exit code is 1.
    """
    settings = read_settings()
    url = url or settings.publish_to
    if not url:
        raise click.UsageError("Say where to publish, with --to or CREDHUB_PUBLISH_TO.")
    console = Console(stderr=True)
    with open_to_audit(settings, public_only=True) as (store, _):
        chosen = [(hub, log) for hub, log in ledgers.logs(store) if slug in (None, hub.slug)]
        if slug is not None and not chosen:
            raise HubNotFoundError
        target = open_objects(url)
        fine = [_publish_one(console, store, target, hub, log) for hub, log in chosen]
    if not fine:
        console.print("There is no ledger yet.")
    sys.exit(0 if all(fine) else 1)


def _publish_one(console: Console, store: Store, target: Objects, hub: Hub, log: LedgerLog) -> bool:
    """Publish one log; say whether its place is in order."""
    try:
        publication = publishing.prepare(store, target, hub, log)
        files = _carry_out(console, store, target, publication) if publication.is_due else 0
    except PublicationRefusedError as error:
        text = escape(printable(str(error)))
        console.print(f"[red]Left as it is:[/red] {text}", highlight=False)
        return False
    if publication.is_beyond:
        console.print(
            f"[green]Left as it is:[/green] {log.origin}, {publication.published.size} entries "
            "of before the rollback that was accepted",
            highlight=False,
        )
        return True
    console.print(
        f"[green]Published:[/green] {log.origin}, {publication.signed.size} entries, "
        f"{files} files written\n  root {publication.signed.root.hex()}",
        highlight=False,
    )
    return True


def _carry_out(console: Console, store: Store, target: Objects, publication: Publication) -> int:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        total = publication.new_files(store).steps()
        task = progress.add_task(publication.log.origin, total=total)
        files = publishing.carry_out(
            store,
            target,
            publication,
            advance=lambda count: progress.advance(task, count),
        )
        progress.update(task, completed=total)
    return files
