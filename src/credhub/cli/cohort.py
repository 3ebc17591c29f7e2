"""``credhub cohort``: the runs of programs, who is in them, and what they earned."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from credhub.cli.batch_work import faults_told, numbered, sum_of_faults
from credhub.cli.cohort_finishing import finish
from credhub.cli.key import HUB_OPTION
from credhub.cli.row_files import FileRead, choices_of_a_file, read_file, tell_reading
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.documents.rows.choices import Choices
from credhub.documents.rows.file import RowFile
from credhub.services.idempotency import Once, key_of
from credhub.services.programs import cohorts, enrolled, roster
from credhub.services.programs.cohort import Cohort
from credhub.services.programs.earning import Reason
from credhub.services.programs.roster import Adding
from credhub.services.resources import Resources
from credhub.store.hubs import HubNumber

ROUTE: Final = "credhub cohort roster"
PAGE: Final = 500


class _Day(click.ParamType[date]):
    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day alone
        except ValueError:
            self.fail(f"{printable(value)} is no day such as 2026-11-22.", param, ctx)


@click.group("cohort")
def cohort() -> None:
    """Run programs: who is in a cohort, and what they earned."""


@cohort.command()
@HUB_OPTION
@click.option("--program", required=True, help="The id of the program.")
@click.option("--name", required=True, help="What the cohort is called.")
@click.option("--starts", required=True, type=_Day(), help="The first day.")
@click.option("--ends", required=True, type=_Day(), help="The last day.")
@click.option("--place", help="Where it is.")
@click.option("--partner", "partners", multiple=True, help="A DID, or the name of a partner.")
@click.option("--sessions", type=int, help="How many there are in all.")
def add(  # noqa: PLR0913 - what a command may say
    *,
    slug: str | None,
    program: str,
    name: str,
    starts: date,
    ends: date,
    place: str | None,
    partners: tuple[str, ...],
    sessions: int | None,
) -> None:
    """Make a cohort. Its id is shown."""
    said = Cohort(
        name=name,
        starts_on=starts,
        ends_on=ends,
        place=place,
        partners=partners,
        sessions=sessions,
    )
    with opened_runtime() as runtime:
        resources = runtime.resources
        number = chosen_hub(resources, slug).number
        key = resources.new_id()
        once = Once(resources, number, route="credhub cohort add", key=key, body={})
        click.echo(cohorts.add(resources, number, program, said, once).stored.cohort_id)


@cohort.command("list")
@HUB_OPTION
@click.option("--program", help="Of the program with this id alone.")
def list_cohorts(slug: str | None, program: str | None) -> None:
    """List the last hundred cohorts, newest first."""
    with opened_runtime() as runtime:
        number = chosen_hub(runtime.resources, slug).number
        found = cohorts.page(runtime.resources, number, before=None, limit=100, program_id=program)
    for it in found:
        days = f"{it.cohort.starts_on} to {it.cohort.ends_on}"
        name = printable(it.cohort.name)
        learners = numbered(it.learners, "learner")
        click.echo(f"{it.stored.cohort_id}\t{it.state}\t{days}\t{learners}\t{name}")


@cohort.command("roster")
@HUB_OPTION
@click.argument("cohort_id")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Say who would be added, and keep nothing.")
@choices_of_a_file
def show_or_add(
    *, slug: str | None, cohort_id: str, file: Path | None, dry_run: bool, said: Choices
) -> None:
    """Show who is in a cohort, or add everybody in FILE: .csv, .json or .ndjson.

    Each row needs the learner's name, and an id or an e-mail address by which the same person is
    found again. Whoever is in the cohort stays as they are. With one fault nobody is added.
    """
    with opened_runtime() as runtime:
        resources = runtime.resources
        number = chosen_hub(resources, slug).number
        if file is None:
            _show(resources, number, cohort_id)
            return
        read = read_file(file)
        rows = RowFile(read.chunks, read.form, said)
        if dry_run:
            trial = roster.try_out(resources, number, cohort_id, rows)
            tell_reading(rows.summary())
            _tell_trial(trial)
            sys.exit(1 if trial.faults else 0)
        once = _once(resources, number, cohort_id, read, said)
        with faults_told("added"):
            done = roster.add(resources, number, cohort_id, rows, once)
    click.echo(_counted(done), err=True)


def _once(
    resources: Resources, number: HubNumber, cohort_id: str, read: FileRead, said: Choices
) -> Once:
    """Name a request by a new key: whoever is in the cohort is not added twice anyway."""
    return Once(
        resources,
        number,
        route=ROUTE,
        key=key_of(resources, number, [cohort_id, read.digest, resources.new_id()]),
        body={"sha256": read.digest, "said": said.to_document()},
    )


def _show(resources: Resources, number: HubNumber, cohort_id: str) -> None:
    after = 0
    while part := enrolled.page(resources, number, cohort_id, after=after, limit=PAGE):
        for it in part:
            known = it.known
            told = (
                ("—", known.value)
                if isinstance(known, Reason)
                else (printable(known.recipient.name), known.status.value)
            )
            click.echo("\t".join((str(it.stored.place), it.stored.learner_id, *reversed(told))))
        after = part[-1].stored.place


def _tell_trial(trial: Adding) -> None:
    for fault in trial.faults:
        click.echo(printable(fault.text()))
    nothing = ": nobody would be added" if trial.faults else ""
    click.echo(f"{_counted(trial)} {sum_of_faults(trial.faults)}{nothing}.", err=True)


def _counted(adding: Adding) -> str:
    new = sum(it.is_new for it in adding.added)
    rows = numbered(len(adding.added), "row")
    return f"{rows}: {new:,} new, {len(adding.added) - new:,} in the cohort before."


cohort.add_command(finish)
