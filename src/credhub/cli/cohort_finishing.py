"""``credhub cohort finish``: what was earned in a cohort, looked at and issued."""

import sys
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from credhub.cli.batch_work import faults_told, numbered, tell, tell_failures, work
from credhub.cli.key import HUB_OPTION
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.errors import TooManyBatchesError
from credhub.services import achievements
from credhub.services.bulk import batches
from credhub.services.idempotency import Once
from credhub.services.programs import finishing, preview
from credhub.services.programs.earning import Judged, Reason, Verdict
from credhub.services.programs.finishing import Finished
from credhub.services.programs.preview import Run, Totals
from credhub.services.resources import Resources
from credhub.store.hubs import Hub

ROUTE: Final = "credhub cohort finish"


@click.command("finish")
@HUB_OPTION
@click.argument("cohort_id")
@click.option("--dry-run", is_flag=True, help="Say who earned what and why not; issue nothing.")
@click.option("--yes", is_flag=True, help="Issue without asking.")
def finish(*, slug: str | None, cohort_id: str, dry_run: bool, yes: bool) -> None:
    """Issue what was earned in a cohort and was not issued before.

    Finish it again for whoever completes it later: nothing is issued twice.
    """
    with opened_runtime() as runtime:
        resources = runtime.resources
        hub = chosen_hub(resources, slug)
        run = Run.of(resources, hub.number, cohort_id)
        if dry_run:
            _tell_learners(resources, hub, run)
        totals = preview.totals(resources, run)
        _tell(resources, hub, totals)
        if dry_run:
            return
        earned = sum(count.verdicts[Verdict.EARNED] for count in totals.counts.values())
        if not yes:
            click.confirm(f"Issue {numbered(earned, 'credential')}?", abort=True, err=True)
        well = _issue(resources, hub, cohort_id)
    sys.exit(0 if well else 1)


def _issue(resources: Resources, hub: Hub, cohort_id: str) -> bool:
    finished = _finished(resources, hub, cohort_id)
    well = True
    for batch_id in finished.batches.values():
        standing = work(resources, hub, batches.find(resources, hub.number, batch_id))
        tell_failures(resources, standing)
        tell(standing)
        well = well and standing.state == "finished" and not standing.failed
    return well


def _finished(resources: Resources, hub: Hub, cohort_id: str) -> Finished:
    """Finish it; with more batches than a hub has under way, after some of them have ended."""
    once = Once(
        resources,
        hub.number,
        route=ROUTE,
        key=resources.new_id(),
        body={"cohort": cohort_id},
    )
    while True:
        try:
            with faults_told("issued of this achievement"):
                return finishing.finish(resources, hub.number, cohort_id, once, actor=ROUTE)
        except TooManyBatchesError:
            for standing in batches.page(resources, hub.number, before=None, limit=100):
                if standing.batch.is_open:
                    work(resources, hub, standing)


def _tell_learners(resources: Resources, hub: Hub, run: Run) -> None:
    names = _names(resources, hub, run)
    for learner in preview.of_learners(resources, run):
        known = learner.known
        name = "—" if isinstance(known, Reason) else printable(known.recipient.name)
        for one in learner.judged:
            achievement = names[one.achievement_id]
            click.echo(f"{learner.stored.place}\t{name}\t{achievement}\t{_said(one)}")


def _said(judged: Judged) -> str:
    return ", ".join(judged.reasons) or judged.verdict


def _tell(resources: Resources, hub: Hub, totals: Totals) -> None:
    names = _names(resources, hub, totals.run)
    table = Table("achievement", "earned", "issued before", "held", "not earned", "why not")
    for achievement_id, count in totals.counts.items():
        reasons = "\n".join(f"{why}: {number}" for why, number in sorted(count.reasons.items()))
        table.add_row(
            names[achievement_id],
            *(str(count.verdicts[it]) for it in Verdict),
            reasons or "—",
        )
    Console(stderr=True, markup=False).print(table)


def _names(resources: Resources, hub: Hub, run: Run) -> dict[str, str]:
    """Give the names of what a cohort leads to, each read once."""
    found = {}
    for step in run.steps:
        stored = achievements.newest(resources, hub.number, step.achievement_id)
        found[step.achievement_id] = printable(achievements.definition_of(stored).name)
    return found
