"""``credhub program``: what a hub teaches."""

from collections.abc import Iterable

import click
from rich.console import Console
from rich.table import Table

from credhub.cli.batch_work import achievement_named
from credhub.cli.key import HUB_OPTION
from credhub.cli.session import chosen_hub, opened_runtime, printable
from credhub.services import achievements
from credhub.services.idempotency import Once
from credhub.services.programs import programs
from credhub.services.programs.program import Program, Rule, Step
from credhub.services.resources import Resources
from credhub.store.hubs import Hub


@click.group("program")
def program() -> None:
    """Say what a hub teaches: achievements that belong together."""


@program.command()
@HUB_OPTION
@click.option("--name", required=True, help="What it is called.")
@click.option("--description", help="What it is about.")
@click.option(
    "--earned",
    "earned",
    multiple=True,
    required=True,
    metavar="ACHIEVEMENT=RULE",
    help="An achievement, by id or name, and how it is earned: completion, passed, prerequisites,"
    " or how much of the sessions it takes, such as 80%.",
)
@click.option(
    "--requires",
    multiple=True,
    metavar="ACHIEVEMENT=OTHER",
    help="What has to be earned before.",
)
def add(
    *,
    slug: str | None,
    name: str,
    description: str | None,
    earned: tuple[str, ...],
    requires: tuple[str, ...],
) -> None:
    """Make a program. Its id is shown."""
    with opened_runtime() as runtime:
        resources = runtime.resources
        hub = chosen_hub(resources, slug)
        before = [_pair(text, "--requires") for text in requires]
        known = [
            (achievement_named(resources, hub, own), rule)
            for own, rule in (_pair(text, "--earned") for text in earned)
        ]
        needed = [
            (achievement_named(resources, hub, own), achievement_named(resources, hub, other))
            for own, other in before
        ]
        strangers = {own for own, _ in needed} - {own for own, _ in known}
        if strangers:
            raise click.UsageError("--requires names an achievement that --earned does not.")
        made = Program(
            name=name,
            description=description,
            steps=tuple(_step(own, rule, needed) for own, rule in known),
        )
        key = resources.new_id()
        once = Once(resources, hub.number, route="credhub program add", key=key, body={})
        click.echo(programs.add(resources, hub.number, made, once).program_id)


@program.command("list")
@HUB_OPTION
def list_programs(slug: str | None) -> None:
    """List programs, oldest first."""
    with opened_runtime() as runtime:
        hub = chosen_hub(runtime.resources, slug)
        after = ""
        while part := programs.page(runtime.resources, hub.number, after=after, limit=100):
            for stored in part:
                state = "in use" if stored.archived_at is None else "archived"
                name = printable(Program.of(stored.document).name)
                click.echo(f"{stored.program_id}\t{state}\t{name}")
            after = part[-1].program_id


@program.command()
@HUB_OPTION
@click.argument("program_id")
def show(slug: str | None, program_id: str) -> None:
    """Show how each achievement of a program is earned, in the order in which they are."""
    with opened_runtime() as runtime:
        resources = runtime.resources
        hub = chosen_hub(resources, slug)
        stored = programs.find(resources, hub.number, program_id)
        said = Program.of(stored.document)
        table = Table("achievement", "earned by", "requires", title=printable(said.name))
        for step in said.in_order():
            requires = "\n".join(_name(resources, hub, it) for it in step.requires)
            by = f"{step.percent} % of the sessions" if step.percent else step.rule.value
            table.add_row(_name(resources, hub, step.achievement_id), by, requires or "—")
    Console(markup=False).print(table)


def _name(resources: Resources, hub: Hub, achievement_id: str) -> str:
    stored = achievements.newest(resources, hub.number, achievement_id)
    return printable(achievements.definition_of(stored).name)


def _pair(text: str, option: str) -> tuple[str, str]:
    own, mark, other = text.rpartition("=")
    if not mark or not own or not other:
        raise click.UsageError(f"{option} {printable(text)}: write two words with = between.")
    return own, other


def _step(own: str, rule: str, needed: Iterable[tuple[str, str]]) -> Step:
    requires = tuple(other for it, other in needed if it == own)
    if rule == "passed":
        return Step(achievement_id=own, requires=requires, rule=Rule.RESULT)
    if rule in (Rule.COMPLETION, Rule.PREREQUISITES):
        return Step(achievement_id=own, requires=requires, rule=Rule(rule))
    percent = rule.removesuffix("%")
    if percent == rule or not percent.isdecimal() or not percent.isascii():
        raise click.UsageError(f"--earned …={printable(rule)}: this is no rule.")
    return Step(
        achievement_id=own, requires=requires, rule=Rule.ATTENDANCE, percent=int(percent[:4])
    )
