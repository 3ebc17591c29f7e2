"""``credhub import``: credentials of another system are taken over."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from credhub.cli.batch_work import counted, tell_failures, work
from credhub.cli.row_files import choices_of_a_file
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.documents.imports.choices import ImportChoices
from credhub.documents.imports.csv_export import CsvExport
from credhub.documents.imports.known_names import KnownNames, read_names
from credhub.documents.rows.choices import MAX_BYTES, Choices
from credhub.errors import RowsError
from credhub.services import achievements
from credhub.services.bulk import batches
from credhub.services.imports import importing
from credhub.services.imports.import_matching import Wishes
from credhub.services.imports.import_plan import Group, Plan
from credhub.services.imports.import_reading import read_files
from credhub.services.resources import Resources
from credhub.store.hubs import Hub

MAX_TOGETHER: Final = 10 * MAX_BYTES
MAX_TOLD: Final = 1_000

_A_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_WHY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "revoked": "were revoked or suspended",
        "rejected": "were rejected by their learners",
        "expired": "have expired",
        "not-issued": "were never issued",
        "not-completed": "are of somebody who has not completed it",
        "below-minimum": "are of somebody who has not passed",
        "nobody": "rows are about nobody",
        "other-issuer": "are of another issuer",
        "erased": "are of learners who were erased here",
        "here": "are of this hub already, and stand",
    }
)

_PROOFS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "intact": "are as they were signed",
        "broken": "are not as they were signed",
        "unknown": "are signed with keys that are not at hand",
        "none": "are not signed",
    }
)


@click.command("import")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--hub", "slug", help="The hub's name in addresses.")
@click.option("--achievement", help="What everybody has earned, where no column says it.")
@click.option(
    "--awarded",
    type=click.DateTime(["%Y-%m-%d"]),
    help="When everybody has, where no column says it.",
)
@click.option("--minimum", help="The lowest score with which somebody has passed.")
@click.option("--names", type=_A_FILE, help="CSV of names and e-mail addresses.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="OLD=HERE",
    help="The name or id of an achievement there, and of the one that is meant here.",
)
@click.option("--create", is_flag=True, help="Publish achievements that are not here.")
@click.option("--issuer", "issuers", multiple=True, help="Whose credentials are taken over.")
@click.option("--dry-run", is_flag=True, help="Say what would become of it, and keep nothing.")
@click.option("--again", is_flag=True, help="Begin anew what was cancelled or has failed.")
@choices_of_a_file
def import_old(  # noqa: PLR0913 - what a command may say
    paths: tuple[Path, ...],
    *,
    slug: str | None,
    achievement: str | None,
    awarded: datetime | None,
    minimum: str | None,
    names: Path | None,
    mapped: tuple[str, ...],
    issuers: tuple[str, ...],
    said: Choices,
    create: bool,
    dry_run: bool,
    again: bool,
) -> None:
    """Take over credentials that another system issued.

    FILE is a table that Credly, Accredible, Canvas Credentials, Moodle or Canvas exported, or any
    other with a name and an achievement in each row; Open Badges 2.0 or 3.0 as JSON, tokens, or
    images with a badge baked in; a ZIP of them, or a folder.

    The hub signs a new credential for each. Its old date is a claim, and the old one is named as
    evidence. What was revoked or has expired is passed over. All of it is checked first: with one
    fault nothing is issued. The same files never issue anything twice.
    """
    with opened_runtime() as runtime:
        resources = runtime.resources
        hub = chosen_hub(resources, slug)
        choices = ImportChoices(
            now=resources.clock(),
            achievement=achievement,
            awarded_at=None if awarded is None else datetime.combine(awarded, time(), UTC),
            minimum=_number(minimum),
            rows=said,
        )
        contents = list(_contents(paths))
        read = read_files(resources, contents, choices, _names(names))
        for name, table in read.tables.items():
            _tell_table(name, table)
        for proof, count in sorted(read.proofs.items()):
            click.echo(f"{count} Open Badges 3.0 {_PROOFS[proof]}.", err=True)
        wishes = Wishes(mapping=dict(map(_pair, mapped)), create=create)
        plan = importing.plan(resources, hub.number, read.files, wishes, frozenset(issuers))
        _tell(plan)
        if dry_run or plan.faults:
            sys.exit(1 if plan.faults else 0)
        failed = [_issue(resources, hub, group, again=again) for group in plan.groups]
    sys.exit(1 if any(failed) else 0)


def _issue(resources: Resources, hub: Hub, group: Group, *, again: bool) -> bool:
    """Issue the credentials of one achievement; say whether any of them failed."""
    importing.publish(resources, hub.number, group)
    key = resources.new_id() if again else ""
    sent = importing.receive(resources, hub.number, group, again=key)
    standing = work(resources, hub, batches.find(resources, hub.number, sent.batch_id))
    tell_failures(resources, standing, group.place_of)
    name = printable(achievements.definition_of(group.achievement).name)
    click.echo(f"{name}: batch {sent.batch_id} {standing.state}; {counted(standing)}.", err=True)
    return standing.state != "finished" or standing.failed > 0


def _contents(paths: tuple[Path, ...]) -> Iterator[tuple[str, bytes]]:
    """Read files, and all in a folder. Nothing of a file beyond its cap is read."""
    left = MAX_TOGETHER
    for path in _files(paths):
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        left -= len(content)
        if len(content) > MAX_BYTES or left < 0:
            raise click.UsageError(
                f"{printable(str(path))}: a file may have 10 MiB, and all of them 100 MiB."
            )
        yield printable(str(path)), content


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            yield from (file for file in inside if file.is_file() and file.name[0] != ".")
        else:
            yield path


def _names(path: Path | None) -> KnownNames:
    if path is None:
        return KnownNames()
    try:
        return read_names(path.read_bytes())
    except RowsError as error:
        faults = "\n".join(f"  {printable(fault.text())}" for fault in error.faults[:MAX_TOLD])
        raise click.ClickException(f"{path} has faults.\n{faults}") from error


def _tell_table(name: str, table: CsvExport) -> None:
    words = [f"read as {table.source.title}", table.encoding]
    if table.date_order:
        words.append(f"dates are {table.date_order}")
    click.echo(f"{name}: {', '.join(words)}.", err=True)
    shown = Table("column", "holds")
    for column, header in table.columns.items():
        shown.add_row(printable(header), column)
    for header in table.unused:
        shown.add_row(printable(header), "—")
    Console(stderr=True, markup=False).print(shown)


def _tell(plan: Plan) -> None:
    for fault in plan.faults[:MAX_TOLD]:
        click.echo(printable(fault.text()))
    shown = Table("there", "here", "issued by", "image", "rows", "new", "before")
    for group in plan.groups:
        shown.add_row(*map(printable, _line(group)))
    Console(stderr=True, markup=False).print(shown)
    for group in plan.groups:
        if group.picture_refused is not None:
            name = printable(group.old.name)
            click.echo(f"The image of {name} is left out ({group.picture_refused}).", err=True)
    for why, count in sorted(plan.passed_over.items()):
        click.echo(f"{count} {_WHY[why]}, and are passed over.", err=True)
    if plan.unasked:
        said = "name a list of what stands, which is not asked: whether they stand is yours to say"
        click.echo(f"{plan.unasked} {said}.", err=True)
    click.echo(f"{len(plan.faults)} faults.", err=True)


def _line(group: Group) -> Iterator[str]:
    trial = group.trial
    yield ", ".join(sorted(group.names))
    yield "a new one" if group.is_new else group.here
    yield ", ".join(sorted(group.issuers)) or "?"
    yield "—" if group.picture is None else "drawn anew"
    yield str(len(group.rows))
    yield str(trial.new if trial else 0)
    yield str(trial.skipped if trial else 0)


def _number(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise click.UsageError("--minimum must be a number.") from error


def _pair(text: str) -> tuple[str, str]:
    old, mark, here = text.rpartition("=")
    if not mark:
        raise click.UsageError(f"--map {printable(text)}: write OLD=HERE.")
    return old, here
