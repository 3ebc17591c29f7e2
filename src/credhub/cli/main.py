"""The command ``credhub``."""

import os
from importlib import import_module
from typing import IO, Any, Final

import click

from credhub.errors import CredhubError
from credhub.web.version import VERSION

_COMMANDS: Final = {
    "serve": ("serve.serve", "Serve the API and the pages until interrupted."),
    "hub": ("hub.hub", "Make and list hubs, and choose how they sign."),
    "partner": ("partner.partner", "Say whom a hub vouches for, in public and in its ledger."),
    "endorsement": (
        "endorsement.endorsement",
        "Take endorsements that partners signed, list them all, and withdraw them.",
    ),
    "key": ("key.key", "Make, list and end API keys."),
    "issue": ("issue.issue", "Issue one credential per row of ROSTER, a CSV file."),
    "batch": (
        "batch_commands.batch",
        "Issue many credentials at once, or change many that were issued.",
    ),
    "program": ("program.program", "Say what a hub teaches: achievements that belong together."),
    "cohort": ("cohort.cohort", "Run programs: who is in a cohort, and what they earned."),
    "import": ("import_old.import_old", "Take over credentials that another system issued."),
    "credential": (
        "credential.credential",
        "Suspend a credential, lift that, revoke it for good, or give its learner a link.",
    ),
    "ledger": ("ledger.ledger", "Look after the ledgers."),
    "audit": ("audit.audit", "Check that no ledger was changed."),
    "verify": (
        "verify.verify",
        "Check the credential, the bundle or the presentation in each FILE.",
    ),
    "webhook": ("webhook.webhook", "Say who is told what happens."),
    "worker": ("worker.worker", "Issue batches until interrupted."),
    "trust": ("trust.trust", "Say whom this service vouches for, beside its own hubs."),
    "db": ("db.db", "Look after the database."),
    "dev": ("dev.dev", "Talk to test suites."),
}
"""Where each is, and what it does. Only the one that is run is imported: that takes a second."""


class _NotDone(click.ClickException):
    """An error of our own: one sentence, and an exit code that is no answer."""

    exit_code = 3

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"credhub: {self.message}", file=file, err=True)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _COMMANDS and cmd_name not in self.commands:
            module, _, name = _COMMANDS[cmd_name][0].partition(".")
            self.add_command(getattr(import_module(f"credhub.cli.{module}"), name))
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in sorted(_COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CredhubError as error:
            raise _NotDone(str(error)) from error


@click.group("credhub", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="credhub")
def cli() -> None:
    """Issue Open Badges credentials, keep them in a ledger anyone can check, verify them.

    Settings are CREDHUB_* variables; docs/operating.md lists them.

    The exit code is 0 when all is well, 1 when the answer is no, 2 for wrong usage or settings,
    and 3 when something could not be done or found out.
    """


def main() -> None:
    """Run a command as the process that it is the whole of."""
    os.umask(0o077)  # What we write is for the owner alone.
    cli()


if __name__ == "__main__":
    main()
