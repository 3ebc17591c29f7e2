"""``credhub ledger``: look after the ledgers. Every command is in a module of its own."""

import click

from credhub.cli.ledger_policy import policy
from credhub.cli.ledger_publish import publish
from credhub.cli.witness_key import witness_key

_COMMANDS: tuple[click.Command, ...] = (policy, publish, witness_key)


@click.group()
def ledger() -> None:
    """Look after the ledgers."""


for command in _COMMANDS:
    ledger.add_command(command)
